"""The targets of ``fuzz/``: their properties hold for the seeds, and for what is made of them.

Where atheris is installed, it has a go at each target too.
"""

from __future__ import annotations

import functools
import importlib
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz import TARGETS, hints, wire
from fuzz.__main__ import main
from fuzz.framing import START
from rlog_model.framing import Frame, FrameEvent, Framer, Skipped
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints
from rlog_model.operation import RecordedOp
from rlog_model.wire import encode_op

ROOT = Path(__file__).parents[2]
RUNS = 5000


class Target(Protocol):
    def check(self, data: bytes, /) -> None: ...

    def seeds(self) -> Iterator[bytes]: ...


@functools.cache
def target(name: str) -> tuple[Target, tuple[bytes, ...]]:
    module: Target = importlib.import_module(f"fuzz.{name}")
    return module, tuple(module.seeds())


def check_all(module: Target, contents: Iterable[bytes]) -> None:
    for content in contents:
        module.check(content)


@st.composite
def mutated(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed, in which a few pieces were replaced: by bytes, or by pieces of another seed."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        other = draw(st.sampled_from(seeds))
        begin = draw(st.integers(0, len(other)))
        piece = draw(st.binary(max_size=9) | st.just(other[begin : begin + last - first]))
        data = data[:first] + piece + data[last:]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_seeds(name: str) -> None:
    module, seeds = target(name)
    assert len(set(seeds)) > 20
    check_all(module, seeds)


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
def test_any_bytes(name: str, data: st.DataObject) -> None:
    module, seeds = target(name)
    module.check(data.draw(st.binary(max_size=200) | mutated(seeds)))


def test_hints_that_leave_out_a_live_file() -> None:
    """They flatten and play; the player's own hints then find the file again."""
    hints.check(bytes.fromhex("0a066c6f67732f61120d080112090d0100000010012806"))


def test_the_small_log_is_played_in_full() -> None:
    """The hints of the small log, else no play of the target would come to anything."""
    for one in hints.recorded()[1]:
        _, seen = hints.played(hints.small_world(one), "p", one)
        assert seen is not None
        assert seen.status == "complete"


@pytest.mark.parametrize("broken", ["offset", "payload", "skipped"])
def test_framing_sees_a_framer_that_is_wrong(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Framer.next

    def wrong(self: Framer) -> tuple[Framer, FrameEvent | None]:
        framer, event = original(self)
        match broken, event:
            case "offset", Frame(first, last, view):
                # As one that forgets what was fed before.
                event = Frame(first - self.begin + START, last, view)
            case "payload", Frame(first, last, view) if len(view) > 1:
                event = Frame(first, last, bytes(view[:-1]) + b"\0")
            case "skipped", Skipped():
                return framer.next()
        return framer, event

    monkeypatch.setattr(Framer, "next", wrong)
    module, seeds = target("framing")
    with pytest.raises(AssertionError):
        check_all(module, seeds)


def test_wire_sees_a_decoder_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:

    def wrong(op: RecordedOp, *, with_meta: bool = False) -> bytes:
        return encode_op(op)  # The offsets and the log are forgotten.

    monkeypatch.setattr(wire, "encode_op", wrong)
    module, seeds = target("wire")
    with pytest.raises(AssertionError):
        check_all(module, seeds)


def test_hints_sees_an_error_of_no_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: FSMHints) -> object:
        raise KeyError(self.log)

    monkeypatch.setattr(FSMHints, "live_log_segments", wrong)
    module, seeds = target("hints")
    with pytest.raises(KeyError):
        check_all(module, seeds)


def test_hints_sees_a_play_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: FSM, op: RecordedOp, payload: bytes) -> object:
        raise KeyError(op.seq_no)

    monkeypatch.setattr(FSM, "apply", wrong)
    module, seeds = target("hints")
    with pytest.raises(KeyError):
        check_all(module, seeds)


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["nothing"]) == 2
    assert "framing,wire,hints" in capsys.readouterr().err


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("name", TARGETS)
def test_atheris(name: str, tmp_path: Path) -> None:
    """It runs from the seeds, instrumented, and keeps what it found in the directory."""
    command = [sys.executable, "-m", "fuzz", name, str(tmp_path), f"-runs={RUNS}", "-seed=1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {RUNS} runs" in done.stderr
    assert "INFO: Instrumenting rlog_model" in done.stderr
    assert any(tmp_path.iterdir())
