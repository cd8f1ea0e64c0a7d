"""Programs that use Python's own functions for files, with a directory routed to a recorder."""

from __future__ import annotations

import errno
import io
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rlog_model.cli.app import app
from rlog_model.disk_and_log import CannotBeRecorded
from rlog_model.filesystem import RecordingFileSystem
from rlog_model.hints import FSMHints
from rlog_model.hints_json import hints_from_json
from rlog_model.journal.file import FileStore
from rlog_model.player import Player
from rlog_model.recorded_directory import RecordedDirectory
from rlog_model.recorded_program import Program, Routed, recorded
from rlog_model.recorded_start import start_recording
from rlog_model.recorded_tree import unlike
from rlog_model.recording_refused import RecordingRefused

LOG = "logs/one"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileStore]:
    with FileStore(tmp_path / "store") as store:
        yield store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "recorded"


@pytest.fixture
def directory(store: FileStore, root: Path) -> Iterator[RecordedDirectory]:
    directory = start_recording(store, LOG, root)
    with Routed(directory):
        yield directory
    directory.recorder.close()


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def all_is_in_the_log(directory: RecordedDirectory, store: FileStore, root: Path) -> bool:
    assert unlike(root, directory.recorder.recording) == []
    directory.sync()
    target = root.parent / "played"
    player = Player(FSMHints(LOG), target, store, durable=False)
    player.finish_at_write_head()
    player.play()
    return snapshot(target) == snapshot(root)


def test_python_s_own_functions_are_recorded(
    directory: RecordedDirectory, store: FileStore, root: Path
) -> None:
    (root / "text").write_text("hello\n")
    with open(root / "text", "a") as text:
        print("more", file=text)
        assert (text.mode, text.name) == ("a", str(root / "text"))
    with open(root / "line", "w", buffering=1) as line:
        line.write("one\n")
        assert (root / "line").read_text() == "one\n"
    (root / "d").mkdir()
    shutil.copy(root / "text", root / "d" / "copy")
    shutil.move(root / "d", root / "moved")
    shutil.copytree(root / "moved", root / "tree")
    os.link(root / "text", root / "linked")
    (root / "linked").rename(root / "renamed")
    os.makedirs(root / "x" / "y")
    (root / "x" / "y" / "f").touch()
    shutil.rmtree(root / "x")
    os.truncate(root / "line", 2)
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as named:
        named.write(b"temporary")
    os.replace(named.name, root / "final")
    with tempfile.TemporaryFile(dir=root) as unnamed:
        unnamed.write(b"nobody sees it")
    with tempfile.TemporaryDirectory(dir=root) as below:
        Path(below, "f").write_bytes(b"")
    (root / "new").write_text("me")
    (root / "new").rename(root / "IDENTITY")
    (root / "gone").touch()
    (root / "gone").unlink()
    assert snapshot(root) == {
        "IDENTITY": b"me",
        "final": b"temporary",
        "line": b"on",
        "moved/copy": b"hello\nmore\n",
        "renamed": b"hello\nmore\n",
        "text": b"hello\nmore\n",
        "tree/copy": b"hello\nmore\n",
    }
    assert all_is_in_the_log(directory, store, root)


def test_descriptors_are_recorded(
    directory: RecordedDirectory, store: FileStore, root: Path
) -> None:
    descriptor = os.open(root / "a", os.O_CREAT | os.O_RDWR | os.O_SYNC)
    assert os.write(descriptor, b"0123456789") == 10
    assert os.writev(descriptor, [b"ab", b"cd"]) == 4
    assert os.pwrite(descriptor, b"XX", 3) == 2
    assert os.pwritev(descriptor, [b"Y"], 6) == 1
    assert os.lseek(descriptor, 1, os.SEEK_SET) == 1
    assert os.read(descriptor, 20) == b"12XX5Y789abcd"
    os.ftruncate(descriptor, 12)
    os.truncate(descriptor, 11)
    os.fsync(descriptor)
    os.fdatasync(descriptor)
    os.close(descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(descriptor, b"")
    descriptor = os.open(root / "a", os.O_WRONLY | os.O_APPEND)
    with os.fdopen(descriptor, "ab") as file:
        file.write(b"!")
    above = os.open(root, os.O_RDONLY)
    os.fsync(above)
    os.sync()
    relative = os.open("b", os.O_CREAT | os.O_WRONLY, dir_fd=above)
    os.write(relative, b"relative")
    os.rename("b", "c", src_dir_fd=above, dst_dir_fd=above)
    os.mkdir("d", dir_fd=above)
    os.rmdir("d", dir_fd=above)
    os.closerange(relative, relative + 1)
    os.close(above)
    only_read = os.open(root / "c", os.O_RDONLY)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(only_read, b"")
    os.close(only_read)
    written = os.open(root / "e", os.O_RDONLY | os.O_CREAT)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(written, b"x")
    os.close(written)
    assert snapshot(root) == {"a": b"012XX5Y789a!", "c": b"relative", "e": b""}
    assert all_is_in_the_log(directory, store, root)


def test_what_would_come_past_the_recorder_is_refused(
    directory: RecordedDirectory, root: Path, tmp_path: Path
) -> None:
    (root / "a").write_bytes(b"content")
    (tmp_path / "aside").symlink_to(root)
    import posix

    calls: list[Callable[[], object]] = [
        lambda: os.symlink("a", root / "s"),
        lambda: (root / "s").symlink_to("a"),
        lambda: os.mkfifo(root / "p"),
        lambda: io.FileIO(root / "f", "w"),
        lambda: sqlite3.connect(root / "db"),
        lambda: sqlite3.connect(f"file:{root}/db?mode=rwc", uri=True),
        lambda: sqlite3.connect(os.fsencode(tmp_path / "aside" / "db")),
        lambda: posix.unlink(root / "a"),
        lambda: posix.rename(root / "a", tmp_path / "a"),
        lambda: posix.truncate(root / "a", 0),
        lambda: posix.open(root / "f", os.O_CREAT),
    ]
    for call in calls:
        with pytest.raises(CannotBeRecorded):
            call()
    borders: list[Callable[[], object]] = [
        lambda: os.rename(root / "a", tmp_path / "a"),
        lambda: os.link(tmp_path, root / "b"),
    ]
    for border in borders:
        with pytest.raises(OSError, match=os.strerror(errno.EXDEV)):
            border()
    with pytest.raises(RecordingRefused):
        os.open(root / "f", os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    with (
        pytest.raises(ValueError, match="binary mode"),
        open(root / "a", "r+b", encoding="utf-8"),
    ):
        pass
    with pytest.raises(ValueError, match="unbuffered text"), open(root / "a", "r+", buffering=0):
        pass
    assert snapshot(root) == {"a": b"content"}
    assert os.listdir(root) == ["a"]


def test_what_lies_elsewhere_is_as_ever(
    directory: RecordedDirectory, store: FileStore, root: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a").write_text("a")
    (other / "s").symlink_to("a")
    (other / "a").rename(other / "b")
    descriptor = os.open(other / "b", os.O_RDWR)
    os.write(descriptor, b"c")
    os.pwrite(descriptor, b"d", 1)
    os.ftruncate(descriptor, 1)
    os.fsync(descriptor)
    os.close(descriptor)
    os.truncate(other / "b", 1)
    os.mkfifo(other / "p")
    with sqlite3.connect(other / "db") as database:
        database.execute("create table t (x)")
    database.close()
    sqlite3.connect(":memory:").close()
    assert (other / "b").read_text() == "c"
    # By a link from elsewhere it is the recorded one all the same.
    (tmp_path / "aside").symlink_to(root)
    (tmp_path / "aside" / "a").write_text("recorded")
    (tmp_path / "file").symlink_to(root / "a")
    with open(tmp_path / "file", "a") as file:
        file.write("!")
    assert all_is_in_the_log(directory, store, root)
    assert snapshot(root) == {"a": b"recorded!"}


def test_python_is_as_it_was_behind_it(store: FileStore, root: Path) -> None:
    before = open, io.open, os.open, os.rename, os.close
    directory = start_recording(store, LOG, root)
    with Routed(directory):
        assert (open, io.open, os.open, os.rename, os.close) != before
        assert recorded() is directory
        RecordingFileSystem(recorded()).touch("/a")
        with pytest.raises(RuntimeError, match="routed already"):
            Routed(directory)
    assert (open, io.open, os.open, os.rename, os.close) == before
    with pytest.raises(RuntimeError, match="rlog record"):
        recorded()
    (root / "b").touch()
    assert unlike(root, directory.recorder.recording) == ["/b"]
    directory.recorder.close()


def run(command: list[str]) -> int:
    return Program.parse(command).run()


def test_programs_end_as_they_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys, beside\nprint(sys.argv[1:], __name__)\nsys.exit(beside.code)")
    (tmp_path / "beside.py").write_text("code = 7")
    former = sys.argv, list(sys.path)
    assert run([str(script), "-x"]) == 7
    assert capsys.readouterr().out == "['-x'] __main__\n"
    assert run(["-c", "import sys; print(sys.argv)", "y"]) == 0
    assert capsys.readouterr().out == "['-c', 'y']\n"
    assert run(["-m", "platform"]) == 0
    assert run(["-c", "raise SystemExit('told')"]) == 1
    assert run(["-c", "raise KeyError('lost')"]) == 1
    assert "KeyError: 'lost'" in capsys.readouterr().err
    assert run(["-c", "raise KeyboardInterrupt"]) == 130
    assert (sys.argv, sys.path) == former
    for command in ([], ["-m"], ["-i", "x"]):
        with pytest.raises(ValueError, match="FILE, -m MODULE or -c CODE"):
            run(command)


def test_files_that_nobody_closed_are_written(
    directory: RecordedDirectory, store: FileStore, root: Path
) -> None:
    """As Python does it as it exits."""
    code = "import sys; file = open(sys.argv[1], 'w'); file.write('x'); f = lambda: file"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        assert run(["-c", code, str(root / "a")]) == 0
    assert snapshot(root) == {"a": b"x"}
    assert all_is_in_the_log(directory, store, root)


def rlog(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rlog_model", *map(str, arguments)]
    cwd = pathlib.Path(__file__).parents[2]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_command(tmp_path: Path) -> None:
    """A program is recorded, its log goes on elsewhere, and what came past the log is told."""
    first, second = tmp_path / "first", tmp_path / "second"
    hints = tmp_path / "hints"
    common = ("--store", tmp_path / "store", "--log", LOG, "--hints-dir", hints)
    code = (
        "import atexit, sys; path = sys.argv[1] + '/late'; atexit.register(open, path, 'w')\n"
        "with open(sys.argv[1] + '/a', 'a') as file: file.write('x')\n"
        "sys.exit(9)"
    )
    ended = rlog("record", first, *common, "--", "python", "-c", code, first)
    assert (ended.returncode, (first / "a").read_text()) == (9, "x")
    assert "1 files, 0 properties" in ended.stderr
    assert "the recorder of logs/one is closed" in ended.stderr
    assert not (first / "late").exists()
    ended = rlog("record", second, *common, "--", "python3", "-c", code, second)
    assert (ended.returncode, (second / "a").read_text()) == (9, "xx")
    (newest,) = sorted(hints.iterdir())[-1:]
    played = rlog("play", tmp_path / "played", *common[:2], "--hints", newest)
    assert (played.returncode, (tmp_path / "played" / "a").read_text()) == (0, "xx")

    child = "import os, sys; os.system('echo > ' + sys.argv[1] + '/child')"
    third = tmp_path / "third"
    ended = rlog("record", third, *common, "--", "python", "-c", child, third)
    assert ended.returncode == 1
    assert "past the recorder" in ended.stderr
    assert "/child" in ended.stderr


def test_the_command_waits_for_threads(tmp_path: Path) -> None:
    """As Python does as it exits: also for those of a pool that nobody shut down."""
    code = (
        "import sys, threading, time; from concurrent.futures import ThreadPoolExecutor\n"
        "path = sys.argv[1]\ndef write(name): open(path + name, 'w').close()\n"
        "def work(name): time.sleep(.3); write(name)\n"
        "threading.Thread(target=work, args=['/a']).start(); pool = ThreadPoolExecutor(1)\n"
        "pool.submit(work, '/b'); pool.submit(write, '/c'); sys.exit(7)"
    )
    where = ("--store", tmp_path / "store", "--log", LOG)
    ended = rlog("record", tmp_path / "one", *where, "--", "python", "-c", code, tmp_path / "one")
    assert ended.returncode == 7, ended.stderr
    assert sorted(os.listdir(tmp_path / "one")) == ["a", "b", "c"]
    assert "recorded" in ended.stderr
    assert "goes on in" not in ended.stderr


@pytest.mark.parametrize("main", ["time.sleep(60)", "pass"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_program_whose_threads_go_on(
    tmp_path: Path, main: str, number: signal.Signals
) -> None:
    """While it runs, and while its threads are waited for: what was recorded is whole."""
    one, where = tmp_path / "one", ("--store", tmp_path / "store", "--log", LOG)
    code = (
        "import sys, threading, time; path = sys.argv[1] + '/a'\n"
        "def work():\n"
        "  while True: open(path, 'a').write('x'); time.sleep(.001)\n"
        f"threading.Thread(target=work, name='worker').start(); {main}"
    )
    command = ("record", one, *where, "--", "python", "-c", code, one)
    with subprocess.Popen(
        [sys.executable, "-m", "rlog_model", *map(str, command)],
        cwd=pathlib.Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for _ in range(600):
                if (one / "a").exists():
                    break
                time.sleep(0.05)
            time.sleep(0.3)
            process.send_signal(number)
            _, told = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 128 + number, told
    assert "the program goes on in worker" in told
    assert "recorded" in told
    newest = max((tmp_path / "one.hints").iterdir())
    played = rlog("play", tmp_path / "played", *where[:2], "--hints", newest)
    assert played.returncode == 0, played.stderr
    assert snapshot(tmp_path / "played") == snapshot(one)


def test_a_program_that_exits_at_once_loses_nothing(tmp_path: Path) -> None:
    """Its hints lead to the last thing that it did. A child that it forked lands nothing."""
    one, where = tmp_path / "one", ("--store", tmp_path / "store", "--log", LOG)
    code = (
        "import os, sys; path = sys.argv[1]\n"
        "if (child := os.fork()) == 0: os._exit(5)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5\n"
        "for n in range(50): open(f'{path}/{n}', 'w').close()\n"
        "os._exit(7)"
    )
    # No hints between the first ones and the last ones.
    ended = rlog("record", one, *where, "--every", 1000, "--", "python", "-c", code, one)
    assert ended.returncode == 7, ended.stderr
    newest = max((tmp_path / "one.hints").iterdir())
    assert len(hints_from_json(json.loads(newest.read_bytes())).live_nodes) == 50
    played = rlog("play", tmp_path / "played", *where[:2], "--hints", newest)
    assert played.returncode == 0, played.stderr
    assert snapshot(tmp_path / "played") == snapshot(one)


def test_a_start_that_fails_says_what_to_do(tmp_path: Path) -> None:
    """Without hints a log whose beginning is damaged can't be played; damaged hints are named."""
    where = ("--store", tmp_path / "store", "--log", LOG)
    code = ("--", "python", "-c", "import sys; open(sys.argv[1] + '/a', 'w').write('x')")
    assert rlog("record", tmp_path / "one", *where, *code, tmp_path / "one").returncode == 0
    newest = max((tmp_path / "one.hints").iterdir())
    for fragment in (tmp_path / "store" / LOG).rglob("*"):
        if fragment.is_file():
            fragment.write_bytes(b"\xff" * fragment.stat().st_size)
    ended = rlog("record", tmp_path / "two", *where, *code, tmp_path / "two")
    assert ended.returncode == 1, ended.stderr
    assert "--hints-dir" in ended.stderr
    assert "two.hints" in ended.stderr
    newest.write_text("{")
    there = ("--hints-dir", newest.parent)
    ended = rlog("record", tmp_path / "two", *where, *there, *code, tmp_path / "two")
    assert ended.returncode == 2, ended.stderr
    assert newest.name in ended.stderr
    assert "by --hints" in ended.stderr


def test_what_the_command_refuses(tmp_path: Path) -> None:
    """Before it has touched anything."""
    new = tmp_path / "new"
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "s").symlink_to("a")
    common = ("--store", str(tmp_path / "store"), "--log", LOG)
    hints = tmp_path / "hints.json"
    hints.write_text("{")
    for refused, why in (
        ((new, *common, "--", "perl", "x"), "only a Python program"),
        ((tmp_path, *common, "--", "python", "-m", "json.tool"), "would be recorded"),
        ((new, *common, "--", "python", "-i"), "FILE, -m MODULE"),
        ((new, *common, "--", "python", tmp_path / "typo.py"), "typo.py is not there"),
        ((new, *common, "--", "python", "-m", "typo"), "no module typo"),
        ((new, *common, "--", "python", "-m", "typo.below"), "no module typo.below"),
        ((new, *common, "--", "python", "-m", "json.typo"), "no module json.typo"),
        ((new, *common, "--", "python", "-m", "concurrent"), "no module concurrent"),
        ((new, *common, "--", "python", "-c", "for"), "no Python"),
        (
            (new, "--store", new.parent / "store", "--log", "/", "--", "python", "-c", "1"),
            "no journal name",
        ),
        ((tmp_path / "linked", *common, "--", "python", "-c", "1"), "symbolic link"),
        ((new, *common, "--hints", hints, "--", "python", "-c", "1"), "can't be read"),
    ):
        result = CliRunner().invoke(app, ["record", *map(str, refused)])
        assert result.exit_code == 2, result.output
        assert why in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hints.json", "linked"]
