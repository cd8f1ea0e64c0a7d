"""The states of ``World.tla``, projected: see ``world``."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Final

from spec.equality.equality import Plain
from spec.tlc.states import State
from spec.tlc.values import Record, Value, as_number, as_record, as_text

_KEPT: Final = 1 << 18


def project(state: State) -> Plain:
    """A state of TLC."""
    return (
        _operations(state["log"]),
        as_number(state["register"]),
        tuple(_recorder(recorder) for recorder in _records(state["recorders"])),
        tuple(_player(player) for player in _records(state["players"])),
        as_number(state["drawn"]),
        as_number(state["copies"]),
    )


@functools.lru_cache(_KEPT)
def _recorder(recorder: Record) -> Plain:
    return (
        as_number(recorder["from"]),
        as_number(recorder["author"]),
        recorder["checks"] is True,
        as_text(recorder["status"]),
        _fsm(as_record(recorder["fsm"])),
        as_number(recorder["head"]),
        _operations(recorder["queue"]),
        _operations(recorder["landed"]),
    )


@functools.lru_cache(_KEPT)
def _player(player: Record) -> Plain:
    taken = as_record(player["taken"])
    fsm = as_record(player["fsm"])
    return (
        _files(as_record(taken["hints"])["files"]),
        _plain(taken["at"]),
        _fsm(fsm),
        _contents(player["content"], fsm["next_checksum"]),
        as_number(player["offset"]),
        _told(player["head"]),
        _some(player["goal"]),
        as_number(player["heir"]),
        _told(player["finish"]),
        _operations(player["injected"]),
        _operations(player["handoff"]),
        as_text(player["status"]),
        player["used"] is True,
    )


@functools.lru_cache(_KEPT)
def _fsm(fsm: Record) -> Plain:
    live = tuple(
        (
            fnode,
            tuple(sorted(_texts(as_record(file)["links"]))),
            _segments(as_record(file)["segments"]),
        )
        for fnode, file in _items(fsm["live"])
    )
    return (
        as_number(fsm["next_seq_no"]),
        _plain(fsm["next_checksum"]),
        live,
        tuple((path, _plain(fnode)) for path, fnode in _items(fsm["links"])),
        _segments(fsm["segments"]),
        _plain(fsm["fnodes"]),
        _segments(fsm["arrival"]),
        fsm["beginning"] is True,
    )


def _files(files: Value) -> Plain:
    """``<<fnode, segments>>`` of hints."""
    assert isinstance(files, tuple)
    projected: list[Plain] = []
    for file in files:
        assert isinstance(file, tuple)
        projected.append((_plain(file[0]), _segments(file[1])))
    return tuple(projected)


def _segments(segments: Value) -> Plain:
    return tuple(_segment(segment) for segment in _records(segments))


@functools.lru_cache(_KEPT)
def _segment(segment: Record) -> Plain:
    return (
        as_number(segment["author"]),
        as_number(segment["first_seq_no"]),
        as_number(segment["first_offset"]),
        _plain(segment["first_checksum"]),
        as_number(segment["last_seq_no"]),
        as_number(segment["last_offset"]),
    )


def _contents(content: Value, history: Value) -> Plain:
    """Of each file its fnode, and who made its last write: the author and the operation."""
    assert isinstance(history, tuple)
    projected: list[Plain] = []
    for fnode, writes in _items(content):
        assert isinstance(writes, tuple)
        last: Plain = None
        if writes:
            seq_no = as_number(writes[-1])
            operation = history[seq_no - 1]
            assert isinstance(operation, tuple)
            last = (_plain(operation[0]), seq_no)
        projected.append((fnode, last))
    return tuple(projected)


def _operations(operations: Value) -> Plain:
    return tuple(_operation(operation) for operation in _records(operations))


@functools.lru_cache(_KEPT)
def _operation(operation: Record) -> Plain:
    return (
        as_number(operation["seq_no"]),
        _plain(operation["checksum"]),
        as_number(operation["author"]),
        as_text(operation["kind"]),
        _some(operation["path"]),
        as_number(operation["fnode"]),
    )


def _told(offset: Value) -> Plain:
    """An offset, or nothing."""
    return None if offset == -1 else as_number(offset)


def _some(text: Value) -> Plain:
    return None if text == "none" else as_text(text)


def _items(function: Value) -> Iterator[tuple[int | str, Value]]:
    """What a function maps to what, by rising arguments; a sequence is a function."""
    if isinstance(function, tuple):
        yield from enumerate(function, 1)
        return
    items = as_record(function)
    for key in sorted(items, key=repr):
        assert isinstance(key, int | str)
        yield key, items[key]


def _plain(value: Value) -> Plain:
    """A number or text, or a sequence of such."""
    if isinstance(value, tuple):
        return tuple(_some(one) if one == "none" else _plain(one) for one in value)
    assert isinstance(value, int | str)
    return value


def _texts(value: Value) -> Iterator[str]:
    assert isinstance(value, frozenset)
    return (as_text(text) for text in value)


def _records(value: Value) -> Iterator[Record]:
    assert isinstance(value, tuple)
    return (as_record(one) for one in value)
