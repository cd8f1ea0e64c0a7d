"""Mutants of the FSM: whose turn it is, and what comes next. Those of the checksum are here too."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_FSM: Final = "rlog_model.fsm"
_CRC: Final = "rlog_model.crc32c"

MUTANTS: Final = (
    # Turn
    Mutant(
        name="author-not-asked",
        layer=Layer.FSM,
        rules=("FSM-1",),
        module=_FSM,
        old=(
            "        if segment is not None and op.author != segment.author:\n"
            "            return NotHintedAuthor(segment.author, op.author)\n"
        ),
        new="",
        defect="Within hinted segments the operation of any author is taken.",
    ),
    Mutant(
        name="gap-in-sequence-accepted",
        layer=Layer.FSM,
        rules=("FSM-2",),
        module=_FSM,
        old="if op.seq_no != self.next_seq_no:",
        new="if op.seq_no < self.next_seq_no:",
        defect="Only operations that were there before are out of sequence.",
    ),
    Mutant(
        name="checksum-not-compared",
        layer=Layer.FSM,
        rules=("FSM-3",),
        module=_FSM,
        old=(
            "        if op.checksum != self.next_checksum:\n"
            "            return ChecksumMismatch(self.next_checksum, op.checksum)\n"
        ),
        new="",
        defect="Operations of another branch are taken if their sequence number fits.",
    ),
    Mutant(
        name="checksum-not-compared-within-hints",
        layer=Layer.FSM,
        rules=("FSM-3",),
        module=_FSM,
        old="if op.checksum != self.next_checksum:",
        new="if segment is None and op.checksum != self.next_checksum:",
        defect="Within hinted segments the author is taken to vouch for the branch.",
    ),
    Mutant(
        name="hinted-create-may-be-anything",
        layer=Layer.FSM,
        rules=("FSM-4",),
        module=_FSM,
        old=(
            "        if op.seq_no == self.remaining.fnode and not isinstance(op.change, Create):\n"
            "            return ExpectedHintedFnode(Fnode(op.seq_no))\n"
        ),
        new="",
        defect="Where hints name a create, any operation is taken, and the file never comes to be.",
    ),
    # Transition
    Mutant(
        name="untracked-operation-stops-the-branch",
        layer=Layer.FSM,
        rules=("FSM-7",),
        module=_FSM,
        old="return Step(self._after(op, payload, self.files), result)",
        new="return Step(self, result)",
        defect="An operation of a file that is not tracked is passed over, as if it was rejected.",
    ),
    Mutant(
        name="rejected-operation-moves-on",
        layer=Layer.FSM,
        rules=("FSM-5", "FSM-6", "FSM-8"),
        module=_FSM,
        old="return Step(self, result)",
        new="return Step(self._after(op, payload, self.files), result)",
        defect="An operation that contradicts the files moves the branch on.",
    ),
    Mutant(
        name="no-op-takes-no-sequence-number",
        layer=Layer.FSM,
        rules=("FSM-0",),
        module=_FSM,
        old="next_seq_no = op.seq_no + 1",
        new="next_seq_no = op.seq_no + (op.change is not None)",
        defect="A no-op is taken to be no step of the branch.",
    ),
    Mutant(
        name="checksum-kept-across-a-gap",
        layer=Layer.FSM,
        rules=("FSM-3",),
        module=_FSM,
        old="            next_checksum = remaining.segment.first_checksum\n",
        new="",
        defect="Between hinted segments the sequence number jumps, and the checksum does not.",
    ),
    Mutant(
        name="gap-not-skipped",
        layer=Layer.FSM,
        rules=("FSM-2",),
        module=_FSM,
        old=(
            "            next_seq_no = remaining.segment.first_seq_no\n"
            "            next_checksum = remaining.segment.first_checksum\n"
        ),
        new="            pass\n",
        defect="What lies between hinted segments is waited for, in the next one.",
    ),
    Mutant(
        name="segment-begins-anew-each-time",
        layer=Layer.FSM,
        rules=("FSM-2",),
        module=_FSM,
        old="remaining.segment is not None and remaining.segment is not self.remaining.segment",
        new="remaining.segment is not None",
        defect="Each operation leads to the beginning of the hinted segment, also from within.",
    ),
    Mutant(
        name="lone-create-ends-no-segment",
        layer=Layer.FSM,
        rules=("FSM-2",),
        module=_FSM,
        old="        if self.segment is not None and self.segment.last_seq_no == op.seq_no:",
        new="        elif self.segment is not None and self.segment.last_seq_no == op.seq_no:",
        defect="A hinted segment of one create is missed: it is a file or an end, never both.",
    ),
    Mutant(
        name="first-hinted-checksum-ignored",
        layer=Layer.FSM,
        rules=("FSM-3",),
        module=_FSM,
        old="            next_checksum=segments[0].first_checksum,\n",
        new="",
        defect="An FSM of hints begins with the checksum of an empty branch.",
    ),
    Mutant(
        name="log-of-the-hints-kept",
        layer=Layer.FSM,
        rules=("HINTS:LAST_LOG", "REC-11"),
        module=_FSM,
        old="            op.log,\n            next_seq_no,",
        new="            self.log,\n            next_seq_no,",
        defect="The log of the last transition is not noted, so hints name one that was left.",
    ),
    # Checksum
    Mutant(
        name="plain-crc32",
        layer=Layer.CHECKSUM,
        rules=("FSM-3",),
        module=_CRC,
        old='mkCrcFun("crc-32c")',
        new='mkCrcFun("crc-32")',
        defect="The polynomial of zip is used, not Castagnoli's.",
    ),
    Mutant(
        name="checksum-of-one-operation",
        layer=Layer.CHECKSUM,
        rules=("FSM-3",),
        module=_CRC,
        old="return _digest(payload, checksum)",
        new="return _digest(payload)",
        defect="The checksum does not go on from the one before, so branches look alike.",
    ),
    Mutant(
        name="untracked-operation-not-digested",
        layer=Layer.CHECKSUM,
        rules=("FSM-3", "FSM-7"),
        module=_FSM,
        old="return Step(self._after(op, payload, self.files), result)",
        new='return Step(self._after(op, b"", self.files), result)',
        defect="The checksum leaves out operations of files that are not tracked.",
    ),
)
"""In the order of an operation's way through the FSM, and then the checksum."""
