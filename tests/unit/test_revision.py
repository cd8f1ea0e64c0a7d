"""The table of revisions."""

from __future__ import annotations

import pytest

from rlog_model import revision


@pytest.mark.clause("RVN-1", "RVN-2")
def test_revisions() -> None:
    assert list(revision.REVISIONS) == ["2020-06", "2021-05", "2023-12"]
    assert revision.CURRENT is revision.REVISIONS["2023-12"]
    several = [r.several_logs for r in revision.REVISIONS.values()]
    assert several == [False, True, True]
    changes = [r.property_may_change for r in revision.REVISIONS.values()]
    assert changes == [False, False, True]
