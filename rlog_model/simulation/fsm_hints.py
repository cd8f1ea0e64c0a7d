"""Hints that no FSM built, told by bytes.

Rules
-----
* By hand, hints have up to three files, each created in a run of its own or in one that another
  file has too, with gaps between the runs, of several authors, and maybe logs.
* *Altered* hints have one thing that is wrong, or that is otherwise than an FSM would have it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Property
from rlog_model.segment import Segment
from rlog_model.simulation.dice import Dice

LOGS: Final = ("a/log", "b/log")
SIZE: Final = 50
"""Bytes of each operation."""

_PROPERTIES: Final = (Property("/p", b"x"), Property("/a", b"z"), Property("/q", b""))


def by_hand(dice: Dice) -> FSMHints:
    """Hints of files in runs with gaps between."""
    nodes: list[FnodeSegments] = []
    seq_no, author, log = 1, 1, ""
    moved = LOGS[1] if dice.one_in(3) else ""
    for _ in range(dice.pick((1, 2, 2, 3))):
        seq_no += dice.pick((0, 1, 0, 2))
        author += dice.pick((1, 0, 0))
        log = moved if not nodes else ""
        last = seq_no + dice.pick((0, 1, 0, 2))
        segments = [_segment(seq_no, last, author, log)]
        if dice.one_in(3):
            begin = last + dice.pick((2, 1, 3))
            segments.append(_segment(begin, begin + dice.below(2), author + dice.below(2), ""))
            author = segments[-1].author
        nodes.append(FnodeSegments(Fnode(seq_no), tuple(segments)))
        seq_no = segments[-1].last_seq_no + 1
    properties = _PROPERTIES[: dice.pick((0, 0, 1, 2))]
    return FSMHints(LOGS[0], tuple(nodes), properties)


def _segment(first: int, last: int, author: int, log: str) -> Segment:
    begin = (first - 1) * SIZE
    return Segment(
        Author(author), first, begin, 0 if first == 1 else 1000 + first, last, last * SIZE, log
    )


def altered(dice: Dice, hints: FSMHints) -> FSMHints:
    """Hints which are otherwise, or wrong."""
    return dice.pick(_ALTERATIONS)(dice, hints)


Alteration = Callable[[Dice, FSMHints], FSMHints]


def _of_node(change: Callable[[Dice, FnodeSegments], FnodeSegments]) -> Alteration:
    """An alteration of one file."""

    def alter(dice: Dice, hints: FSMHints) -> FSMHints:
        nodes = list(hints.live_nodes)
        if nodes:
            at = len(nodes) - 1 - dice.below(len(nodes))
            nodes[at] = change(dice, nodes[at])
        return attrs.evolve(hints, live_nodes=tuple(nodes))

    return alter


def _of_segment(change: Callable[[Dice, Segment], Segment]) -> Alteration:
    """An alteration of one segment."""

    def alter(dice: Dice, node: FnodeSegments) -> FnodeSegments:
        segments = list(node.segments)
        at = len(segments) - 1 - dice.below(len(segments))
        segments[at] = change(dice, segments[at])
        return attrs.evolve(node, segments=tuple(segments))

    return _of_node(alter)


_ALTERATIONS: Final[tuple[Alteration, ...]] = (
    lambda d, h: attrs.evolve(h, properties=_PROPERTIES[d.below(3) :]),
    lambda d, h: attrs.evolve(h, live_nodes=h.live_nodes[::-1]),
    lambda d, h: attrs.evolve(h, live_nodes=(*h.live_nodes, *h.live_nodes[-1:])),
    lambda d, h: attrs.evolve(h, live_nodes=h.live_nodes[1:]),
    lambda d, h: attrs.evolve(h, log=d.pick(("", LOGS[1], "log"))),
    _of_node(lambda d, n: attrs.evolve(n, segments=n.segments[d.below(2) + 1 :])),
    _of_node(lambda d, n: attrs.evolve(n, fnode=Fnode(n.fnode + d.pick((1, -1))))),
    _of_node(lambda d, n: attrs.evolve(n, segments=n.segments[:1])),
    _of_segment(lambda d, x: attrs.evolve(x, log=d.pick(LOGS[::-1]))),
    _of_segment(lambda d, x: attrs.evolve(x, author=Author(d.pick((x.author + 1, 0))))),
    _of_segment(lambda d, x: attrs.evolve(x, last_seq_no=x.last_seq_no + d.pick((1, -1, 2)))),
    _of_segment(lambda d, x: attrs.evolve(x, last_offset=d.pick((0, x.first_offset, 9999)))),
    _of_segment(lambda d, x: attrs.evolve(x, first_checksum=x.first_checksum ^ 1)),
    _of_segment(lambda d, x: attrs.evolve(x, first_offset=d.pick((-1, 9999)))),
)
