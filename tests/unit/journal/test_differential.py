"""Journals in memory and in files behave the same, step by step.

The journal in memory is the readable twin. The other is driven through two stores of one directory,
as two processes would drive it, each of which is closed and opened again at times.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from rlog_model.journal.codec import Codec
from rlog_model.journal.file import FileStore
from rlog_model.journal.labels import EMPTY, LabelSelector, LabelSet
from rlog_model.journal.memory import MemoryStore
from rlog_model.journal.protocol import (
    EmptyRegisterChange,
    Journal,
    OffsetNotYetAvailable,
    RegisterMismatch,
)

NAME = "some/log"

labels = st.builds(
    LabelSet,
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["", "1", "2"])), max_size=2),
)
contents = st.one_of(
    st.binary(max_size=6),
    # What could be taken for the spool's own: its magic, and a size that leads out of the file.
    st.sampled_from([b"rlr2" * 20, b"rlogopn2", b"\xff" * 40, bytes(100)]),
)
stores = st.integers(0, 1)


def outcome(call: Callable[[], object]) -> object:
    """What a call answers, or the error's type and fields."""
    try:
        return call()
    except (EmptyRegisterChange, OffsetNotYetAvailable, RegisterMismatch, ValueError) as error:
        return type(error), error.args


class TwoKinds(RuleBasedStateMachine):
    """Each step is taken by both, and must end alike."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.stores: list[FileStore] = []
        self.files: list[Journal] = []

    @initialize(
        fragment_size=st.sampled_from([1, 10, 1000]),
        codecs=st.tuples(*[st.sampled_from(Codec)] * 2),
    )
    def start(self, fragment_size: int, codecs: tuple[Codec, Codec]) -> None:
        self.fragment_size, self.codecs = fragment_size, codecs
        self.memory = MemoryStore(fragment_size=fragment_size).open(NAME)
        for which in range(2):
            self.stores.append(self.make_store(which))
            self.files.append(self.stores[which].open(NAME))

    def make_store(self, which: int) -> FileStore:
        return FileStore(self.directory, fragment_size=self.fragment_size, codec=self.codecs[which])

    def both(self, which: int, call: Callable[[Journal], object]) -> None:
        expected = outcome(lambda: call(self.memory))
        note(f"{expected}")
        assert outcome(lambda: call(self.files[which])) == expected

    @rule(which=stores, content=contents)
    def append(self, which: int, content: bytes) -> None:
        self.both(which, lambda journal: journal.append(content))

    @rule(
        which=stores,
        content=contents,
        union=labels,
        subtract=labels,
        include=labels,
        exclude=labels,
    )
    def change(
        self,
        which: int,
        content: bytes,
        union: LabelSet,
        subtract: LabelSet,
        include: LabelSet,
        exclude: LabelSet,
    ) -> None:
        check = LabelSelector(include, exclude) if include or exclude else None
        self.both(
            which,
            lambda journal: journal.append(content, check=check, union=union, subtract=subtract),
        )

    @rule(which=stores, offset=st.integers(-2, 200), limit=st.integers(0, 50))
    def read(self, which: int, offset: int, limit: int) -> None:
        self.both(which, lambda journal: journal.read(offset, limit=limit))

    @rule(which=stores)
    def read_all(self, which: int) -> None:
        def chunks(journal: Journal) -> list[object]:
            found: list[object] = []
            offset, head = 0, journal.write_head()
            while offset < head:
                chunk = journal.read(offset)
                found.append(chunk)
                offset = chunk.end
            return found

        self.both(which, chunks)

    @rule(which=stores)
    def look(self, which: int) -> None:
        self.both(
            which,
            lambda journal: (journal.write_head(), journal.registers(), journal.first_offset()),
        )

    @rule(which=stores)
    def roll(self, which: int) -> None:
        self.both(which, lambda journal: journal.roll())

    @rule(which=stores, before=st.integers(-1, 200), begin=st.just(0) | st.integers(-1, 100))
    def prune(self, which: int, before: int, begin: int) -> None:
        self.both(which, lambda journal: journal.prune(before, begin))

    @precondition(lambda self: self.files)
    @rule(which=stores)
    def reopen(self, which: int) -> None:
        self.stores[which].close()
        self.stores[which] = self.make_store(which)
        self.files[which] = self.stores[which].open(NAME)

    def teardown(self) -> None:
        if self.files:
            self.read_all(0)
            self.look(1)
            assert self.memory.append(b"", union=EMPTY) == self.files[0].append(b"")
        for store in self.stores:
            store.close()
        rmtree(self.directory)


TwoKinds.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTwoKinds = TwoKinds.TestCase
