"""Pictures of the docs, drawn from what the model does.

Each is an SVG whose colours are those of the page, so that it reads in the dark too. ``write_all``
is called when the docs are built.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from html import escape
from pathlib import Path

from attrs import frozen

from rlog_model import crc32c
from rlog_model.conformance.check import written
from rlog_model.framing import Frame, Framer
from rlog_model.identity import Author
from rlog_model.operation import Create, Link, Property, RecordedOp, Unlink, Write
from rlog_model.outcome import OUTCOMES, FnodeNotTracked
from rlog_model.scenario import Scenario
from rlog_model.segment import Segment, SegmentConflict, reduce
from rlog_model.simulation import world
from rlog_model.simulation.state import World
from rlog_model.wire import decode_op
from spec.tlc import last_states
from spec.tlc.last_states import Landed

COLOURS = ("#2f81f7", "#d29922", "#3fb950", "#db61a2")
"""Of authors, in the order in which they appear: legible on white and on black."""

FROM_TLC = ("world-lost-race", "world-dead-branch", "world-finish-forks", "world-handoff-twice")
"""The configurations whose traces are drawn."""


@frozen
class InLog:
    """An operation in a log, and its payload."""

    op: RecordedOp
    payload: bytes
    raw: bytes = b""

    @property
    def before(self) -> tuple[int, int]:
        """The end of a branch that it continues."""
        return self.op.seq_no, self.op.checksum

    @property
    def behind(self) -> tuple[int, int]:
        """The end of a branch that it makes."""
        return self.op.seq_no + 1, crc32c.update(self.op.checksum, self.payload)


def operations(content: bytes) -> list[InLog]:
    """The operations of a log that holds nothing else."""
    framer, found = Framer.at(0).feed(content), list[InLog]()
    while True:
        framer, event = framer.next()
        if not isinstance(event, Frame):
            return found
        op = decode_op(event.view, first_offset=event.first_offset)
        raw = content[event.last_offset : event.last_offset + max(op.raw_length, 0)]
        found.append(InLog(op, event.payload, raw))
        framer = framer.seek(event.last_offset + max(op.raw_length, 0))


def told(op: RecordedOp) -> str:
    """What an operation does, in few words."""
    match op.change:
        case Create(path):
            return f"create {path}"
        case Link(_, path):
            return f"link {path}"
        case Unlink(_, path):
            return f"unlink {path}"
        case Property(path, _):
            return f"property {path}"
        case Write(fnode):
            return f"write to {fnode}"
        case _:
            return "no-op"


def last_world(scenario: Scenario) -> World:
    """The world behind a scenario."""
    seen: list[World] = []
    world.run(scenario, lambda w, step, observation: seen.append(w))
    return seen[-1]


def content_of(there: World, log: str) -> bytes:
    """All that a log holds, from its first byte."""
    return b"".join(fragment.content for fragment in there.log(log).fragments)


# Drawing


def svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    """A picture as wide as it needs to be; a narrow page scrolls it."""
    head = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg" '
        'font-family="ui-monospace, monospace" font-size="12" fill="currentColor">'
    )
    return (
        f'<div class="picture">{head}<title>{escape(title)}</title>{"".join(parts)}</svg></div>\n'
    )


def text(x: float, y: float, content: str, **more: str) -> str:
    """A line of text, centred unless told otherwise."""
    attributes = {"text-anchor": "middle", **{k.replace("_", "-"): v for k, v in more.items()}}
    told_ = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<text x="{x:g}" y="{y:g}"{told_}>{escape(content)}</text>'


def box(x: float, y: float, width: float, height: float, colour: str, *, dead: bool = False) -> str:
    """A box; one that is dead is drawn with a broken line, and empty."""
    fill, dash = ("none", ' stroke-dasharray="4 3"') if dead else (colour, "")
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" fill="{fill}" '
        f'fill-opacity="0.22" stroke="{colour}"{dash}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A line: down or up, and then across."""
    path = f"M{x1:g} {y1:g} V{y2:g} H{x2:g}"
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-opacity="0.6"/>'


# The pictures


@frozen
class Drawn:
    """An operation in a picture of branches."""

    before: Hashable
    """The end of a branch that it continues."""

    behind: Hashable
    """The end of a branch that it makes."""

    author: int
    place: str
    does: str
    continues: str


def branches(name: str, log: str, player: str) -> str:
    """The log of a written scenario; what a player applied is full."""
    there = last_world(dict(written())[name])
    fsm = there.players[player].progress.playback.fsm
    ops = [
        Drawn(
            one.before,
            one.behind,
            one.op.author,
            f"at {one.op.first_offset}",
            f"{one.op.seq_no}: {told(one.op)}",
            f"sum {one.op.checksum:08x}",
        )
        for one in operations(content_of(there, log))
    ]
    end = fsm.next_seq_no, fsm.next_checksum
    return tree(f"the log of scenario {name}", ops, end, (1, crc32c.INITIAL))


def reached(name: str) -> str:
    """The log at the end of a trace of TLC; what its last player applied is full, or what the hints
    lead to, if that is more."""
    state = last_states.read(name)
    ops = [
        Drawn(
            one.before,
            one.behind,
            one.author,
            f"at {place}",
            f"{one.seq_no}: {in_few_words(one)}",
            f"after {one.seq_no - 1}",
        )
        for place, one in enumerate(state.log)
    ]
    return tree(f"the log at the end of {name}", ops, state.branch, ())


def in_few_words(one: Landed) -> str:
    """What an operation of the specification does."""
    match one.kind:
        case "none":
            return "no-op"
        case "write":
            return f"write to {one.fnode}"
        case _:
            return f"{one.kind} {one.path}"


def tree(title: str, ops: Sequence[Drawn], end: Hashable, beginning: Hashable) -> str:
    """A log: its operations in their order above, its branches below; the branch that comes to
    ``end`` is full."""
    alive = set[Hashable]()
    by_end = {one.behind: one for one in reversed(ops)}
    while end in by_end:
        alive.add(end)
        end = by_end[end].before
    authors = list(dict.fromkeys(one.author for one in ops))
    rows: dict[Hashable, int] = {beginning: 0}
    lowest = 0
    taken = set[Hashable]()
    places = dict[Hashable, tuple[int, int]]()
    parts = [text(4, 22, "the log", text_anchor="start")]
    parts.append(text(4, 112, "its branches", text_anchor="start"))
    step, wide = 124, 112
    for i, one in enumerate(ops):
        row = rows.get(one.before, 0)
        if one.before in taken:
            lowest = row = lowest + 1
        taken.add(one.before)
        x, y = 110 + i * step, 90 + row * 70
        # Of an operation that landed twice, the first one counts.
        again = one.behind in places
        dead = one.behind not in alive or again
        rows.setdefault(one.behind, row)
        places.setdefault(one.behind, (x, y))
        colour = COLOURS[authors.index(one.author) % len(COLOURS)]
        if one.before in places:
            from_x, from_y = places[one.before]
            if from_y == y:
                parts.append(line(from_x + wide, y + 22, x, y + 22))
            else:
                parts.append(line(from_x + wide / 2, from_y + 44, x, y + 22))
        parts += [
            box(x, 6, wide, 44, colour, dead=dead),
            text(x + wide / 2, 24, f"author {one.author:d}"),
            text(x + wide / 2, 40, one.place),
            box(x, y, wide, 44, colour, dead=dead),
            text(x + wide / 2, y + 18, one.does),
            text(x + wide / 2, y + 35, "landed again" if again else one.continues),
        ]
    height = 90 + (lowest + 1) * 70
    return svg(110 + len(ops) * step, height, title, parts)


def segments() -> str:
    """Pairs of segments, and what they reduce to."""
    author, other = Author(1), Author(2)

    def run(first: int, last: int, who: Author = author) -> Segment:
        return Segment(who, first, first * 10, first, last, last * 10 + 9, "log")

    pairs = (
        ("touch", run(1, 5), run(6, 9)),
        ("overlap", run(1, 6), run(4, 9)),
        ("one within the other", run(1, 9), run(3, 5)),
        ("a gap", run(1, 3), run(7, 9)),
        ("touch, other author", run(1, 5), run(6, 9, other)),
        ("overlap, other author", run(1, 6), run(4, 9, other)),
    )
    parts = [text(250, 14, "two segments"), text(560, 14, "reduce to")]
    for i, (name, earlier, later) in enumerate(pairs):
        y = 30 + i * 58
        parts.append(text(4, y + 24, name, text_anchor="start"))
        drawn = [(170, y, earlier), (170, y + 22, later)]
        try:
            drawn += [(480, y + 11, s) for s in reduce(earlier, later)]
        except SegmentConflict as conflict:
            told_ = f"refused: {conflict.rule.name}"
            parts.append(text(480, y + 28, told_, text_anchor="start"))
        for x, top, s in drawn:
            left, wide = x + s.first_seq_no * 17, (s.last_seq_no - s.first_seq_no + 1) * 17
            parts.append(box(left, top, wide, 18, COLOURS[s.author - 1]))
            parts.append(text(left + wide / 2, top + 13, f"{s.first_seq_no}-{s.last_seq_no}"))
    return svg(700, 30 + len(pairs) * 58, "segments and what they reduce to", parts)


def outcomes() -> str:
    """The rules of an FSM in the order in which they are checked, and where each leads."""
    rules = OUTCOMES[1:]
    parts = [text(110, 16, "an operation is offered"), line(110, 22, 110, 36)]
    for i, kind in enumerate(rules):
        y = 36 + i * 50
        untracked = kind is FnodeNotTracked
        colour = COLOURS[1 if untracked else 3]
        sort = "untracked" if untracked else "rejected"
        parts += [
            box(10, y, 200, 34, COLOURS[0]),
            text(110, y + 21, f"{kind.rule} holds?"),
            line(210, y + 17, 300, y + 17),
            text(255, y + 12, "no"),
            box(300, y, 340, 34, colour),
            text(470, y + 21, f"{sort}: {kind.__name__}"),
            line(110, y + 34, 110, y + 50),
        ]
    y = 36 + len(rules) * 50
    parts += [box(10, y, 200, 34, COLOURS[2]), text(110, y + 21, "applied")]
    parts += [
        text(300, y + 14, "applied, untracked: the branch moves on;", text_anchor="start"),
        text(300, y + 32, "rejected: nothing changes", text_anchor="start"),
    ]
    return svg(660, y + 44, "the rules of the FSM, in their order", parts)


def write_all(folder: Path) -> None:
    """Draw all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "branches": branches("lost-race", "logs/one", "p2"),
        "zombie": branches("unnoticed-zombie", "logs/one", "p2"),
        "segments": segments(),
        "outcomes": outcomes(),
        **{name: reached(name) for name in FROM_TLC},
    }
    for name, picture in pictures.items():
        (folder / f"{name}.html").write_text(picture, encoding="utf-8")
