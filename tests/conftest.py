"""How much Hypothesis tries: the environment variable ``HYPOTHESIS_PROFILE`` names a profile.

* ``dev``: what a run by hand takes; it finds other examples each time.
* ``ci``: more examples, the same each time, and no deadline, as a loaded machine is no failure.
* ``thorough``: many examples, others each time.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

from hypothesis import settings

settings.register_profile("dev", max_examples=100, deadline=None, print_blob=True)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=500, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# apsw is of the extra `test`, and has no wheel for every system. CI must have it.
collect_ignore = (
    []
    if find_spec("apsw") or "CI" in os.environ
    else ["unit/test_sqlite_vfs.py", "crash/test_sqlite_kill.py"]
)
