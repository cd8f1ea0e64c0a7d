"""Mutants of journals in files, and of registers: fences, and the checks of appends."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_DIRECTORY: Final = "rlog_model.journal.directory"
_FILE_LOG: Final = "rlog_model.journal.file_log"
_FRAGMENT: Final = "rlog_model.journal.fragment"
_IDENTITY: Final = "rlog_model.identity"
_LABELS: Final = "rlog_model.journal.labels"
_PLAYER: Final = "rlog_model.player"
_READER: Final = "rlog_model.journal.fragment_reader"
_RECORD: Final = "rlog_model.journal.record"
_RECORDER: Final = "rlog_model.recorder"
_SPOOL: Final = "rlog_model.journal.spool"

MUTANTS: Final = (
    # Registers
    Mutant(
        name="no-registers-fail-the-check",
        layer=Layer.REGISTERS,
        clauses=("JRN-5",),
        module=_LABELS,
        old="        if not registers:\n            return True\n",
        new="",
        defect="A journal that has no registers yet refuses the first recorder.",
    ),
    Mutant(
        name="union-keeps-former-values",
        layer=Layer.REGISTERS,
        rules=("PLAY-8",),
        module=_LABELS,
        old="kept = (label for label in self.labels if label[0] not in replaced)",
        new="kept = (label for label in self.labels if replaced)",
        defect="A union adds to the values of a register, so that both authors pass.",
    ),
    Mutant(
        name="fence-of-one-digit",
        layer=Layer.REGISTERS,
        rules=("PLAY-8",),
        module=_IDENTITY,
        old="digits = _BASE32[digit] + digits",
        new="digits = _BASE32[digit]",
        defect="A fence is the first digit of the author, which many authors share.",
    ),
    Mutant(
        name="handoff-without-fence",
        layer=Layer.REGISTERS,
        rules=("PLAY-8",),
        module=_PLAYER,
        old="journal.append(content, union=fence)",
        new="journal.append(content)",
        defect="A handoff leaves the registers as they are, and fences nobody off.",
    ),
    Mutant(
        name="recorder-never-checks",
        layer=Layer.REGISTERS,
        clauses=("AUT-4",),
        module=_RECORDER,
        old="LabelSelector(include=fence) if check_registers else None",
        new="None",
        defect="A recorder appends without a check, and never learns that it has lost its log.",
    ),
    Mutant(
        name="move-without-fence",
        layer=Layer.REGISTERS,
        rules=("REC-11",),
        module=_RECORDER,
        old="self._append(recorded, None, fence)",
        new="self._append(recorded, None)",
        defect="A recorder that moves to another log does not fence off who records there.",
    ),
    Mutant(
        name="move-with-a-check",
        layer=Layer.REGISTERS,
        rules=("REC-11",),
        module=_RECORDER,
        old="self._append(recorded, None, fence)",
        new="self._append(recorded, LabelSelector(include=fence), fence)",
        defect="A recorder can't move to a log where another author was before.",
    ),
    Mutant(
        name="refused-append-written",
        layer=Layer.REGISTERS,
        clauses=("JRN-5",),
        module=_FILE_LOG,
        old="                outcomes.append((pending, mismatch))\n",
        new=(
            "                outcomes.append((pending, mismatch))\n"
            "                if content:\n"
            "                    appends.append(SpoolAppend(content, None))\n"
            "                    head += len(content)\n"
        ),
        defect="An append that fails its check is refused, and lands all the same.",
    ),
    Mutant(
        name="registers-lost-with-the-fragment",
        layer=Layer.REGISTERS,
        clauses=("JRN-4",),
        module=_DIRECTORY,
        old="self._begin_spool(spool.end, spool.registers, ())",
        new="self._begin_spool(spool.end, EMPTY, ())",
        defect="The next fragment begins without registers, which frees all who were fenced off.",
    ),
    Mutant(
        name="registers-not-recovered",
        layer=Layer.REGISTERS,
        clauses=("JRN-4",),
        module=_RECORD,
        old="_decode_registers(bytes(window.take(labels, registers))) if registers else None",
        new="None",
        defect="A journal that is opened again knows the registers of its fragment's beginning.",
    ),
    # Fragments
    Mutant(
        name="open-fragment-begins-one-later",
        layer=Layer.JOURNAL,
        clauses=("JRN-6",),
        module=_DIRECTORY,
        old="spool.begin <= offset < spool.end",
        new="spool.begin < offset < spool.end",
        defect="The first byte of the open fragment is not found there.",
    ),
    Mutant(
        name="jump-over-the-open-fragment",
        layer=Layer.JOURNAL,
        rules=("PLAY-5",),
        module=_DIRECTORY,
        old="jumps_to_spool = spool is not None and offset < spool.begin < spool.end",
        new="jumps_to_spool = False",
        defect="Where all closed fragments are deleted, a read jumps to the head.",
    ),
    Mutant(
        name="fragment-name-not-padded",
        layer=Layer.JOURNAL,
        clauses=("JRN-9",),
        module=_FRAGMENT,
        old='f"{self.begin:016x}-',
        new='f"{self.begin:x}-',
        defect="The name of a fragment is not that of the layout, and nobody finds it.",
    ),
    Mutant(
        name="boundary-in-both-fragments",
        layer=Layer.JOURNAL,
        clauses=("JRN-6",),
        module=_FRAGMENT,
        old="bisect_right(self.spans, offset, key=_span_end)",
        new="bisect_right(self.spans, offset - 1, key=_span_end)",
        defect="The end of a fragment is taken for one of its bytes.",
    ),
    Mutant(
        name="position-counted-from-the-log",
        layer=Layer.JOURNAL,
        clauses=("JRN-6",),
        module=_READER,
        old="return fragment.read(offset - file.begin, limit)",
        new="return fragment.read(offset, limit)",
        defect="A fragment's file is read at the offset of the journal.",
    ),
    Mutant(
        name="read-begins-with-the-open-fragment",
        layer=Layer.JOURNAL,
        clauses=("JRN-6",),
        module=_SPOOL,
        old="self.content.read(offset - self.begin, limit)",
        new="self.content.read(0, limit)",
        defect="A read from within the open fragment gives the bytes of its beginning.",
    ),
    Mutant(
        name="roll-of-full-fragments-only",
        layer=Layer.JOURNAL,
        clauses=("JRN-8",),
        module=_FILE_LOG,
        old="        if size:\n",
        new="        if size >= self._fragment_size:\n",
        defect="A fragment that is asked to be closed stays open as long as it isn't full.",
    ),
    Mutant(
        name="pruned-by-its-beginning",
        layer=Layer.JOURNAL,
        rules=("PLAY-5",),
        module=_FILE_LOG,
        old="file.end <= before]",
        new="file.begin < before]",
        defect="A fragment is deleted though it goes on behind the offset that was given.",
    ),
    Mutant(
        name="prune-from-the-beginning",
        layer=Layer.JOURNAL,
        rules=("PLAY-5",),
        module=_FILE_LOG,
        old="if begin <= file.begin and file.end",
        new="if file.end",
        defect="All fragments before an offset are deleted, also those that were to stay.",
    ),
)
"""Registers, and then fragments."""
