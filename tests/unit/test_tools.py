"""The tools for a real log: what they are asked, what they print, and how they end."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rlog_model.cli import prune
from rlog_model.cli.app import app
from rlog_model.cli.dry_play import DryPlay, dry_play
from rlog_model.hints import FnodeSegments, FSMHints
from rlog_model.hints_json import hints_to_json
from rlog_model.identity import Fnode
from rlog_model.journal.file import FileStore
from rlog_model.needs import Needs
from rlog_model.operation import Create, Property, Unlink, Write
from rlog_model.segment import Segment
from tests.samples import SAMPLES, Seen
from tests.unit.made_log import START, A, B, MadeLog, Point

LOG = "a/log"
F1 = Fnode(1)


def rlog(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def write_hints(file: Path, hints: FSMHints) -> Path:
    file.write_text(json.dumps(hints_to_json(hints)))
    return file


def segment(at: Point, last: int, first: int = 0, end: int = 0) -> Segment:
    return Segment(A, at[0], first, at[1], last, end, "")


def hinted(*segments: Segment) -> FSMHints:
    return FSMHints(LOG, (FnodeSegments(Fnode(segments[0].first_seq_no), segments),))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A log of two branches: 6 operations in 3 fragments, and a spool with garbage behind."""
    log = MadeLog()
    directory = tmp_path / "store"
    directory.mkdir()
    with FileStore(directory) as journals, journals.open(LOG) as journal:

        def land(*, roll: bool) -> None:
            journal.append(bytes(log.content[journal.write_head() :]))
            if roll:
                journal.roll()

        here = log.append_all(START, Create("/a\x1b[31m"), Write(F1, 0, 100))
        land(roll=True)
        log.append(log.append(here, Create("/b"), B), Property("/P", b"x"), B)
        land(roll=True)
        log.append(here, Unlink(F1, "/a\x1b[31m"))
        land(roll=True)
        log.raw(b"garbage")
        log.append(START, Create("/a\x1b[31m"))
        land(roll=False)
    return directory


def test_inspect_lists_and_draws(store: Path) -> None:
    code, told, _ = rlog("inspect", "--store", store)
    assert code == 0
    assert "\x1b" not in told
    assert "create /a\\x1b[31m (file 1)" in told
    assert "write /a\\x1b[31m (file 1): 100 bytes at 0" in told
    assert "[branch 2 forks from branch 1]" in told
    assert "[a copy: branch 1 has this operation already]" in told
    assert "7 bytes skipped: no frame begins there" in told
    assert "branch 2  dead  forks from branch 1 behind operation 2" in told
    assert "branch 1 is alive: a player that reads the log from its first byte" in told


def operations(*arguments: str | Path) -> list[dict[str, Any]]:
    code, told, _ = rlog("inspect", *arguments, "--json")
    assert code == 0
    return [json.loads(line) for line in told.splitlines()[:-1]]


def test_inspect_lets_through_what_is_asked_for(store: Path) -> None:
    every = operations("--store", store)
    assert len(every) == 7
    of_b = operations("--store", store, "--author", str(int(B)))
    assert [o["operation"]["author"] for o in of_b] == ["11", "11"]
    second = every[2]["operation"]
    inside = operations(
        *("--store", store, "--from", second["first_offset"], "--to", second["last_offset"])
    )
    assert inside == [every[2]]
    at_b = operations("--store", store, "--path", "/b")
    assert [o["operation"]["what"] for o in at_b] == ["create /b (file 3)"]
    assert len(operations("--store", store, "--path", "/a\x1b[31m")) == 4
    assert operations("--store", store, "--tree") == []
    code, told, _ = rlog("inspect", "--store", store, "--operations")
    assert (code, "alive" in told, "no operation matches" in told) == (0, False, False)
    code, told, _ = rlog("inspect", "--store", store, "--author", "77")
    assert (code, "no operation matches" in told) == (0, True)
    code, _, told = rlog("inspect", "--store", store, "--from", "9", "--to", "8")
    assert (code, "--from 9 is behind --to 8" in told) == (2, True)


def test_of_several_branches_without_a_beginning_hints_tell(store: Path) -> None:
    """The branch of the last operation may be a zombie's."""
    log = MadeLog()
    log.append((50, 5), None)
    (store / LOG / fragments(store)[0]).unlink()
    with FileStore(store) as journals, journals.open(LOG) as journal:
        journal.append(bytes(log.content))
    code, told, _ = rlog("inspect", "--store", store, "--tree")
    assert code == 0
    assert "is alive, --hints tells" in told
    assert "  alive" not in told
    assert "  dead or alive: hints tell" in told
    assert not re.search("  dead  ", told)
    code, told, _ = rlog("inspect", "--store", store, "--tree", "--json")
    assert (code, json.loads(told)["alive"]) == (0, None)


def test_inspect_follows_hints(store: Path, tmp_path: Path) -> None:
    log = MadeLog()
    here = log.append_all(START, Create("/a\x1b[31m"), Write(F1, 0, 100))
    good = write_hints(tmp_path / "h", hinted(segment(START, 2)))
    code, told, _ = rlog("inspect", "--store", store, "--tree", "--hints", good)
    assert (code, f"{good} leads to it" in told) == (0, True)
    bad = write_hints(tmp_path / "bad", hinted(segment((1, 5), 2)))
    code, told, _ = rlog("inspect", "--store", store, "--tree", "--hints", bad)
    assert (code, "no branch is known to be alive" in told) == (1, True)
    elsewhere = write_hints(tmp_path / "else", FSMHints("b/log"))
    code, _, told = rlog("inspect", "--store", store, "--tree", "--hints", elsewhere)
    assert (code, "the hints name the log b/log" in told) == (2, True)
    (store / "b/log").mkdir(parents=True)
    code, told, _ = rlog("inspect", "--store", store, "--tree", "--hints", elsewhere)
    assert (code, "names another log, b/log" in told) == (1, True)
    code, told, _ = rlog("inspect", "--store", store, "--log", "b/log", "--tree")
    assert (code, "0 bytes" in told) == (0, True)
    assert rlog("inspect", "--store", store, "--log", "b")[0] == 2
    none = write_hints(tmp_path / "none", FSMHints(""))
    assert rlog("inspect", "--store", store, "--tree", "--hints", none)[0] == 1
    assert here[0] == 3


def test_what_is_no_log_is_usage(store: Path, tmp_path: Path) -> None:
    for more in (("--log", "no/log"), ("--log", "")):
        code, _, told = rlog("inspect", "--store", store, *more)
        assert (code, LOG in told) == (2, True)
    (tmp_path / "empty").mkdir()
    code, _, told = rlog("inspect", "--store", tmp_path / "empty")
    assert (code, "it has none" in told) == (2, True)
    code, told, _ = rlog("inspect", "--store", store, "--log", "no/log", "--json")
    assert (code, json.loads(told)["error"]) == (2, "WhichLog")


def test_a_damaged_fragment_is_passed_over(store: Path) -> None:
    files = sorted((store / LOG).glob("*.raw"))
    files[1].chmod(0o644)
    files[1].write_bytes(b"x")
    code, told, _ = rlog("inspect", "--store", store)
    assert code == 1
    assert f"the fragment is damaged ({files[1].name}" in told
    assert "unlink" in told


def test_a_play_is_told_up_to_a_damaged_fragment(store: Path, tmp_path: Path) -> None:
    file = sorted((store / LOG).glob("*.raw"))[1]
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    hints = write_hints(tmp_path / "h", hinted(segment(START, 2)))
    begin = int(file.name[:16], 16)
    code, told, shown = rlog("explain", "--store", store, "--hints", hints)
    assert (code, "applied 2 of author" in told) == (1, True)
    assert "and its name says" in shown
    assert f"It has the bytes {begin} to" in shown
    assert "Newer hints may not need it" in shown
    code, told, _ = rlog("hints", "lint", hints, "--store", store)
    assert (code, "Newer hints may not need it" in told) == (1, True)
    code, told, _ = rlog("hints", "lint", hints, "--store", store, "--json")
    assert str(begin) in json.loads(told)["diagnosis"]["advice"][0]
    code, _, shown = rlog("recover", tmp_path / "target", "--store", store, "--hints", hints)
    assert (code, "does not play: " in shown, "lacks" in shown) == (1, True, False)
    assert f"It has the bytes {begin} to" in shown
    assert "Newer hints may not need it" in shown
    file.write_bytes(file.read_bytes() + b"?")
    _, told, _ = rlog("hints", "lint", hints, "--store", store)
    assert "it holds more than the" in told


def test_hints_are_shown(store: Path, tmp_path: Path) -> None:
    file = write_hints(tmp_path / "h", hinted(segment(START, 2, 0, 50)))
    code, told, _ = rlog("hints", "show", file)
    assert (code, "0 to 50, 50 bytes: operations 1 to 2 of author 9" in told) == (0, False)
    assert f"operations 1 to 2 of author {int(A)}" in told
    code, told, _ = rlog("hints", "show", file, "--store", store)
    assert (code, "%" in told) == (0, True)
    code, told, _ = rlog("hints", "show", write_hints(tmp_path / "e", FSMHints(LOG)))
    assert (code, "all of it" in told) == (0, True)
    wrong = write_hints(tmp_path / "w", hinted(segment((0, 0), 2)))
    code, _, told = rlog("hints", "show", wrong)
    assert (code, "can't be played" in told) == (1, True)
    code, _, told = rlog("hints", "show", file, "--store", tmp_path)
    assert (code, "no folder" in told) == (2, True)


def test_hints_are_linted(store: Path, tmp_path: Path) -> None:
    file = write_hints(tmp_path / "h", hinted(segment(START, 2)))
    assert rlog("hints", "lint", file)[0] == 0
    code, told, _ = rlog("hints", "lint", file, "--store", store)
    assert (code, "it plays, up to operation 4" in told) == (0, True)
    wrong = write_hints(tmp_path / "w", hinted(segment(START, 9)))
    code, told, _ = rlog("hints", "lint", wrong, "--store", store)
    assert code == 1
    assert f"operation 4 of author {int(A)}, in a/log at offset" in told
    assert "PLAY-6" in told
    broken = write_hints(tmp_path / "b", hinted(segment((0, 0), 2)))
    code, told, _ = rlog("hints", "lint", broken, "--store", store)
    assert (code, "no player takes these hints" in told) == (1, True)
    code, told, _ = rlog("hints", "lint", broken, "--json")
    assert (code, json.loads(told)["findings"][0]["rule"]) == (1, "LINT-1")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"x\n", "it names neither a log nor a file"),
        (b"null", "this JSON is no object"),
        (b"12", "this JSON is no object"),
        (b'{"log": "a', "this JSON is cut off or damaged"),
        (b"hello", "these are no hints"),
    ],
)
def test_a_file_without_hints_is_told_plainly(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "h").write_bytes(content)
    code, _, told = rlog("hints", "lint", tmp_path / "h")
    assert code == 2
    assert f"{tmp_path / 'h'}: {reason}" in told


def test_hints_are_compared(tmp_path: Path) -> None:
    old = write_hints(tmp_path / "old", hinted(segment(START, 2)))
    assert rlog("hints", "diff", old, old)[:2] == (0, "both say the same\n")
    new = write_hints(
        tmp_path / "new",
        FSMHints(
            "b/log",
            (FnodeSegments(F1, (segment(START, 2, 7),)), FnodeSegments(Fnode(2), ())),
            (Property("/P", b""),),
        ),
    )
    for one, other in ((old, new), (new, old)):
        code, told, _ = rlog("hints", "diff", one, other)
        assert (code, "property /P" in told, "file 2" in told) == (1, True, True)
    code, told, _ = rlog("hints", "diff", old, new, "--json")
    assert json.loads(told)["files_new"] == ["2"]


def test_explain_tells_every_operation_if_asked(store: Path, tmp_path: Path) -> None:
    file = write_hints(tmp_path / "h", FSMHints(LOG))
    code, told, _ = rlog("explain", "--store", store, "--hints", file, "--all", "--files")
    assert code == 0
    assert told.count("operation 1 of author") == 2
    assert "7 bytes skipped" in told
    assert "/P  (property, 1 byte)" in told
    code, told, _ = rlog("explain", "--store", store, "--hints", file, "--json", "--files")
    notes = [json.loads(line) for line in told.splitlines()]
    assert [n.get("note") for n in notes[:2]] == ["Stretch", "NoOperation"]
    assert "/b" in notes[-1]["paths"]
    code, told, _ = rlog("explain", "--store", store, "--hints", file, "--json", "--all")
    assert sum("operation" in json.loads(line) for line in told.splitlines()) == 6
    none = write_hints(tmp_path / "none", FSMHints(""))
    code, _, told = rlog("explain", "--store", store, "--hints", none)
    assert (code, "can't be played" in told) == (1, True)


def fragments(store: Path) -> list[str]:
    return sorted(f.name for f in store.rglob("*.raw"))


def test_prune_deletes_what_no_hints_need(store: Path, tmp_path: Path) -> None:
    """And nothing else; never in a dry run, and not while older hints need it."""
    log = MadeLog()
    log.append_all(START, Create("/a\x1b[31m"), Write(F1, 0, 100))
    end = log.head
    other = MadeLog()
    fork = other.append_all(START, Create("/a\x1b[31m"), Write(F1, 0, 100))
    behind = other.append(fork, Create("/b"), B)
    create = Segment(B, *_at(fork, end), 3, end + (other.head - end), "")
    newer = write_hints(
        tmp_path / "newer.json", FSMHints(LOG, (FnodeSegments(Fnode(3), (create,)),))
    )
    older = write_hints(tmp_path / "older.json", hinted(segment(START, 2, 0, end)))
    all_of_them = fragments(store)
    given = "--store", store, "--hints", newer
    code, told, _ = rlog("prune", *given, "--dry-run")
    assert (code, "dry run: nothing was deleted" in told) == (0, True)
    assert f"0 to {end}" in told
    code, told, _ = rlog("prune", *given, "--hints", older)
    assert (code, "nothing is to be deleted" in told) == (0, True)
    assert fragments(store) == all_of_them
    code, told, _ = rlog("prune", *given, "--json")
    assert (code, json.loads(told)["deleted"]) == (0, 1)
    assert fragments(store) == all_of_them[1:]
    code, told, _ = rlog("prune", *given)
    assert (code, "nothing is to be deleted" in told) == (0, True)
    code, _, told = rlog("prune", *given, "--hints", older)
    assert (code, "as the log is now, they can't be played" in told) == (1, True)
    assert behind[0] == 4


def _at(point: Point, offset: int) -> tuple[int, int, int]:
    return point[0], offset, point[1]


def test_prune_refuses_hints_that_need_all_or_are_none(store: Path, tmp_path: Path) -> None:
    none_live = write_hints(tmp_path / "none_live", FSMHints(LOG))
    code, _, told = rlog("prune", "--store", store, "--hints", none_live)
    assert (code, "no file is live" in told) == (1, True)
    no_log = write_hints(tmp_path / "no_log", FSMHints(""))
    assert rlog("prune", "--store", store, "--hints", no_log)[0] == 1
    kept = tmp_path / "kept"
    kept.mkdir()
    code, _, told = rlog("prune", "--store", store, "--hints", kept)
    assert (code, "no files" in told) == (2, True)
    (kept / "note").write_text("these are no hints")
    code, _, told = rlog("prune", "--store", store, "--hints", kept)
    assert (code, "no hints" in told) == (2, True)


def test_prune_plays_a_log_that_is_recorded_up_to_one_head(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = MadeLog()
    here = log.append_all(START, Create("/a\x1b[31m"), Write(F1, 0, 100))
    end = log.head
    here = log.append_all(here, Create("/b"), Property("/P", b"x"), author=B)
    file = Segment(B, *_at((3, _checksum()), end), 3, 0, "")
    hints = write_hints(tmp_path / "h", FSMHints(LOG, (FnodeSegments(Fnode(3), (file,)),)))
    points = [here]

    def growing(*given: Any, **more: Any) -> DryPlay:
        played = dry_play(*given, **more)
        grown = MadeLog()
        points.append(grown.append(points[-1], Create(f"/{len(points)}"), B))
        with FileStore(store) as journals, journals.open(LOG) as journal:
            journal.append(bytes(grown.content))
        return played

    monkeypatch.setattr(prune, "dry_play", growing)
    code, told, shown = rlog("prune", "--store", store, "--hints", hints)
    assert (code, "deleting 1 fragment" in told) == (0, True), shown
    assert len(points) == 3


def _checksum() -> int:
    """Of what the third operation of the store continues."""
    return MadeLog().append_all(START, Create("/a\x1b[31m"), Write(F1, 0, 100))[1]


def test_recover_takes_the_newest_that_plays(tmp_path: Path) -> None:
    """Of a log whose end is lost: newer hints lack it, older ones play."""
    sample = SAMPLES / "sqlite-like"
    store = tmp_path / "store"
    shutil.copytree(sample / "fragments", store, copy_function=shutil.copyfile)
    files = sorted(f for f in store.rglob("*") if f.is_file())
    for file in files[-2:]:
        file.unlink()
    kept = tmp_path / "kept"
    kept.mkdir()
    for age, name in enumerate(("end", "txn300", "txn100")):
        shutil.copyfile(sample / f"hints/{name}.json", kept / f"{name}.json")
        os.utime(kept / f"{name}.json", (1e9 - age, 1e9 - age))
    (kept / "note").write_text("no hints")
    (kept / ".hidden").write_text("no hints")
    target = tmp_path / "target"
    given = "--store", store, "--hints", kept
    code, told, shown = rlog("recover", target, *given)
    assert code == 0
    assert Seen.of(target).files
    assert "lacks" in shown
    assert "passed over, as they are no hints: note" in shown
    assert "did not play: what only they lead to is not in it" in told
    code, told, _ = rlog("recover", tmp_path / "other", *given, "--newest-by", "sequence", "--json")
    end = json.loads(told)
    assert (code, end["failed"][0]["hints"]) == (0, str(kept / "note"))
    assert end["played"]["target"] == str(tmp_path / "other")
    code, _, shown = rlog("recover", target, *given)
    assert (code, "no empty directory" in shown) == (2, True)


def test_recover_says_what_all_of_them_lack(store: Path, tmp_path: Path) -> None:
    beyond = write_hints(tmp_path / "1", hinted(segment(START, 2, 1 << 40)))
    elsewhere = write_hints(tmp_path / "2", FSMHints("no/log"))
    given = "--store", store, "--hints", beyond, "--hints", elsewhere
    code, told, shown = rlog("recover", tmp_path / "target", *given)
    assert (code, told) == (1, "")
    assert "beyond the head" in shown
    assert "no folder" in shown
    assert "rlog recover" not in shown
    assert not (tmp_path / "target").exists()
    code, _, shown = rlog("recover", tmp_path / "target", "--store", store, "--hints", elsewhere)
    assert (code, "does not play: the hints name the log" in shown) == (2, True)
    (tmp_path / "note").write_text("x")
    code, _, shown = rlog(
        "recover", tmp_path / "target", "--store", store, "--hints", tmp_path / "note"
    )
    assert (code, "no hints" in shown) == (2, True)


def test_a_file_that_cannot_be_read_stops_no_recovery(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = write_hints(tmp_path / "good", hinted(segment(START, 2)))
    bad = write_hints(tmp_path / "bad", hinted(segment(START, 2)))
    read = Path.read_bytes

    def broken(file: Path) -> bytes:
        if file == bad:
            raise OSError(errno.EIO, "Input/output error")
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", broken)
    given = "--store", store, "--hints", bad
    code, _, shown = rlog("recover", tmp_path / "target", *given, "--hints", good)
    assert (code, "can't be read" in shown, str(bad) in shown) == (0, True, True)
    code, _, shown = rlog("recover", tmp_path / "other", *given)
    assert (code, str(bad) in shown) == (3, True)


def test_an_empty_log_is_no_recovery(tmp_path: Path) -> None:
    """If hints name operations that it lacks: old hints without a file play on any empty log."""
    (tmp_path / "store" / LOG).mkdir(parents=True)
    old = write_hints(tmp_path / "old", FSMHints(LOG))
    new = write_hints(tmp_path / "new", hinted(segment(START, 2)))
    given = "--store", tmp_path / "store", "--hints", old
    for one, other in ((1e9, 2e9), (2e9, 1e9)):
        os.utime(old, (one, one))
        os.utime(new, (other, other))
        code, told, shown = rlog("recover", tmp_path / "target", *given, "--hints", new)
        assert (code, told) == (1, "")
        assert "only hints without any file play" in shown
        assert not (tmp_path / "target").exists()
    for command in (
        ("explain", *given),
        ("hints", "lint", old, "--store", tmp_path / "store"),
        ("play", tmp_path / "played", *given),
    ):
        code, told, _ = rlog(*command)
        assert (code, "the log is empty (head 0)" in told) == (0, True)
    code, told, _ = rlog("recover", tmp_path / "target", *given)
    assert (code, "0 files" in told) == (0, True)


def test_prune_refuses_what_breaks_a_play(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should it ever reckon wrongly what hints need: all are played before anything is deleted."""
    monkeypatch.setattr(Needs, "need", lambda self, log, begin, end: False)
    hints = write_hints(tmp_path / "h", hinted(segment(START, 2)))
    before = fragments(store)
    code, _, told = rlog("prune", "--store", store, "--hints", hints)
    assert (code, "could not be played any more" in told) == (1, True)
    monkeypatch.setattr(Needs, "need", lambda self, log, begin, end: begin == 0)
    code, _, told = rlog("prune", "--store", store, "--hints", hints)
    assert (code, "nothing was deleted" in told) == (1, True)
    assert fragments(store) == before
