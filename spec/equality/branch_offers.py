"""What ``Branch.tla`` begins an FSM with, and what it offers to it: the same for the model.

The names are those of its constants and definitions.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from rlog_model.fsm import FSM
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.segment import UNKNOWN_OFFSET, Segment
from spec.equality import bounds
from spec.equality.equality import Constants
from spec.equality.histories import Histories

CONTENT = b"hinted"


def given(constants: Constants, histories: Histories) -> Iterator[FSMHints]:
    """All hints that there are to begin with."""
    for log, files, paths in itertools.product(
        bounds.texts(constants, "HintLogs"),
        list(_files(constants, histories)),
        bounds.sets_of_texts(constants, "HintedPaths"),
    ):
        yield FSMHints(log, files, tuple(Property(path, CONTENT) for path in paths))


def _files(constants: Constants, histories: Histories) -> Iterator[tuple[FnodeSegments, ...]]:
    segments = list(_segments(constants, histories))
    fnodes = [Fnode(n) for n in bounds.numbers(constants, "HintedFnodes")]
    most = bounds.number(constants, "HintedFiles")
    up_to_one: list[tuple[Segment, ...]] = [(), *((s,) for s in segments)]
    yield ()
    if most >= 1:
        lists = [*up_to_one, *itertools.product(segments, segments)]
        yield from ((FnodeSegments(n, few),) for n, few in itertools.product(fnodes, lists))
    if most >= 2:
        files = [FnodeSegments(n, few) for n, few in itertools.product(fnodes, up_to_one)]
        yield from itertools.product(files, files)


def _segments(constants: Constants, histories: Histories) -> Iterator[Segment]:
    for author, (first, last), is_known, log in itertools.product(
        bounds.numbers(constants, "HintedAuthors"),
        bounds.pairs(constants, "HintedRuns"),
        bounds.truths(constants, "HintedEnds"),
        bounds.texts(constants, "HintedLogs"),
    ):
        yield Segment(
            author=Author(author),
            first_seq_no=first,
            first_offset=first - 1,
            first_checksum=histories.foreign(first - 1),
            last_seq_no=last,
            last_offset=last if is_known else UNKNOWN_OFFSET,
            log=log,
        )


class Offers:
    """The operations that are offered to an FSM, at its place in the branch or beside it."""

    def __init__(self, constants: Constants, histories: Histories) -> None:
        self._most = bounds.number(constants, "Operations")
        wrong = bounds.texts(constants, "Wrong")
        self._beside = (0, -1, 1) if "number" in wrong else (0,)
        self._wrong = [histories.wrong] if "checksum" in wrong else []
        self._fields = list(
            itertools.product(
                [Author(n) for n in bounds.numbers(constants, "Authors")],
                list(_changes(constants)),
                bounds.texts(constants, "Logs"),
                bounds.truths(constants, "Ends"),
            )
        )

    def __call__(self, fsm: FSM) -> Iterator[RecordedOp]:
        """All of them; none where the branch is as long as it may get."""
        if fsm.next_seq_no > self._most:
            return
        checksums = [fsm.next_checksum, *self._wrong]
        for beside, checksum in itertools.product(self._beside, checksums):
            seq_no = fsm.next_seq_no + beside
            for author, change, log, is_known in self._fields:
                yield RecordedOp(
                    seq_no=seq_no,
                    checksum=checksum,
                    author=author,
                    change=change,
                    first_offset=seq_no - 1,
                    last_offset=seq_no if is_known else UNKNOWN_OFFSET,
                    log=log,
                )


def _changes(constants: Constants) -> Iterator[Change | None]:
    paths = bounds.texts(constants, "Paths")
    fnodes = [Fnode(n) for n in bounds.numbers(constants, "Fnodes")]
    contents = [text.encode() for text in bounds.texts(constants, "Contents")]
    kinds = bounds.texts(constants, "Kinds")
    if "create" in kinds:
        yield from (Create(path) for path in paths)
    if "link" in kinds:
        yield from (Link(n, path) for n, path in itertools.product(fnodes, paths))
    if "unlink" in kinds:
        yield from (Unlink(n, path) for n, path in itertools.product(fnodes, paths))
    if "write" in kinds:
        yield from (Write(n, 0, 1) for n in fnodes)
    if "property" in kinds:
        yield from (Property(path, content) for path, content in itertools.product(paths, contents))
    if "none" in kinds:
        yield None
