"""How many raw bytes follow an operation."""

from __future__ import annotations

import pytest

from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Property, RecordedOp, Write


@pytest.mark.clause("ENC-5")
@pytest.mark.parametrize(
    ("change", "ignored", "length"),
    [
        (None, (), 0),
        (Create("/a"), (), 0),
        (Write(Fnode(1), 5, 7), (), 7),
        (Write(Fnode(1), 5, -7), (), -7),
        (Create("/a"), (Write(Fnode(1), 5, 7),), 7),
        (Create("/a"), (Write(Fnode(1), 5, 7), Property("/p", b"x")), 7),
        (Create("/a"), (Property("/p", b"x"),), 0),
    ],
)
def test_raw_bytes_follow_a_write_that_is_ignored_too(
    change: Change | None, ignored: tuple[Change, ...], length: int
) -> None:
    assert RecordedOp(1, 0, Author(1), change, ignored=ignored).raw_length == length
