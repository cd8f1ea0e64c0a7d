"""Authors, fences and the names of logs."""

from __future__ import annotations

import pytest

from rlog_model.identity import (
    FENCE_REGISTER,
    MAX_UINT32,
    Author,
    InvalidLogName,
    validate_log_name,
)


@pytest.mark.clause("AUT-1")
def test_author_is_a_uint32() -> None:
    assert Author(0) == 0
    assert Author(MAX_UINT32) == 0xFFFFFFFF
    assert repr(Author(7)) == "Author(7)"
    for number in (-1, MAX_UINT32 + 1):
        with pytest.raises(ValueError, match=f"an author is a uint32, got {number}"):
            Author(number)


@pytest.mark.clause("AUT-1")
def test_drawn_author_is_never_zero() -> None:
    draws = iter([0, 0, 5, 6])
    author = Author.draw(lambda: next(draws))
    assert isinstance(author, Author)
    assert author == 5
    assert next(draws) == 6


@pytest.mark.clause("AUT-2")
@pytest.mark.parametrize(
    ("author", "fence"),
    [(1, "1"), (31, "v"), (32, "10"), (1023, "vv"), (1024, "100"), (MAX_UINT32, "3vvvvvv")],
)
def test_fence_is_base_32(author: int, fence: str) -> None:
    assert Author(author).fence() == fence
    assert int(fence, 32) == author


@pytest.mark.clause("AUT-2")
def test_absent_author_has_no_fence() -> None:
    assert FENCE_REGISTER == "author"
    with pytest.raises(ValueError, match="no fence"):
        Author(0).fence()


@pytest.mark.clause("LOG-1")
@pytest.mark.parametrize(
    "name",
    [
        "abcd",
        "a/log",
        "examples/word-count/recovery-logs/shard-000",
        "x" * 512,
        "-_+/.=%!$&'()*,:;@~",
        "../up",
        "../../a/b",
        "..a/b",
        "a/...",
        "\u4e16\u754c/log",
        "\u00e9bcd",
        "a/log;suffix",
        "a/log;x",
        "a/log;a/b;c",
        "a/log;..",
        "a/log;../x",
        "\u4e16" * 512,
        "a/\u00b2\u00bd\u2167",
        "a/log;" + "x" * 512,
    ],
)
def test_log_name(name: str) -> None:
    validate_log_name(name)


@pytest.mark.clause("LOG-1")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "4 to 512"),
        ("abc", "4 to 512"),
        ("x" * 513, "4 to 512"),
        ("\u4e16" * 3, "4 to 512"),
        ("a`log", "'`' is no token character"),
        ("abc;defg", "4 to 512"),
        ("a/log;", "1 to 512"),
        ("a/log;" + "x" * 513, "1 to 512"),
        ("a log", "' ' is no token character"),
        ("a#log", "'#' is no token character"),
        ("a\\log", "no token character"),
        ("a/log\n", "no token character"),
        ("a/log;a b", "' ' is no token character"),
        ("a/\udcff/log", "no token character"),
        ("/a/log", "begins with '/'"),
        ("a/log;/x", "begins with '/'"),
        ("a//log", "not a clean path"),
        ("a/log/", "not a clean path"),
        ("./a/log", "not a clean path"),
        ("a/./log", "not a clean path"),
        ("a/../log", "not a clean path"),
        ("../a/..", "not a clean path"),
        ("a/log;.", "not a clean path"),
        ("a/log;x/", "not a clean path"),
    ],
)
def test_what_is_no_log_name(name: str, reason: str) -> None:
    with pytest.raises(InvalidLogName, match=reason) as invalid:
        validate_log_name(name)
    assert invalid.value.name == name
    assert str(invalid.value).startswith(f"{name!r} is no journal name: ")
