"""A state of ``Branch.tla`` as plain values, and such values in words: see ``fsm``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spec.equality.equality import Plain
from spec.tlc.states import State
from spec.tlc.values import ModelValue, Record, Value, as_record, as_sequence

_SEGMENT: Final = (
    *("author", "first_seq_no", "first_offset", "first_checksum"),
    *("last_seq_no", "last_offset", "log"),
)


def project(state: State) -> Plain:
    """A state of TLC."""
    return (
        _fsm(as_record(state["fsm"])),
        _plain(state["begun"]),
        _plain(state["places"]),
        _answer(as_record(state["answer"])),
    )


def _fsm(fsm: Record) -> Plain:
    return (
        _plain(fsm["log"]),
        _plain(fsm["next_seq_no"]),
        _plain(fsm["next_checksum"]),
        tuple(_file(fnode, as_record(file)) for fnode, file in _function(fsm["live"])),
        _pairs(fsm["links"]),
        _pairs(fsm["properties"]),
        _sorted(fsm["pending"]),
        _segments(fsm["segments"]),
        _plain(fsm["fnodes"]),
        _segments(fsm["arrival"]),
        _plain(fsm["beginning"]),
    )


def _file(fnode: Plain, file: Record) -> Plain:
    return (fnode, _sorted(file["links"]), _segments(file["segments"]))


def _answer(answer: Record) -> Plain:
    match answer["is"]:
        case "new":
            return ("new",)
        case "given":
            accepted = _judged(as_record(answer["accepted"]))
            asked = _plain(answer["valid"]), _plain(answer["logs"])
            return ("given", _hints(as_record(answer["hints"])), *asked, accepted)
        case "offered":
            return ("offered", *(_plain(answer[name]) for name in ("op", "rule", "fields")))
        case "asked":
            hints = tuple(_hints(as_record(hints)) for hints in as_sequence(answer["hints"]))
            built = _judged(as_record(answer["built"]))
            return ("asked", built, _plain(answer["lasting"]), hints)
        case other:
            raise AssertionError(f"there is no answer {other}")


def _judged(answer: Record) -> Plain:
    found: list[Plain] = [_plain(answer["is"])]
    found += [_plain(answer[name]) for name in ("rule", "fnode") if name in answer]
    found += [_segment(as_record(answer[name])) for name in ("earlier", "later") if name in answer]
    return tuple(found)


def _hints(hints: Record) -> Plain:
    files: list[Plain] = []
    for file in as_sequence(hints["files"]):
        fnode, segments = as_sequence(file)
        files.append((_plain(fnode), _segments(segments)))
    return (_plain(hints["log"]), tuple(files), _pairs(hints["properties"]))


def _segments(segments: Value) -> Plain:
    return tuple(_segment(as_record(segment)) for segment in as_sequence(segments))


def _segment(segment: Record) -> Plain:
    return tuple(_plain(segment[name]) for name in _SEGMENT)


def _pairs(function: Value) -> Plain:
    return tuple((key, _plain(value)) for key, value in _function(function))


def _function(value: Value) -> Iterator[tuple[Plain, Value]]:
    """The pairs of a function by rising keys: one whose domain is 1..n is read as a tuple."""
    if isinstance(value, tuple):
        yield from enumerate(value, start=1)
        return
    pairs = [(_plain(key), of_key) for key, of_key in as_record(value).items()]
    yield from sorted(pairs, key=lambda pair: _place(pair[0]))


def _sorted(values: Value) -> Plain:
    assert isinstance(values, frozenset)
    return tuple(sorted(map(_plain, values), key=_place))


def _place(value: Plain) -> tuple[int, str]:
    """What fnodes and paths are sorted by."""
    assert isinstance(value, int | str)
    return (value, "") if isinstance(value, int) else (0, value)


def _plain(value: Value) -> Plain:
    assert not isinstance(value, Record | ModelValue | frozenset)
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def show(state: Plain) -> str:
    """A state in words."""
    assert isinstance(state, tuple)
    fsm, begun, places, answer = state
    names = (
        *("log", "next_seq_no", "next_checksum", "live", "links", "properties", "pending"),
        *("segments", "fnodes", "arrival", "beginning"),
    )
    assert isinstance(fsm, tuple)
    fields = "; ".join(f"{name} {value}" for name, value in zip(names, fsm, strict=True))
    return f"FSM begun {begun}: {fields}; read at {places}; {show_answer(answer)}"


def show_answer(answer: Plain) -> str:
    """An answer in words."""
    match answer:
        case ("new",):
            return "nothing was asked"
        case ("given", hints, valid, logs, accepted):
            return f"given {hints}: valid but for {valid}, of {logs}, {accepted}"
        case ("offered", op, rule, fields):
            return f"offered {op}: {rule} {fields}"
        case ("asked", built, lasting, hints):
            return f"asked for hints: {built}, lasting {lasting}, {hints}"
        case other:
            raise AssertionError(f"there is no answer {other}")
