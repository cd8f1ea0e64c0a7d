"""A reference model of Gazette's recovery logs, and what checks an implementation against it."""

from __future__ import annotations

__version__ = "0.1.0.dev0"
