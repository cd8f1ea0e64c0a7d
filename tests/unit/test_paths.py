"""Paths: which ones a file can be at, and which ones no directory can hold together."""

from __future__ import annotations

import itertools
import posixpath
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlog_model.paths import clash, is_clean, parents, shown

names = st.sampled_from(("a", "b", "ab", "...", " ", "\u00fc"))
clean_paths = st.lists(names, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
any_paths = st.lists(st.sampled_from(("", ".", "..", "a", "/", "\0", "..a")), max_size=5).map(
    "/".join
)


@pytest.mark.clause("REC-1")
@pytest.mark.parametrize("path", ["/a", "/a/b", "/...", "/.a", "/a.", "/ ", "/a\nb", "/\udcff"])
def test_a_path_of_names_is_clean(path: str) -> None:
    """Dots within a name are no matter, nor what it is made of."""
    assert is_clean(path)


@pytest.mark.clause("REC-1")
@pytest.mark.parametrize(
    "path",
    ["", "/", "a", "a/b", "//a", "/a/", "/a//b", "/.", "/a/..", "/../a", "/./a", "/a\0", "."],
)
def test_a_path_that_a_kernel_would_read_otherwise_is_not_clean(path: str) -> None:
    """It is relative, or another path leads there, or none does."""
    assert not is_clean(path)


@given(clean_paths | any_paths | st.text(alphabet="/.a\0", max_size=8))
def test_clean_is_what_posixpath_leaves_alone(path: str) -> None:
    """The other way to say the same: absolute, normal, not the root, and without a NUL."""
    normal = posixpath.normpath(path) == path and not path.startswith("//")
    assert is_clean(path) is (path.startswith("/") and normal and path != "/" and "\0" not in path)


@given(clean_paths)
def test_parents_are_the_directories_above_from_the_nearest_on(path: str) -> None:
    """Without the root, which is always there."""
    above = [str(parent) for parent in Path(path).parents]
    assert [*parents(path), "/"] == above


@given(st.lists(clean_paths, max_size=6))
def test_a_clash_is_found_if_any_two_paths_clash(paths: list[str]) -> None:
    """Two that are the same, or one below the other; the upper one is told first."""
    clashing = {
        tuple(sorted(pair, key=len))
        for pair in itertools.combinations(paths, 2)
        if pair[0] == pair[1] or pair[0] in parents(pair[1]) or pair[1] in parents(pair[0])
    }
    found = clash(paths)
    assert found in clashing if clashing else found is None


@given(st.lists(clean_paths, max_size=6, unique=True).flatmap(st.permutations))
def test_which_clash_is_told_does_not_depend_on_the_order(paths: list[str]) -> None:
    """A log that can't be played fails in the same way each time."""
    assert clash(paths) == clash(sorted(paths))


def test_a_name_that_begins_like_another_is_no_clash() -> None:
    """``/ab`` is not below ``/a``."""
    assert clash(["/a", "/ab", "/a.b/c"]) is None
    assert clash(["/d/e/f", "/x", "/d"]) == ("/d", "/d/e/f")


def test_shown_paths_hold_nothing_that_a_terminal_obeys() -> None:
    """And can be printed, whatever the log holds."""
    assert shown("/a b/é漢") == "/a b/é漢"
    assert shown("/a\n\x1b[1m\udc96\ud800") == "/a\\n\\x1b[1m\\x96\\ud800"
