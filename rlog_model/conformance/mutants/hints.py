"""Mutants of hints: building and flattening them."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_FSM: Final = "rlog_model.fsm"
_HINTS: Final = "rlog_model.hints"

MUTANTS: Final = (
    # Flattening
    Mutant(
        name="hints-without-log-accepted",
        layer=Layer.HINTS,
        rules=("HINTS:NO_LOG",),
        module=_FSM,
        old="        if not hints.log:\n            raise InvalidHints(HintRule.NO_LOG)\n",
        new="",
        defect="Hints need not name a log, and an FSM waits for operations of none.",
    ),
    Mutant(
        name="hinted-file-named-twice",
        layer=Layer.HINTS,
        rules=("HINTS:FNODE_ORDER",),
        module=_HINTS,
        old="node.fnode <= above",
        new="node.fnode < above",
        defect="Fnodes may stay the same from one file to the next.",
    ),
    Mutant(
        name="hinted-file-without-segments",
        layer=Layer.HINTS,
        rules=("HINTS:FNODE_CREATE",),
        module=_HINTS,
        old="if not node.segments or node.segments[0]",
        new="if node.segments and node.segments[0]",
        defect="A file with no segments is passed over, and its create is waited for all the same.",
    ),
    Mutant(
        name="create-within-its-segment",
        layer=Layer.HINTS,
        rules=("HINTS:FNODE_CREATE",),
        module=_HINTS,
        old="node.segments[0].first_seq_no != node.fnode",
        new="node.segments[0].first_seq_no > node.fnode",
        defect="The first segment of a file may begin before its create.",
    ),
    Mutant(
        name="log-of-the-first-segment-asked",
        layer=Layer.HINTS,
        rules=("HINTS:LAST_LOG",),
        module=_HINTS,
        old="flat[-1].log != self.log",
        new="flat[0].log != self.log",
        defect="The first segment must be in the hints' log, so a branch that moved has no hints.",
    ),
    Mutant(
        name="last-log-unchecked",
        layer=Layer.HINTS,
        rules=("HINTS:LAST_LOG",),
        module=_HINTS,
        old="            raise InvalidHints(HintRule.LAST_LOG)\n",
        new="            pass\n",
        defect="Hints may lead to a log where the branch does not go on.",
    ),
    Mutant(
        name="last-segment-speaks-for-one-log",
        layer=Layer.HINTS,
        rules=("HINTS:ONE_LOG",),
        module=_FSM,
        old="any(s.log != hints.log for s in segments)",
        new="any(s.log != hints.log for s in segments[-1:])",
        defect="In a revision of one log only the last segment is asked for its log.",
    ),
    Mutant(
        name="other-logs-taken-for-the-own",
        layer=Layer.HINTS,
        rules=("HINTS:OWN_LOG_NAMED",),
        module=_HINTS,
        old="return segment if segment.log else attrs.evolve(segment, log=self.log)",
        new="return attrs.evolve(segment, log=self.log)",
        defect="The log that a segment names is overwritten with that of the hints.",
    ),
    # Building
    Mutant(
        name="own-log-named",
        layer=Layer.HINTS,
        rules=("HINTS:OWN_LOG_NAMED",),
        module=_FSM,
        old='attrs.evolve(segment, log="") if segment.log == self.log else segment',
        new="segment",
        defect="Hints name their own log in each segment.",
    ),
    Mutant(
        name="branch-without-beginning-hinted",
        layer=Layer.HINTS,
        rules=("HINTS:NO_LIVE_FILE",),
        module=_FSM,
        old="        if not self.live_nodes and not self.from_beginning:\n",
        new="        if not self.live_nodes and self.arrival and not self.from_beginning:\n",
        defect="Hints without a live file send players to a beginning that was never seen.",
    ),
    Mutant(
        name="beginning-moves-along",
        layer=Layer.HINTS,
        rules=("HINTS:NO_LIVE_FILE",),
        module=_FSM,
        old="self.from_beginning and (stays or op.seq_no == FIRST_SEQ_NO)",
        new="self.from_beginning",
        defect="A branch that moved is taken to begin in the log that it came to.",
    ),
    Mutant(
        name="arrival-not-hinted",
        layer=Layer.HINTS,
        rules=("HINTS:LAST_LOG", "REC-11"),
        module=_FSM,
        old=(
            "            nodes[-1:] = [attrs.evolve(n, segments=(*n.segments, arrival))"
            " for n in nodes[-1:]]\n"
        ),
        new="            pass\n",
        defect="Where no live file was touched since a move, hints do not lead there.",
    ),
    Mutant(
        name="arrival-hinted-needlessly",
        layer=Layer.HINTS,
        clauses=("HNT-8",),
        module=_FSM,
        old="if arrival and all(",
        new="if arrival and any(",
        defect="The arrival is hinted with the last file though another one leads there already.",
    ),
    Mutant(
        name="arrival-of-the-first-move",
        layer=Layer.HINTS,
        rules=("REC-11",),
        module=_FSM,
        old="self.arrival if stays else segment_of(op),",
        new="self.arrival if stays or self.arrival else segment_of(op),",
        defect="Where the branch arrived is noted at its first move, and kept at the next one.",
    ),
    Mutant(
        name="inherited-properties-not-hinted",
        layer=Layer.HINTS,
        clauses=("HNT-7",),
        module=_FSM,
        old="for p in sorted(self.properties, key=by_bytes)),",
        new=("for p in sorted(self.properties, key=by_bytes) if p not in self.files.pending),"),
        defect="Properties that only former hints have named are left out of the next hints.",
    ),
)
"""Flattening first, then building."""
