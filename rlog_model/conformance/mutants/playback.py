"""Mutants of playing: the rules PLAY-1 to PLAY-9, handoffs, and the building of the directory."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_HINTS: Final = "rlog_model.hints"
_PATHS: Final = "rlog_model.paths"
_PLAYBACK: Final = "rlog_model.playback"
_PLAYER: Final = "rlog_model.player"
_READING: Final = "rlog_model.reading"
_STAGING: Final = "rlog_model.staging"

MUTANTS: Final = (
    Mutant(
        name="head-of-the-own-log-alone",
        layer=Layer.PLAYBACK,
        rules=("PLAY-1",),
        module=_HINTS,
        old="return tuple(dict.fromkeys([*named, self.log]))",
        new="return tuple(dict.fromkeys([*named[-1:], self.log]))",
        defect="The heads of logs that the branch has left are not asked for.",
    ),
    Mutant(
        name="hints-to-the-head-refused",
        layer=Layer.PLAYBACK,
        rules=("PLAY-2",),
        module=_PLAYBACK,
        old="segment.least_head > head",
        new="segment.least_head >= head",
        defect="Hints whose last operation is the log's last one are taken for data loss.",
    ),
    Mutant(
        name="other-log-not-followed",
        layer=Layer.PLAYBACK,
        rules=("PLAY-3",),
        module=_READING,
        old="        if segment is None or self.writing is not None:\n",
        new="        if segment is None or self.writing is not None or segment.log != self.log:\n",
        defect="The log that is read is the hints' own, whichever the next segment is in.",
    ),
    Mutant(
        name="position-kept-across-logs",
        layer=Layer.PLAYBACK,
        rules=("PLAY-3",),
        module=_READING,
        old="            self.framer = Framer.at(segment.first_offset)\n",
        new="",
        defect="In the next log reading goes on at the offset that was reached in the former one.",
    ),
    Mutant(
        name="rejected-write-believed",
        layer=Layer.PLAYBACK,
        rules=("PLAY-4",),
        module=_READING,
        old="self.framer = framer.doubt()",
        new="self.framer = framer.seek(op.last_offset)",
        defect="The raw bytes that a rejected write claims are skipped, and what is in them.",
    ),
    Mutant(
        name="torn-frame-at-the-end-waited-for",
        layer=Layer.PLAYBACK,
        rules=("PLAY-4", "PLAY-7"),
        module=_PLAYBACK,
        old=(
            "        if self.framer.unfinished and self.framer.offset < finish_offset:\n"
            "            return self._scan(work, whole_before=finish_offset)\n"
        ),
        new="",
        defect="A torn frame hides what lies behind it from a play that finishes there.",
    ),
    Mutant(
        name="torn-frame-hides-hinted-operations",
        layer=Layer.PLAYBACK,
        rules=("PLAY-4", "PLAY-6"),
        module=_PLAYBACK,
        old=(
            "            if self.framer.unfinished and self.framer.offset < head:\n"
            "                return self._scan(work, whole_before=head)\n"
        ),
        new="",
        defect="A torn frame hides hinted operations behind it, which are taken for lost.",
    ),
    Mutant(
        name="raw-bytes-beyond-the-head-believed",
        layer=Layer.PLAYBACK,
        rules=("PLAY-4",),
        module=_READING,
        old="return op.last_offset > framer.end and op.last_offset > self.heads[self.log]",
        new="return False",
        defect="An operation which claims more raw bytes than the log holds is taken.",
    ),
    Mutant(
        name="write-placed-by-its-frame",
        layer=Layer.PLAYBACK,
        rules=("PLAY-4",),
        module=_READING,
        old="write.offset - (op.last_offset - write.length)",
        new="write.offset - op.first_offset",
        defect="The raw bytes of a write are taken to begin with its frame.",
    ),
    Mutant(
        name="hole-behind-the-hints-passed",
        layer=Layer.PLAYBACK,
        rules=("PLAY-5",),
        module=_PLAYBACK,
        old="        if segment is None or self.writing is not None:\n            return lost\n",
        new="        if segment is None or self.writing is not None:\n            return None\n",
        defect="A hole is read over where the branch may have gone on.",
    ),
    Mutant(
        name="hole-of-unknown-segment-fails",
        layer=Layer.PLAYBACK,
        rules=("PLAY-5",),
        module=_PLAYBACK,
        old="if segment.last_offset != UNKNOWN_OFFSET and segment.last_offset <= last:",
        new="if segment.last_offset <= last:",
        defect="A segment whose end is not known is taken to lie in the hole.",
    ),
    Mutant(
        name="copy-behind-a-hole-believed",
        layer=Layer.PLAYBACK,
        rules=("PLAY-5",),
        module=_PLAYBACK,
        old="if begins_in_hole and final.last_offset == UNKNOWN_OFFSET:",
        new="if begins_in_hole and final.last_offset > last:",
        defect="The last hinted operation is looked for behind a hole in which it may have landed.",
    ),
    Mutant(
        name="jump-not-noticed",
        layer=Layer.PLAYBACK,
        rules=("PLAY-5",),
        module=_PLAYER,
        old="return Bytes(chunk.offset, chunk.content)",
        new="return Bytes(offset, chunk.content)",
        defect="A read that jumped over a hole is taken for the bytes that were asked for.",
    ),
    Mutant(
        name="incomplete-play-complete",
        layer=Layer.PLAYBACK,
        rules=("PLAY-6",),
        module=_PLAYBACK,
        old="            return self._failed(remain, work)\n",
        new=(
            "            return self._complete(work) if self.goal else self._failed(remain, work)\n"
        ),
        defect="Asked to finish, the play is complete at the head, though hinted operations lack.",
    ),
    Mutant(
        name="first-head-is-the-last",
        layer=Layer.PLAYBACK,
        rules=("PLAY-7",),
        module=_PLAYBACK,
        old="                return self._asking(AskHead(self.log), work)\n",
        new=(
            "                stale = self.heads[self.log]\n"
            "                return attrs.evolve(self, finish_offset=stale)._next(work)\n"
        ),
        defect="The play finishes at a head that was known before it was asked to finish.",
    ),
    Mutant(
        name="tailing-behind-the-head-only",
        layer=Layer.PLAYBACK,
        rules=("PLAY-7",),
        module=_PLAYBACK,
        old="            and self.framer.end >= self.heads[self.log]\n",
        new="            and self.framer.end > self.heads[self.log]\n",
        defect="A player at the write head is not said to tail.",
    ),
    Mutant(
        name="unplayable-properties",
        layer=Layer.PLAYBACK,
        rules=("PLAY-9",),
        module=_PLAYBACK,
        old="paths = [*self.fsm.links, *self.fsm.properties]",
        new="paths = [*self.fsm.links]",
        defect="The paths of properties are not asked whether a directory can hold them.",
    ),
    Mutant(
        name="clash-with-the-nearest-directory",
        layer=Layer.PLAYBACK,
        rules=("PLAY-9",),
        module=_PATHS,
        old="        for parent in parents(path):\n            if parent in seen:",
        new="        for parent in [*parents(path)][:1]:\n            if parent in seen:",
        defect="Only the directory right above a file is asked whether it is a file.",
    ),
    # Handoffs
    Mutant(
        name="handoff-by-any-no-op",
        layer=Layer.HANDOFF,
        rules=("PLAY-8",),
        module=_READING,
        old="if made is not None and (op.author, op.seq_no) == (made.author, made.seq_no):",
        new="if made is not None:",
        defect="Another player's no-op is taken for the own one.",
    ),
    Mutant(
        name="lost-race-not-noticed",
        layer=Layer.HANDOFF,
        rules=("PLAY-8",),
        module=_PLAYBACK,
        old="return attrs.evolve(self, injected=None, finish_offset=None)._next(work)",
        new="return self._complete(work)",
        defect="The play is complete once its no-op has landed, applied or not.",
    ),
    # The directory
    Mutant(
        name="file-removed-with-its-first-link",
        layer=Layer.ACTIONS,
        clauses=("PLAY-12",),
        module=_READING,
        old="case Unlink(fnode, _) if fnode not in self.fsm.live_nodes:",
        new="case Unlink(fnode, _):",
        defect="An unlink removes the file, whatever links it has left.",
    ),
    Mutant(
        name="state-of-a-write-not-reset",
        layer=Layer.ACTIONS,
        rules=("PLAY-3",),
        module=_READING,
        old="            self.writing = None\n            self._seek()",
        new="            self._seek()",
        defect="Once a write was read the play is taken to be within it, and never seeks again.",
    ),
    Mutant(
        name="hard-links-copied",
        layer=Layer.ACTIONS,
        clauses=("PLAY-12",),
        module=_STAGING,
        old="os.link(self._node(fnode), _place(tree, path))",
        new="shutil.copyfile(self._node(fnode), _place(tree, path))",
        defect="Each path of a file is a file of its own.",
    ),
    Mutant(
        name="writes-go-to-the-end",
        layer=Layer.ACTIONS,
        clauses=("PLAY-12",),
        module=_STAGING,
        old="os.open(self._node(fnode), os.O_WRONLY | flags, 0o644)",
        new="os.open(self._node(fnode), os.O_WRONLY | os.O_APPEND | flags, 0o644)",
        defect="Files are opened to append, where the system ignores the offset of a write.",
    ),
    Mutant(
        name="hinted-property-not-made",
        layer=Layer.ACTIONS,
        clauses=("PLAY-15",),
        module=_STAGING,
        old="            for path, content in sorted(fsm.properties.items()):\n",
        new=(
            "            for path, content in sorted(fsm.properties.items()):\n"
            "                if path in fsm.files.pending:\n"
            "                    continue\n"
        ),
        defect="A property that the log did not come by, and only hints name, is left out.",
    ),
)
"""In the order of the rules, then handoffs, then file actions."""
