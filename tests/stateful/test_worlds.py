"""Recorders, players and logs, rule by rule, over the model and the bundled implementation.

The rules write a scenario as they go: what fails is shrunk to a scenario, and printed as one.
"""

from __future__ import annotations

import os

from hypothesis import given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from rlog_model import scenario as s
from rlog_model.conformance.judge import Judge, judge
from rlog_model.revision import REVISIONS
from rlog_model.scenario import Scenario, Step
from rlog_model.simulation.state import World
from rlog_model.simulation.strategies import scenarios
from rlog_model.simulation.world import execute

LOG = "logs/one"
PATHS = st.sampled_from(["/a", "/b", "/d/x", "/d/y", "/IDENTITY"])
RECORDERS = st.sampled_from(["r1", "r2", "r3"])
PLAYERS = st.sampled_from(["p1", "p2", "p3"])
SIZES = st.sampled_from([0, 1, 7, 60])


class WorldMachine(RuleBasedStateMachine):
    """One log in the model's world. After every play: the tree is the truth."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(REVISIONS["2023-12"])
        self.steps: list[Step] = []
        self.judge = Judge()
        self.authors = 0
        self.names = 0

    def do(self, *steps: Step) -> None:
        for step in steps:
            self.steps.append(step)
            self.world, seen = execute(self.world, step)
            self.judge(self.world, step, seen)
        if self.judge.failure is not None:
            raise AssertionError(f"{self.judge.failure}\n{s.dumps(Scenario(tuple(self.steps)))}")

    def author(self) -> int:
        self.authors += 1
        return 0x1000 + self.authors

    @initialize(check=st.booleans())
    def begin(self, check: bool) -> None:
        self.do(s.StartRecorder("r1", LOG, self.author(), None, check))

    @rule(recorder=RECORDERS, path=PATHS, name=st.sampled_from([None, "f1", "f2"]))
    def create(self, recorder: str, path: str, name: str | None) -> None:
        self.do(s.Create(recorder, path, name))

    @rule(
        recorder=RECORDERS,
        file=PATHS | st.sampled_from(["f1", "f2"]),
        offset=SIZES,
        size=SIZES,
        byte=st.integers(1, 255),
    )
    def write(self, recorder: str, file: str, offset: int, size: int, byte: int) -> None:
        self.do(s.Write(recorder, file, offset, bytes([byte]), size))

    @rule(recorder=RECORDERS, source=PATHS, other=PATHS)
    def link(self, recorder: str, source: str, other: str) -> None:
        self.do(s.Link(recorder, source, other))

    @rule(recorder=RECORDERS, source=PATHS | st.just("/d"), other=PATHS)
    def rename(self, recorder: str, source: str, other: str) -> None:
        self.do(s.Rename(recorder, source, other))

    @rule(recorder=RECORDERS, path=PATHS)
    def unlink(self, recorder: str, path: str) -> None:
        self.do(s.Unlink(recorder, path))

    @rule(recorder=RECORDERS, path=PATHS, size=SIZES)
    def truncate(self, recorder: str, path: str, size: int) -> None:
        self.do(s.Truncate(recorder, path, size))

    @rule(recorder=RECORDERS, appends=st.sampled_from([None, 1, 2]))
    def commit(self, recorder: str, appends: int | None) -> None:
        self.do(s.Commit(recorder, appends))

    @rule(recorder=RECORDERS, back=st.integers(0, 3))
    def append_again(self, recorder: str, back: int) -> None:
        self.do(s.AppendAgain(recorder, back))

    @rule(data=st.sampled_from([b"\n", b"\x66\x33\x93", b"\x66\x33\x93\x36\x50\0\0\0", bytes(40)]))
    def garbage(self, data: bytes) -> None:
        self.do(s.AppendRaw(LOG, data))

    @rule(recorder=RECORDERS)
    def die(self, recorder: str) -> None:
        self.do(s.Die(recorder))

    @rule(before=st.sampled_from([50, 200, 1 << 40]))
    def prune(self, before: int) -> None:
        self.do(s.Roll(LOG), s.Prune(LOG, before))

    @rule(recorder=RECORDERS)
    def play_hints(self, recorder: str) -> None:
        self.names += 1
        player = f"q{self.names}"
        self.do(
            s.TakeHints(recorder, f"h{self.names}"),
            s.Play(player, f"h{self.names}"),
            s.FinishAtWriteHead(player),
            s.Advance(player),
        )

    @rule(recorder=RECORDERS, player=PLAYERS)
    def play(self, recorder: str, player: str) -> None:
        self.names += 1
        self.do(s.TakeHints(recorder, f"h{self.names}"), s.Play(player, f"h{self.names}"))

    @rule(player=PLAYERS, until=st.sampled_from(s.UNTIL))
    def advance(self, player: str, until: str) -> None:
        self.do(s.Advance(player, until))

    @rule(player=PLAYERS, successor=RECORDERS, check=st.booleans(), raced=RECORDERS)
    def hand_off(self, player: str, successor: str, check: bool, raced: str) -> None:
        author = self.author()
        self.do(
            s.InjectHandoff(player, author),
            s.Advance(player, "append"),
            s.Commit(raced),
            s.Advance(player),
            s.StartRecorder(successor, LOG, author, player, check),
        )

    @rule(player=PLAYERS, successor=RECORDERS, check=st.booleans())
    def finish_and_fork(self, player: str, successor: str, check: bool) -> None:
        self.do(
            s.FinishAtWriteHead(player),
            s.Advance(player),
            s.StartRecorder(successor, LOG, self.author(), player, check),
        )

    def teardown(self) -> None:
        note(s.dumps(Scenario(tuple(self.steps))))


TestWorld = WorldMachine.TestCase
TestWorld.settings = settings(stateful_step_count=40)


@given(scenarios())
def test_the_bundled_implementation_is_as_the_model(scenario: Scenario) -> None:
    verdict = judge(scenario)
    assert verdict.failure is None, f"{verdict.failure}\n{s.dumps(scenario)}"


def test_open_files_are_closed_again() -> None:
    scenario = Scenario(
        (
            s.StartRecorder("r1", LOG, 1),
            s.Create("r1", "/a", "f1"),
            s.TakeHints("r1", "h1"),
            s.Play("p1", "h1"),
        )
    )
    judge(scenario)
    before = len(os.listdir("/dev/fd"))
    for _ in range(5):
        judge(scenario)
    assert len(os.listdir("/dev/fd")) == before
