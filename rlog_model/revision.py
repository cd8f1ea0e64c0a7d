"""Releases of the protocol, as fields that say where they differ.

====================================================  =========  ========  =============
what                                                  June 2020  May 2021  December 2023
====================================================  =========  ========  =============
one set of hints, and one branch, span several logs   no         yes       yes
a property may be recorded again with other content   no         no        yes
====================================================  =========  ========  =============
"""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class Revision:
    """What a release of the protocol allows. Spec: RVN-1, RVN-2."""

    name: str

    several_logs: bool
    """Segments name their logs, and a recorder may move to another log than it recovered from."""

    property_may_change: bool
    """A property that is recorded again with other content takes it; else that is rejected."""


JUNE_2020: Final = Revision("2020-06", several_logs=False, property_may_change=False)
MAY_2021: Final = Revision("2021-05", several_logs=True, property_may_change=False)
DECEMBER_2023: Final = Revision("2023-12", several_logs=True, property_may_change=True)
CURRENT: Final = DECEMBER_2023

REVISIONS: Final = {r.name: r for r in (JUNE_2020, MAY_2021, DECEMBER_2023)}
"""Every revision, by name."""
