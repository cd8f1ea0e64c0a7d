"""What a mutant is: one defect, as a piece of source text and what stands in its place.

Rules
-----
* A defect is one that whoever writes a recovery log might make: an end that is off by one, a case
  that is missed, a check that is forgotten, state that is not reset. It is a few lines at most.
* It can be seen from outside: some scenario shows other outcomes, hints or files. It does not rest
  on threads, time or chance.
* ``old`` is in the module exactly once. The shipped modules know nothing of mutants: a process that
  wants one asks ``loading`` for it, before it imports the module.
* No module here imports what a mutant may change: only the standard library and attrs.
"""

from __future__ import annotations

import enum

from attrs import frozen


class Layer(enum.Enum):
    """Where a defect is. The value is how the matrix names it."""

    SEGMENTS = "segments"
    """Segments, pairs of them, their reduction, and sets."""

    HINTS = "hints"
    """Building hints, and flattening them."""

    FSM = "fsm"
    """The turn of an operation, and the transition, also from one hinted segment to the next."""

    FILES = "files"
    """What an operation does to the files and properties that an FSM tracks."""

    CHECKSUM = "checksum"
    """The running checksum."""

    FRAMING = "framing"
    """From bytes to frames."""

    WIRE = "wire"
    """From frames to operations, and hints as protobuf bytes."""

    RECORDING = "recording"
    """From filesystem events to operations."""

    PLAYBACK = "playback"
    """Reading a log to the end that was asked for."""

    HANDOFF = "handoff"
    """Injecting a no-op, and what comes of it."""

    ACTIONS = "file actions"
    """Building the played directory."""

    REGISTERS = "registers"
    """Fences, and the checks of appends."""

    RECORDER = "recorder"
    """Driving the recording with a directory and a journal."""

    JOURNAL = "journal"
    """Journals in files."""


@frozen(kw_only=True)
class Mutant:
    """One defect."""

    name: str
    """Words in lower case, with hyphens between them. Unique."""

    layer: Layer

    rules: tuple[str, ...] = ()
    """Ids of the rules that it breaks: ``FSM-3``, ``REC-4``, ``PLAY-6``; members of
    ``SegmentRule``, ``PairRule`` and ``HintRule`` as ``SEGMENT:LOG``, ``PAIR:LOGS_DIFFER``,
    ``HINTS:LAST_LOG``. None where the rule that is broken has no id, as those of journals."""

    clauses: tuple[str, ...] = ()
    """Clauses of the specification that it breaks, where none of ``rules`` tells one."""

    module: str
    """The module that is changed, by its whole name."""

    old: str
    """Source text that is in the module exactly once."""

    new: str
    """What stands in its place."""

    defect: str
    """What was got wrong, in a sentence."""

    def apply(self, source: str) -> str:
        """The module's ``source`` with the defect.

        Raises:
            NotThereOnce: ``old`` is not in it exactly once.
        """
        count = source.count(self.old)
        if count != 1:
            raise NotThereOnce(self.name, self.module, count)
        return source.replace(self.old, self.new)


@frozen
class NotThereOnce(ValueError):
    """A mutant's source text is not in its module, or is there several times."""

    name: str
    module: str
    count: int

    def __str__(self) -> str:
        return (
            f"mutant {self.name}: its text is in {self.module} {self.count} times, and must be"
            " there once: the module was edited, so renew the mutant"
        )
