"""How much Hypothesis tries: the environment variable ``HYPOTHESIS_PROFILE`` names a profile.

* ``dev``: what a run by hand takes; it finds other examples each time.
* ``ci``: more examples, the same each time, and no deadline, as a loaded machine is no failure.
* ``thorough``: many examples, others each time.
"""

from __future__ import annotations

import os
import signal

from hypothesis import settings

settings.register_profile("dev", max_examples=100, deadline=None, print_blob=True)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", max_examples=500, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# Who is started in the background of a shell ignores interrupts, and so would what a test starts in
# order to interrupt it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
