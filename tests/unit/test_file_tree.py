"""The dumb tree. That it agrees with Linux is checked by ``tests/property``."""

from __future__ import annotations

import pytest

from rlog_model.file_tree import FileTree, Snapshot, difference
from rlog_model.identity import Author, Fnode
from rlog_model.namespace import Directories, OpenFlags, PosixError
from rlog_model.operation import Change, Create, Link, Property, RecordedOp, Unlink, Write

R, W, C, X, T, A = OpenFlags


def tree_of(*paths: str) -> FileTree:
    tree = FileTree()
    for path in paths:
        tree, number = tree.create(path)
        tree = tree.write_at(number, path.encode(), 0).close(number)
    return tree


def played(*changes: Change | tuple[Change, bytes]) -> FileTree:
    tree = FileTree()
    for seq_no, change in enumerate(changes, 1):
        change, raw = change if isinstance(change, tuple) else (change, b"")
        tree = tree.apply(RecordedOp(seq_no, 0, Author(1), change), raw)
    return tree


def refusal(call: object) -> tuple[str, str]:
    with pytest.raises(PosixError) as raised:
        call()  # type: ignore[operator]  # a lambda
    return raised.value.errno_name, raised.value.path


# A simulated directory


def test_file_that_is_open_outlives_its_path() -> None:
    tree, number = FileTree().open("/a", R | W | C)
    tree = tree.write_at(number, b"one", 0).unlink("/a")
    assert tree.content(number) == b"one"
    tree = tree.write_at(number, b"two", 3)
    assert tree.content(number) == b"onetwo"
    assert tree.snapshot() == Snapshot()
    assert len(tree.inodes) == 1
    tree = tree.close(number)
    assert len(tree.inodes) == 0
    assert len(tree.open_files) == 0


def test_file_with_a_path_outlives_its_closing() -> None:
    tree, number = FileTree().create("/a")
    tree, other = tree.open("/a", R)
    tree = tree.close(number)
    assert tree.content(other) == b""
    assert tree.close(other).snapshot() == Snapshot.of([("/a", b"")])


def test_open_file_follows_a_rename() -> None:
    tree, number = FileTree().create("/a")
    tree = tree.rename("/a", "/d/b").write_at(number, b"x", 0)
    assert tree.snapshot() == Snapshot.of([("/d/b", b"x")])


def test_rename_replaces_a_file() -> None:
    tree = tree_of("/a", "/b").rename("/a", "/b")
    assert tree.snapshot() == Snapshot.of([("/b", b"/a")])
    assert len(tree.inodes) == 1


def test_rename_of_hard_links_of_one_file_does_nothing() -> None:
    tree = tree_of("/a").link("/a", "/b")
    assert tree.rename("/a", "/b") == tree
    assert tree.rename("/a", "/a") == tree


def test_rename_of_a_directory_moves_all_below() -> None:
    tree = tree_of("/d/a", "/d/e/a", "/dd/a").link("/d/a", "/d/e/b").rename("/d", "/x/y")
    assert tree.snapshot() == Snapshot.of(
        [("/x/y/a", b"/d/a"), ("/x/y/e/b", b"/d/a"), ("/x/y/e/a", b"/d/e/a"), ("/dd/a", b"/dd/a")],
        [("/x/y/a", "/x/y/e/b")],
    )
    assert tree.directories == Directories.of(tree.links)
    assert "/d" not in tree.directories


def test_write_behind_the_end_leaves_zeros() -> None:
    tree, number = FileTree().create("/a")
    assert tree.write_at(number, b"x", 3).content("/a") == b"\0\0\0x"


def test_write_of_nothing_does_nothing() -> None:
    tree, number = FileTree().create("/a")
    assert tree.write_at(number, b"", 3).content("/a") == b""


def test_write_within_a_file_keeps_the_rest() -> None:
    tree, number = tree_of("/abcd").open("/abcd", W)
    assert tree.write_at(number, b"x", 1).content("/abcd") == b"/xbcd"


def test_append_ignores_the_offset() -> None:
    tree, number = tree_of("/a").open("/a", W | A)
    assert tree.write_at(number, b"x", 0).content("/a") == b"/ax"


def test_truncate_cuts_and_extends() -> None:
    tree = tree_of("/abc")
    assert tree.truncate("/abc", 2).content("/abc") == b"/a"
    assert tree.truncate("/abc", 6).content("/abc") == b"/abc\0\0"
    tree, number = tree.open("/abc", W)
    assert tree.truncate(number, 0).content("/abc") == b""


def test_create_of_a_file_cuts_it_and_keeps_its_links() -> None:
    tree, _ = tree_of("/a").link("/a", "/b").create("/a")
    assert tree.snapshot() == Snapshot.of([("/a", b""), ("/b", b"")], [("/a", "/b")])


def test_open_without_truncate_keeps_the_content() -> None:
    tree, _ = tree_of("/a").open("/a", W | C)
    assert tree.content("/a") == b"/a"


def test_open_flags_that_mean_something() -> None:
    defined = [R, W, R | W, W | T, W | C | X, R | C | X, R | A, W | C | T | A]
    undefined = [OpenFlags(0), C, T, A, R | T, R | C | T, R | X, W | X, C | X]
    assert [flags for flags in defined if not flags.defined] == []
    assert [flags for flags in undefined if flags.defined] == []


@pytest.mark.clause("REC-16")
@pytest.mark.parametrize(
    ("errno_name", "path", "flags"),
    [
        ("EINVAL", "/new", R | T),
        ("EINVAL", "new", W | C),
        ("EINVAL", "/d/../a", R),
        ("ENOENT", "/new", R),
        ("ENOENT", "/new/new", R),
        ("ENOTDIR", "/a/b", W | C),
        ("ENOTDIR", "/a/b/c", R),
        ("EEXIST", "/a", W | C | X),
        ("EEXIST", "/d", W | C | X),
        ("EISDIR", "/d", W),
        ("EISDIR", "/d", R | C),
        ("EISDIR", "/d", R),
    ],
)
def test_open_refused(errno_name: str, path: str, flags: OpenFlags) -> None:
    assert refusal(lambda: tree_of("/a", "/d/a").open(path, flags)) == (errno_name, path)


@pytest.mark.clause("REC-16")
@pytest.mark.parametrize(
    ("errno_name", "source", "target"),
    [
        ("EINVAL", "/a", "b"),
        ("EINVAL", "/a/", "/b"),
        ("ENOENT", "/new", "/b"),
        ("ENOENT", "/new/new", "/a/b"),
        ("ENOTDIR", "/new", "/a/b"),
        ("ENOTDIR", "/a/b", "/b"),
        ("ENOTDIR", "/d", "/a"),
        ("EINVAL", "/d", "/d/e/f"),
        ("ENOTEMPTY", "/d/a", "/d"),
        ("ENOTEMPTY", "/d", "/x"),
        ("EISDIR", "/a", "/d"),
    ],
)
def test_rename_refused(errno_name: str, source: str, target: str) -> None:
    tree = tree_of("/a", "/d/a", "/x/a")
    assert refusal(lambda: tree.rename(source, target))[0] == errno_name


@pytest.mark.clause("REC-16")
@pytest.mark.parametrize(
    ("errno_name", "source", "target"),
    [
        ("ENOENT", "/new", "/a"),
        ("ENOTDIR", "/a", "/a/b"),
        ("EEXIST", "/a", "/a"),
        ("EEXIST", "/a", "/d"),
        ("EEXIST", "/d", "/a"),
        ("EPERM", "/d", "/b"),
    ],
)
def test_link_refused(errno_name: str, source: str, target: str) -> None:
    assert refusal(lambda: tree_of("/a", "/d/a").link(source, target))[0] == errno_name


@pytest.mark.clause("REC-16")
def test_other_calls_refused() -> None:
    tree, reading = tree_of("/a", "/d/a").open("/a", R)
    assert refusal(lambda: tree.unlink("/d")) == ("EISDIR", "/d")
    assert refusal(lambda: tree.unlink("/b")) == ("ENOENT", "/b")
    assert refusal(lambda: tree.truncate("/d", 0)) == ("EISDIR", "/d")
    assert refusal(lambda: tree.truncate("/b", -1)) == ("EINVAL", "/b")
    assert refusal(lambda: tree.truncate(reading, -1)) == ("EINVAL", f"#{reading}")
    assert refusal(lambda: tree.truncate(reading, 0)) == ("EINVAL", f"#{reading}")
    assert refusal(lambda: tree.write_at(reading, b"x", 0)) == ("EBADF", f"#{reading}")
    assert refusal(lambda: tree.write_at(99, b"x", -1)) == ("EINVAL", "#99")
    for call in (tree.content, tree.close, lambda n: tree.write_at(n, b"", 0)):
        assert refusal(lambda call=call: call(99)) == ("EBADF", "#99")
    assert str(PosixError("ENOENT", "/a")) == "ENOENT: /a"


# A played log


def test_operations_do_what_they_say() -> None:
    tree = played(
        Create("/a"),
        (Write(Fnode(1), 2, 2), b"xy"),
        Link(Fnode(1), "/b"),
        Create("/c"),
        Unlink(Fnode(1), "/a"),
        Property("/IDENTITY", b"old"),
        Property("/IDENTITY", b"new"),
        Link(Fnode(1), "/d/e"),
    )
    tree = tree.apply(RecordedOp(9, 0, Author(1)))
    assert tree.snapshot() == Snapshot.of(
        [("/b", b"\0\0xy"), ("/c", b""), ("/d/e", b"\0\0xy"), ("/IDENTITY", b"new")],
        [("/b", "/d/e")],
    )
    assert set(tree.inodes) == {1, 4}
    assert tree.conflict() is None


def test_last_unlink_ends_a_played_file() -> None:
    tree = played(Create("/a"), Unlink(Fnode(1), "/a"))
    assert len(tree.inodes) == 0
    assert tree.directories == Directories()


def test_write_must_come_with_its_bytes() -> None:
    for length, raw in ((2, b"x"), (0, b"x"), (-1, b"x")):
        with pytest.raises(ValueError, match=f"a write of {length} bytes came with 1"):
            played(Create("/a"), (Write(Fnode(1), 0, length), raw))
    assert played(Create("/a"), Write(Fnode(1), 7, -1)).content("/a") == b""


def test_no_file_has_a_negative_offset() -> None:
    assert refusal(lambda: played(Create("/a"), (Write(Fnode(1), -1, 1), b"x"))) == (
        "EINVAL",
        "#1",
    )


@pytest.mark.parametrize(
    ("changes", "conflict"),
    [
        ([Create("/a"), Create("/a/b")], ("/a", "/a/b")),
        ([Create("/x"), Create("/a/b/c"), Property("/a", b"")], ("/a", "/a/b/c")),
        ([Create("/IDENTITY"), Property("/IDENTITY", b"")], ("/IDENTITY", "/IDENTITY")),
        ([Create("/a"), Create("/ab"), Create("/c/a")], None),
    ],
)
def test_what_no_directory_holds_is_found(
    changes: list[Change], conflict: tuple[str, str] | None
) -> None:
    assert played(*changes).conflict() == conflict


def test_names_that_are_file_and_directory_are_counted() -> None:
    """A tree may go through a state which no directory can hold."""
    tree = played(Create("/a"), Create("/a/b"), Unlink(Fnode(1), "/a"))
    assert tree.directories == Directories.of(["/a/b"])
    tree = played(Create("/a"), Create("/a/b"), Unlink(Fnode(2), "/a/b"))
    assert tree.directories == Directories.of(["/a"])


# Snapshots


def test_directory_of_a_snapshot_is_one_with_that_snapshot() -> None:
    snapshot = Snapshot.of(
        [("/b", b"1"), ("/a", b"1"), ("/d/c", b"1"), ("/IDENTITY", b"")],
        [("/d/c", "/b"), ("/IDENTITY",)],
    )
    assert snapshot.same_file == (("/b", "/d/c"),)
    tree = FileTree.of(snapshot)
    assert tree.snapshot() == snapshot
    assert len(tree.inodes) == 3
    tree, number = tree.open("/d/c", W)
    assert tree.write_at(number, b"2", 0).content("/b") == b"2"
    assert tree.content("/a") == b"1"


def test_no_directory_holds_what_conflicts() -> None:
    with pytest.raises(ValueError, match="no directory holds both '/a' and '/a/b'"):
        FileTree.of(Snapshot.of([("/a/b", b""), ("/a", b"")]))


def test_properties_of_a_played_tree_are_files_of_a_directory() -> None:
    tree = FileTree.of(played(Create("/a"), Property("/IDENTITY", b"id")).snapshot())
    assert tree.content("/IDENTITY") == b"id"


def test_difference_is_empty_just_for_trees_that_are_alike() -> None:
    one = Snapshot.of([("/a", b"1"), ("/b", b"1")], [("/a", "/b")])
    assert difference(one, one) == ""
    assert difference(one, Snapshot.of(one.files)) == "'/a' '/b': not hard links of one file"
    assert difference(Snapshot.of(one.files), one) == (
        "'/a' '/b': hard links of one file, which is not expected"
    )


def test_difference_tells_each_path() -> None:
    expected = Snapshot.of([("/a", b"same"), ("/b", b"12345"), ("/c", b"123"), ("/d", b"1")])
    actual = Snapshot.of([("/a", b"same"), ("/b", b"12X4"), ("/c", b"12"), ("/e", b"")])
    assert difference(expected, actual).splitlines() == [
        "'/b': 5 bytes expected, 4 bytes there; from byte 2 on expected 333435, actually got 5834",
        "'/c': 3 bytes expected, 2 bytes there; from byte 2 on expected 33, actually got the end",
        "'/d': missing (1 bytes expected)",
        "'/e': not expected (0 bytes)",
    ]
