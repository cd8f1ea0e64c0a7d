"""``python -m rlog_model`` is the command ``rlog``."""

from __future__ import annotations

from rlog_model.cli import main

if __name__ == "__main__":
    main()
