"""A survey of any log: against a naive account of its branches, and however its bytes are split."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Write
from rlog_model.survey import Seen, Sight, Survey
from tests.unit.made_log import START, MadeLog, Point


@frozen
class Landing:
    """An append: at which of the points that there are, of whom, and what."""

    point: int
    author: Author
    change: Change | None
    garbage: bytes


landings = st.lists(
    st.builds(
        Landing,
        st.integers(0, 8),
        st.sampled_from([Author(1), Author(2)]),
        st.sampled_from([None, Create("/a"), Create("/b"), Write(Fnode(1), 0, 5)]),
        st.sampled_from([b"", b"", b"", b"\x66", b"garbage", b"\x66\x33\x93\x36\x05"]),
    ),
    max_size=24,
)


def account(log: MadeLog, given_landings: list[Landing]) -> Iterator[str]:
    """Append all, and say of each what it is to the others."""
    points: list[Point] = [START]
    tips: set[Point] = set()
    edges: set[tuple[Point, Point]] = set()
    for landing in given_landings:
        before = points[-1 - landing.point % len(points)]
        after = log.append(before, landing.change, landing.author)
        if before in tips:
            yield "CONTINUES"
        elif (before, after) in edges:
            yield "COPY"
        else:
            yield "BEGINS" if before == START else "FORKS"
        if (before, after) not in edges:
            tips.discard(before)
            tips.add(after)
            edges.add((before, after))
            points.append(after)
        if not landing.garbage.startswith(b"\x66"):
            log.raw(landing.garbage)


def look(log: MadeLog, size: int) -> tuple[Survey, list[Sight]]:
    survey = Survey("a/log", log.head)
    sights: list[Sight] = []
    while survey.wants < survey.head:
        sights += survey.feed(bytes(log.content[survey.wants : survey.wants + size]))
    sights += survey.finish()
    return survey, sights


@given(landings, st.integers(1, 40))
def test_each_operation_is_what_a_naive_account_says(given: list[Landing], size: int) -> None:
    log = MadeLog()
    expected = list(account(log, given))
    survey, sights = look(log, size)
    assert [s.relation.name for s in sights if isinstance(s, Seen)] == expected
    assert sum(b.operations + b.copies for b in survey.branches) == len(expected)
    sizes = sum(b.size + b.copied_size for b in survey.branches)
    assert sizes + survey.gap_bytes == log.head


@given(st.binary(max_size=200), landings, st.integers(1, 40))
def test_any_bytes_are_accounted_for(noise: bytes, given: list[Landing], size: int) -> None:
    """The same, in whatever pieces they come, and from one end to the other."""
    log = MadeLog()
    for landing in given:
        log.raw(landing.garbage)
        log.append((1 + landing.point, landing.point), landing.change, landing.author)
    log.raw(noise)
    one, whole = look(log, log.head + 1)
    other, pieces = look(log, size)
    assert [str(s) for s in whole] == [str(s) for s in pieces]
    assert one.gap_bytes == other.gap_bytes <= log.head
