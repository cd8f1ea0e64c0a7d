"""Workers share failing examples through a Redis server, and do without it when it goes away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from rlog_model.conformance.example_database import DatabaseUnusable, open_database
from rlog_model.conformance.fuzz import Plan, fuzz
from rlog_model.conformance.fuzz_report import Report
from rlog_model.scenario import loads
from tests.integration.redis_server import Server, free_port, redis_server
from tests.unit.conformance.fuzz_machines import stop_when

MACHINES = "tests.unit.conformance.fuzz_machines"
ONE_BUG, IDLE = f"{MACHINES}:OneBug", f"{MACHINES}:Idle"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_server(tmp_path) as running:
        yield running


def found(report: Report) -> bool:
    """Whether the failure was found, and made as small as can be."""
    return any(len(one.scenario.steps) == 1 for one in report.failures.values())


def title(report: Report) -> str:
    (failure,) = report.failures.values()
    assert failure.signature == "paths: c is wrong"
    return loads(failure.file.read_bytes()).title


def test_what_one_found_is_another_ones_first_example(tmp_path: Path, server: Server) -> None:
    """Another machine, with no file in common: all it has is the server. It replays before it
    draws, and what it knows then it doesn't find by itself."""
    one = fuzz(Plan(120.0, 1, (ONE_BUG,), 1, tmp_path / "one", server.url), stop_when(found))
    assert title(one) == f"found by {ONE_BUG}, seed 1"
    with Redis(port=server.port) as client:
        assert client.keys("hypothesis-example:*"), "Hypothesis's own database, with its own keys"

    other = fuzz(Plan(120.0, 1, (ONE_BUG,), 2, tmp_path / "two", server.url), stop_when(found))
    assert title(other) == f"found by {ONE_BUG}, from the example database"
    assert other.database_lost is None


def test_two_machines_share_while_both_run(tmp_path: Path, server: Server) -> None:
    is_found, is_over = threading.Event(), threading.Event()
    reports: dict[str, Report] = {}

    def progress(report: Report) -> None:
        if found(report):
            is_found.set()
        if is_over.is_set() and not report.interrupted:
            raise KeyboardInterrupt

    def find() -> None:
        plan = Plan(240.0, 1, (ONE_BUG,), 1, tmp_path / "one", server.url)
        reports["one"] = fuzz(plan, progress)

    finder = threading.Thread(target=find)
    finder.start()
    assert is_found.wait(120)
    plan = Plan(120.0, 2, (ONE_BUG,), 2, tmp_path / "two", server.url)
    reports["two"] = fuzz(plan, stop_when(found))
    assert finder.is_alive(), "both have run at one time"
    is_over.set()
    finder.join()
    assert title(reports["one"]) == f"found by {ONE_BUG}, seed 1"
    assert title(reports["two"]) == f"found by {ONE_BUG}, from the example database"
    for report in reports.values():
        assert report.database_lost is None
        assert not report.lost


def test_a_server_that_goes_away_does_not_lose_the_run(tmp_path: Path, server: Server) -> None:
    """It is told, and what is found afterwards is written."""
    stopped = False

    def stop_in_the_middle(report: Report) -> None:
        nonlocal stopped
        if report.scenarios and not stopped:
            assert not report.failures, "the machine that fails has its turn later"
            server.stop()
            stopped = True
        if report.database_lost is not None and found(report) and not report.interrupted:
            raise KeyboardInterrupt

    plan = Plan(120.0, 1, (IDLE, ONE_BUG), 1, tmp_path / "corpus", server.url)
    report = fuzz(plan, stop_in_the_middle)
    assert report.database_lost is not None
    assert "ConnectionError" in report.database_lost
    assert title(report) == f"found by {ONE_BUG}, seed 2"
    assert not report.lost


def test_a_server_that_comes_back_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlog_model.conformance.example_database.RETRY_SECONDS", 0.1)
    lost: list[str] = []
    with redis_server(tmp_path) as first:
        database = open_database(first.url, lost.append)
        database.save(b"key", b"value")
        assert list(database.fetch(b"key")) == [b"value"]
    assert list(database.fetch(b"key")) == []
    assert len(lost) == 1
    with redis_server(tmp_path, first.port):
        _wait_for(lambda: _saved(database.save, database.fetch))
    assert len(lost) >= 1


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(DatabaseUnusable, match="start the server"):
        open_database(f"redis://127.0.0.1:{free_port()}/0", lambda reason: None)


def test_a_password_is_asked_for_and_never_shown(tmp_path: Path, server: Server) -> None:
    with Redis(port=server.port) as client:
        client.config_set("requirepass", "secret")
    with pytest.raises(DatabaseUnusable, match=r"(?i)authenticat"):
        open_database(server.url, lambda reason: None)
    with pytest.raises(DatabaseUnusable) as wrong:
        open_database(f"redis://:false@127.0.0.1:{server.port}/0", lambda reason: None)
    assert "false" not in str(wrong.value)
    database = open_database(f"redis://:secret@127.0.0.1:{server.port}/0", lambda reason: None)
    database.save(b"key", b"value")
    assert list(database.fetch(b"key")) == [b"value"]


def _saved(save: Callable[[bytes, bytes], None], fetch: Callable[[bytes], Any]) -> bool:
    save(b"key", b"again")
    return b"again" in list(fetch(b"key"))


def _wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.1)
