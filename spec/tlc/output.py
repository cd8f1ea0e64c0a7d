"""What TLC prints with ``-tool``, read.

Rules
-----
* Messages have a number and a kind. An error's number says what was found; a state of a trace is a
  message of its own.
* The first error is the verdict. Without one, and with the message of success, all holds.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from typing import Final

import attrs
from attrs import frozen

from spec.tlc.states import State, StateReader


class Verdict(enum.Enum):
    """How a run ended."""

    HOLDS = "holds"
    INVARIANT = "invariant violated"
    ACTION = "action property violated"
    TEMPORAL = "temporal property violated"
    DEADLOCK = "deadlock"
    ASSUMPTION = "assumption false"
    ERROR = "error"
    TIME_LIMIT = "time limit reached"


@frozen
class Step:
    """A state of a trace."""

    action: str
    """The name of the action that led to it; of the first, ``Initial predicate``."""

    state: State


@frozen
class Result:
    """What a run showed."""

    verdict: Verdict
    violated: str = ""
    """The invariant or property, where TLC names it: it names no temporal property."""

    distinct: int = 0
    generated: int = 0
    depth: int = 0
    """How many states the longest of the shortest ways has, the first state among them."""

    exact: bool = True
    """Whether the depth is: several workers may find a state on a longer way first."""

    seconds: float = 0.0
    trace: tuple[Step, ...] = ()
    """The behaviour that violates it."""

    back_to: int | None = None
    """The number of the state, from 1 on, to which the trace returns; else it ends."""

    text: str = ""
    """What TLC said of an error."""

    printed: str = ""
    """What the specification itself printed, by ``PrintT``."""


@frozen
class Message:
    """A message of ``-tool``."""

    code: int
    kind: int
    text: str


_MESSAGE: Final = re.compile(
    r"@!@!@STARTMSG (\d+):(\d+) @!@!@\n(.*?)@!@!@ENDMSG \1 @!@!@", re.DOTALL
)
_ERROR: Final = 1
_SUCCESS: Final = 2193
_STATS: Final = 2199
_DEPTH: Final = 2194
_STATE: Final = 2217
_STUTTERING: Final = 2218
_BACK_TO: Final = 2122
_FINISHED: Final = 2186
_IN_INITIAL_STATE: Final = (2107, 2108)
_VERDICTS: Final = {
    2104: Verdict.ASSUMPTION,
    2107: Verdict.INVARIANT,
    2108: Verdict.ACTION,
    2110: Verdict.INVARIANT,
    2112: Verdict.ACTION,
    2114: Verdict.DEADLOCK,
    2116: Verdict.TEMPORAL,
}
# They say where the trace begins, and nothing of the error.
_PREAMBLES: Final = (2121, 2264)
_NAMED: Final = re.compile(r"(?:Invariant|Action property|Property) (\S+) is violated")
_COUNTS: Final = re.compile(r"([\d,]+) states generated, ([\d,]+) distinct states found")
_NUMBERED: Final = re.compile(r"\d+: (?:Back to state: )?<(.*?)(?: line \d.*)?>\n?")
_SANY_PROGRESS: Final = ("Parsing file ", "Semantic processing ")


def result_of(printed: str) -> Result:
    """What a run showed, of all that it printed."""
    messages = list(messages_of(printed))
    errors = [m for m in messages if m.kind == _ERROR and m.code not in _PREAMBLES]
    verdict = _verdict(messages, errors)
    steps, back_to = _trace(messages, errors)
    text = ""
    if verdict is Verdict.ERROR:
        text = _error_text(printed, errors)
    elif verdict is not Verdict.HOLDS:
        text = errors[0].text.strip()
    named = _NAMED.search(text)
    found = Result(
        verdict=verdict,
        violated=named[1] if named and verdict is not Verdict.ERROR else "",
        trace=steps,
        back_to=back_to,
        text=text,
        printed=_MESSAGE.sub("", printed),
    )
    return _counted(found, messages)


def messages_of(printed: str) -> Iterator[Message]:
    """The messages, in their order."""
    for code, kind, text in _MESSAGE.findall(printed):
        yield Message(int(code), int(kind), text)


def _verdict(messages: Iterable[Message], errors: list[Message]) -> Verdict:
    if errors:
        return _VERDICTS.get(errors[0].code, Verdict.ERROR)
    return Verdict.HOLDS if any(m.code == _SUCCESS for m in messages) else Verdict.ERROR


def _counted(found: Result, messages: Iterable[Message]) -> Result:
    for message in messages:
        if message.code == _STATS and (counts := _COUNTS.search(message.text)):
            generated, distinct = (int(count.replace(",", "")) for count in counts.groups())
            found = attrs.evolve(found, generated=generated, distinct=distinct)
        elif message.code == _DEPTH and (depth := re.search(r"is (\d+)", message.text)):
            found = attrs.evolve(found, depth=int(depth[1]))
    return found


def _trace(
    messages: Iterable[Message], errors: list[Message]
) -> tuple[tuple[Step, ...], int | None]:
    reader = StateReader()
    if errors and errors[0].code in _IN_INITIAL_STATE:
        _, _, state = errors[0].text.partition("\n")
        return (Step("Initial predicate", reader.state(state)),), None
    steps: list[Step] = []
    back_to = None
    for message in messages:
        heading = _NUMBERED.match(message.text)
        if message.code == _STATE and heading:
            steps.append(Step(heading[1], reader.state(message.text[heading.end() :])))
        elif message.code == _STUTTERING:
            back_to = len(steps)
        elif message.code == _BACK_TO:
            back_to = int(message.text.partition(":")[0])
    return tuple(steps), back_to


def _error_text(printed: str, errors: Iterable[Message]) -> str:
    """What the errors say, and what was printed outside of messages: the parser's own errors."""
    outside = _MESSAGE.sub("", printed).splitlines()
    lines = [line for line in outside if line.strip() and not line.startswith(_SANY_PROGRESS)]
    return "\n".join([*(error.text.strip() for error in errors), *lines]).strip()
