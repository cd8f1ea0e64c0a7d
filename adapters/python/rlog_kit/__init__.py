"""A kit to write adapters with: what ``rlog check`` needs of a recovery log in Python.

It has the messages of the adapter protocol (``spec/adapter`` of rlog-model, whose clauses are named
ADP-n here), the names of things, logs in memory, and the snapshot. Your *glue* has the calls to
your own code, and nothing else: it implements the abstract classes of the tiers that you have, and
calls ``main``.

It needs nothing but Python's standard library. Copy it, or put it on your path.
"""

from rlog_kit.codec import Codec
from rlog_kit.fsm import Fsm, FsmState, rejected, untracked
from rlog_kit.loop import Implementation, main, serve
from rlog_kit.player import Append, AskHead, Complete, Failed, Files, Player, Players, Read, Request
from rlog_kit.segments import SegmentSet
from rlog_kit.values import (
    DONE,
    Frame,
    Hints,
    HintsLike,
    Node,
    NodeLike,
    Property,
    PropertyLike,
    Refused,
    Segment,
    SegmentLike,
    Text,
)

__all__ = [
    "DONE",
    "Append",
    "AskHead",
    "Codec",
    "Complete",
    "Failed",
    "Files",
    "Frame",
    "Fsm",
    "FsmState",
    "Hints",
    "HintsLike",
    "Implementation",
    "Node",
    "NodeLike",
    "Player",
    "Players",
    "Property",
    "PropertyLike",
    "Read",
    "Refused",
    "Request",
    "Segment",
    "SegmentLike",
    "SegmentSet",
    "Text",
    "main",
    "rejected",
    "serve",
    "untracked",
]
