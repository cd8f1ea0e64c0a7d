"""Executors show what the model shows, and leave nothing behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from rlog_model import scenario as s
from rlog_model.conformance import check
from rlog_model.conformance.executor import (
    Bundled,
    Maker,
    Model,
    execute,
    over_files,
    over_memory,
)
from rlog_model.journal.protocol import JournalStore
from rlog_model.revision import CURRENT
from rlog_model.scenario import Scenario
from rlog_model.scenario_parts import Decode
from rlog_model.simulation import world

SCENARIO = Scenario(
    (
        s.StartRecorder("r", "logs/one", 1),
        s.Create("r", "/a", "f"),
        s.TakeHints("r", "h"),
        s.Play("p", "h"),
        Decode(b""),
    )
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where executors make their directories."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("make", [Model, over_memory, over_files])
@pytest.mark.parametrize("name", ["takeover", "move", "retries"])
def test_executors_show_what_the_model_shows(make: Maker, name: str) -> None:
    scenario = dict(check.written())[name]
    assert execute(make, scenario) == world.run(scenario, lambda world, step, seen: None)


@pytest.mark.parametrize("make", [over_memory, over_files])
def test_a_closed_executor_leaves_nothing(make: Maker, temporary: Path) -> None:
    open_before = len(os.listdir("/dev/fd"))
    executor = make(CURRENT)
    for step in SCENARIO.steps:
        assert executor.execute(step).outcome == "done"
    assert list(temporary.iterdir())
    executor.close()
    executor.close()
    assert list(temporary.iterdir()) == []
    assert len(os.listdir("/dev/fd")) == open_before


def test_an_executor_that_can_not_be_made_leaves_nothing(temporary: Path) -> None:
    def breaks(directory: Path) -> JournalStore:
        raise OSError("no store today")

    with pytest.raises(OSError, match="no store today"):
        Bundled(CURRENT, breaks)
    assert list(temporary.iterdir()) == []
