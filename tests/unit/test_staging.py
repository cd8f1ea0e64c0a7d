"""Where files are built, and how they become a directory: all at once, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from pathlib import Path

import pytest

from rlog_model.fsm import FSM
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink
from rlog_model.play_messages import CreateFile, RemoveFile, WriteFile
from rlog_model.staging import OPEN_FILES, Staging, StagingFailed, TargetNotEmpty
from rlog_model.wire import encode_op

F1, F2 = Fnode(1), Fnode(2)


def played(*changes: Change) -> FSM:
    """An FSM that has played these operations."""
    fsm = FSM("a/log")
    for change in changes:
        op = RecordedOp(fsm.next_seq_no, fsm.next_checksum, Author(1), change)
        fsm = fsm.apply(op, encode_op(op)).fsm
    assert fsm.next_seq_no == len(changes) + 1
    return fsm


def built(target: Path, *contents: bytes) -> Staging:
    """A staging of files 1, 2 and so on."""
    staging = Staging(target)
    for number, content in enumerate(contents, 1):
        staging.act(CreateFile(Fnode(number)))
        staging.act(WriteFile(Fnode(number), 0, content))
    return staging


def below(directory: Path) -> list[str]:
    return sorted(str(p.relative_to(directory)) for p in directory.rglob("*"))


def open_descriptors() -> int:
    return len(os.listdir("/dev/fd"))


# The target


@pytest.mark.parametrize("kind", ["file", "directory", "link", "link to nothing", "fifo"])
def test_a_target_that_is_no_empty_directory_is_refused(kind: str, tmp_path: Path) -> None:
    """Whatever it is, it stays as it is, and nothing is made beside it."""
    target = tmp_path / "target"
    (tmp_path / "elsewhere").mkdir()
    match kind:
        case "file":
            target.write_text("mine")
        case "directory":
            (target / "below").mkdir(parents=True)
        case "link":
            target.symlink_to(tmp_path / "elsewhere")
        case "link to nothing":
            target.symlink_to(tmp_path / "nothing")
        case _:
            os.mkfifo(target)
    before = below(tmp_path)
    with pytest.raises(TargetNotEmpty, match="no empty directory") as refused:
        Staging(target)
    assert refused.value.target == str(target)
    assert below(tmp_path) == before


def test_a_target_without_a_parent_is_refused(tmp_path: Path) -> None:
    """The parent is named, and isn't made."""
    with pytest.raises(StagingFailed) as failed:
        Staging(tmp_path / "no" / "target")
    assert failed.value.path == str(tmp_path / "no")
    assert os.strerror(errno.ENOENT) in str(failed.value)
    assert below(tmp_path) == []


def test_a_target_that_can_not_be_looked_at_is_refused(tmp_path: Path) -> None:
    """A component of its path that is too long is one of many reasons."""
    with pytest.raises(StagingFailed):
        Staging(tmp_path / ("x" * 300) / "target")
    assert below(tmp_path) == []


def test_files_are_built_in_a_hidden_directory_of_their_own_beside_the_target(
    tmp_path: Path,
) -> None:
    """Its name tells whose it is. Two stagings of one target don't meet."""
    target = tmp_path / "target"
    staging, other = built(target, b"one"), built(target, b"other")
    hidden = [p.name for p in tmp_path.iterdir()]
    assert len(hidden) == 2
    assert all(name.startswith(".target.rlog-") for name in hidden)
    staging.abandon()
    other.finish(played(Create("/a")))
    assert below(tmp_path) == ["target", "target/a"]
    assert (target / "a").read_bytes() == b"other"


@pytest.mark.parametrize("name", ["n" * 255, "\u00fc" * 127])
def test_a_target_may_have_as_long_a_name_as_its_filesystem_allows(
    name: str, tmp_path: Path
) -> None:
    """The hidden directory's name, which is longer than a short one, isn't too long then."""
    built(tmp_path / name, b"").finish(played(Create("/a")))
    assert below(tmp_path) == [name, f"{name}/a"]


@pytest.mark.clause("PLAY-15")
@pytest.mark.parametrize("there", [True, False])
def test_the_target_appears_whole_at_once(there: bool, tmp_path: Path) -> None:
    """Whoever looks at it all the time sees none, or an empty one, or all of it."""
    target = tmp_path / "target"
    if there:
        target.mkdir()
    staging = built(target, *[b"content"] * 40)
    fsm = played(*(Create(f"/d{i % 4}/{i}") for i in range(40)))
    seen: set[int] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            # By descriptors from the target on: all that is seen is of one directory.
            found = 0
            with contextlib.suppress(FileNotFoundError):
                for _, directories, files, _ in os.fwalk(target):
                    found += len(directories) + len(files)
            seen.add(found)

    thread = threading.Thread(target=look)
    thread.start()
    staging.finish(fsm)
    ended.set()
    thread.join()
    assert seen <= {0, 44}
    assert len(below(target)) == 44
    assert [p.name for p in tmp_path.iterdir()] == ["target"]


def test_nothing_to_play_makes_an_empty_directory(tmp_path: Path) -> None:
    """A log of no files is one of an empty directory, not of none."""
    Staging(tmp_path / "target").finish(FSM("a/log"))
    assert below(tmp_path) == ["target"]


def test_what_is_built_has_the_modes_that_the_process_gives(tmp_path: Path) -> None:
    """A process which keeps its files to itself keeps those that it played, too."""
    before = os.umask(0o077)
    try:
        staging = built(tmp_path / "target", b"secret")
        staging.finish(played(Create("/d/a"), Property("/id", b"secret")))
    finally:
        os.umask(before)
    modes = {p.stat().st_mode & 0o777 for p in tmp_path.rglob("*") if p.is_file()}
    assert modes == {0o600}
    assert {p.stat().st_mode & 0o777 for p in tmp_path.rglob("*") if p.is_dir()} == {0o700}


# Files


def test_files_are_written_where_the_actions_say(tmp_path: Path) -> None:
    """In pieces, over one another, and behind the end, where a hole reads as zeros."""
    staging = built(tmp_path / "target", b"0123456789", b"")
    staging.act(WriteFile(F1, 2, b"ab"))
    staging.act(WriteFile(F1, 12, b"end"))
    staging.act(WriteFile(F1, 40, b""))
    staging.finish(played(Create("/a"), Create("/b")))
    assert (tmp_path / "target" / "a").read_bytes() == b"01ab456789\0\0end"
    assert (tmp_path / "target" / "b").read_bytes() == b""


@pytest.mark.clause("PLAY-12")
def test_links_of_one_file_are_hard_links_and_other_files_are_not(tmp_path: Path) -> None:
    """Equal contents don't make two files one."""
    staging = built(tmp_path / "target", b"same", b"same")
    staging.finish(played(Create("/a"), Create("/b"), Link(F1, "/d/c"), Link(F1, "/d/e/f")))
    target = tmp_path / "target"
    assert {(target / name).stat().st_ino for name in ("d/c", "d/e/f")} == {
        (target / "a").stat().st_ino
    }
    assert (target / "a").stat().st_nlink == 3
    assert (target / "b").stat().st_nlink == 1


def test_a_file_is_made_once(tmp_path: Path) -> None:
    """An fnode names one file for ever: to make it again would be to lose what it holds."""
    staging = built(tmp_path / "target", *[b""] * (OPEN_FILES + 1))
    with pytest.raises(StagingFailed, match=os.strerror(errno.EEXIST)):
        staging.act(CreateFile(F1))
    staging.abandon()


@pytest.mark.clause("PLAY-15")
def test_only_what_is_linked_is_in_the_target(tmp_path: Path) -> None:
    """Neither a removed file, nor a path that another one took."""
    staging = built(tmp_path / "target", b"one", b"two")
    staging.act(RemoveFile(F1))
    staging.finish(played(Create("/a"), Create("/b"), Unlink(F1, "/a")))
    assert below(tmp_path) == ["target", "target/b"]
    assert (tmp_path / "target" / "b").stat().st_nlink == 1


@pytest.mark.clause("PLAY-15")
def test_properties_are_files(tmp_path: Path) -> None:
    """Of any bytes, and in a directory of their own if need be."""
    Staging(tmp_path / "target").finish(
        played(Property("/IDENTITY", b"\0\xff"), Property("/d/id", b""))
    )
    assert (tmp_path / "target" / "IDENTITY").read_bytes() == b"\0\xff"
    assert (tmp_path / "target" / "d" / "id").read_bytes() == b""


@pytest.mark.parametrize(
    "paths",
    [
        ("/nodes", "/nodes2/1", "/tree"),
        ("/.target.rlog-abc/nodes/1", "/1", "/2"),
        ("/target/target", "/tree/nodes/1", "/nodes/1"),
        ("/ ", "/...", "/-rf"),
        ("/\udcff\udcfe", "/\u00fc", "/a\nb"),
        ("/a/b", "/a/c", "/\\"),
    ],
)
def test_no_played_path_is_in_the_way_of_the_staging(
    paths: tuple[str, str, str], tmp_path: Path
) -> None:
    """Paths named like what the staging has inside are paths as others are; and so are such as
    look odd, or are no text.
    """
    contents = b"first", b"second", b"third"
    built(tmp_path / "target", *contents).finish(played(*map(Create, paths)))
    found = {
        f"/{p.relative_to(tmp_path / 'target')}": p.read_bytes()
        for p in (tmp_path / "target").rglob("*")
        if p.is_file()
    }
    assert found == dict(zip(paths, contents, strict=True))
    assert [p.name for p in tmp_path.iterdir()] == ["target"]


def test_more_files_than_are_held_open_are_written_all_the_same(tmp_path: Path) -> None:
    """Each file is opened again when it is written again, and no more than a bound are open; at the
    end none is.
    """
    count = OPEN_FILES * 2 + 3
    before = open_descriptors()
    staging = Staging(tmp_path / "target")
    for number in range(1, count + 1):
        staging.act(CreateFile(Fnode(number)))
        assert open_descriptors() <= before + OPEN_FILES
    for turn in range(3):
        for number in range(1, count + 1):
            staging.act(WriteFile(Fnode(number), 4 * turn, number.to_bytes(4, "big")))
    assert open_descriptors() == before + OPEN_FILES
    staging.finish(played(*(Create(f"/{number}") for number in range(1, count + 1))))
    assert open_descriptors() == before
    for number in range(1, count + 1):
        content = (tmp_path / "target" / str(number)).read_bytes()
        assert content == number.to_bytes(4, "big") * 3


def test_the_file_that_was_used_longest_ago_is_closed_first(tmp_path: Path) -> None:
    """A file in use stays open: a log that writes one file again and again, and others between,
    doesn't open it each time.
    """
    staging = built(tmp_path / "target", b"", *[b""] * (OPEN_FILES - 1))
    node = next(tmp_path.rglob("nodes/1"))
    staging.act(WriteFile(F1, 0, b"used"))
    staging.act(CreateFile(Fnode(OPEN_FILES + 1)))
    node.rename(node.with_name("away"))
    staging.act(WriteFile(F1, 4, b" still"))
    assert node.with_name("away").read_bytes() == b"used still"
    # File 2 was closed instead: it is looked for by its name.
    next(tmp_path.rglob("nodes/2")).unlink()
    with pytest.raises(StagingFailed):
        staging.act(WriteFile(F2, 0, b"x"))
    staging.abandon()


def test_a_file_that_was_removed_while_it_was_closed_is_gone(tmp_path: Path) -> None:
    """Whether it is held open is no matter."""
    staging = built(tmp_path / "target", *[b""] * (OPEN_FILES + 1))
    staging.act(RemoveFile(F1))
    staging.act(RemoveFile(Fnode(OPEN_FILES + 1)))
    assert len(list(tmp_path.rglob("nodes/*"))) == OPEN_FILES - 1
    staging.abandon()


# Failing


@pytest.mark.parametrize("offset", [(1 << 63) - 1, 1 << 63, 1 << 80])
def test_an_offset_that_no_file_has_fails(offset: int, tmp_path: Path) -> None:
    """Whether the kernel says so, or the number is none that it takes."""
    staging = built(tmp_path / "target", b"")
    with pytest.raises(StagingFailed, match="file") as failed:
        staging.act(WriteFile(F1, offset, b"x"))
    assert failed.value.path.endswith("nodes/1")
    staging.abandon()
    assert below(tmp_path) == []


def test_a_name_that_is_too_long_fails_and_is_named(tmp_path: Path) -> None:
    """As a path of the target, and not as one of the hidden directory; nothing is left when the
    player abandons it.
    """
    name = "n" * 256
    staging = built(tmp_path / "target", b"", b"")
    with pytest.raises(StagingFailed, match="too long") as failed:
        staging.finish(played(Create(f"/d/{name}"), Create("/a")))
    assert failed.value.path == str(tmp_path / "target" / "d" / name)
    assert not (tmp_path / "target").exists()
    staging.abandon()
    assert below(tmp_path) == []


def test_of_several_names_that_are_too_long_it_is_always_the_first(tmp_path: Path) -> None:
    """The same log fails in the same way: of files before properties, in the order of paths."""
    names = [f"{letter}" * 256 for letter in "hgfedcba"]
    for _ in range(5):
        staging = built(tmp_path / "target", *[b""] * len(names))
        with pytest.raises(StagingFailed) as failed:
            staging.finish(played(*(Create(f"/{name}") for name in names)))
        assert failed.value.path == str(tmp_path / "target" / ("a" * 256))
        staging.abandon()
        with pytest.raises(StagingFailed) as failed:
            (properties := Staging(tmp_path / "target")).finish(
                played(*(Property(f"/{name}", b"") for name in names))
            )
        assert failed.value.path == str(tmp_path / "target" / ("a" * 256))
        properties.abandon()


def test_a_target_that_was_taken_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    """A directory that holds something, or a file, stays as it is."""
    for make in (lambda t: (t / "mine").mkdir(parents=True), Path.touch):
        staging = built(tmp_path / "target", b"")
        make(tmp_path / "target")
        with pytest.raises(StagingFailed) as failed:
            staging.finish(played(Create("/a")))
        assert failed.value.path == str(tmp_path / "target")
        staging.abandon()
        assert "target/a" not in below(tmp_path)
        assert not any(name.startswith(".") for name in below(tmp_path))
        (tmp_path / "target").rename(tmp_path / f"aside-{len(below(tmp_path))}")


def test_abandoning_removes_all_and_closes_all(tmp_path: Path) -> None:
    """Once, or again."""
    before = open_descriptors()
    staging = built(tmp_path / "target", b"one", b"two")
    assert open_descriptors() == before + 2
    staging.abandon()
    staging.abandon()
    assert below(tmp_path) == []
    assert open_descriptors() == before


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the hidden directory, when the disk fills up just behind its making."""

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", full)
        with pytest.raises(StagingFailed, match=os.strerror(errno.ENOSPC)):
            Staging(tmp_path / "target")
    assert below(tmp_path) == []


def test_a_write_that_is_cut_short_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may write less than it was given; the rest follows."""
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda f, data, offset: pwrite(f, bytes(data[:3]), offset))
    staging = built(tmp_path / "target", b"0123456789")
    monkeypatch.undo()
    staging.finish(played(Create("/a")))
    assert (tmp_path / "target" / "a").read_bytes() == b"0123456789"
