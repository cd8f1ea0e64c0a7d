"""Targets for coverage-guided fuzzing: see README.md.

Rules
-----
* A target is a module with two functions. ``check(data)`` holds its properties for any bytes, and
  raises for bytes that break one; ``seeds()`` gives bytes to begin with.
* A target doesn't need atheris: plain tests call ``check`` too. ``python -m fuzz TARGET`` needs it.
"""

from typing import Final

TARGETS: Final = ("framing", "wire", "hints")
"""Modules of this package that are targets."""
