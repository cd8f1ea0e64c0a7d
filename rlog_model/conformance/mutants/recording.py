"""Mutants of recording: from filesystem events to operations, by the rules REC-1 to REC-12."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_RECORDING: Final = "rlog_model.recording"
_DRAFT: Final = "rlog_model.recording_draft"
_NAMESPACE: Final = "rlog_model.namespace"
_RECORDER: Final = "rlog_model.recorder"

MUTANTS: Final = (
    Mutant(
        name="exclusive-open-of-a-file",
        layer=Layer.RECORDING,
        rules=("REC-1",),
        module=_NAMESPACE,
        old=(
            "    if there and OpenFlags.EXCLUSIVE in flags:\n"
            '        raise PosixError("EEXIST", path)\n'
        ),
        new="",
        defect="An exclusive open of a file that is there is recorded, and can't have happened.",
    ),
    Mutant(
        name="prefix-taken-for-a-directory",
        layer=Layer.RECORDING,
        rules=("REC-1",),
        module=_NAMESPACE,
        old='if source.startswith(target + "/"):',
        new="if source.startswith(target):",
        defect="A rename of /ab to /a is refused as one onto a directory above.",
    ),
    Mutant(
        name="open-for-writing-truncates",
        layer=Layer.RECORDING,
        rules=("REC-2",),
        module=_RECORDING,
        old="draft.replace(file) if OpenFlags.TRUNCATE in flags else file",
        new="draft.replace(file) if OpenFlags.WRITE in flags else file",
        defect="Each opening for writing is recorded as a new file.",
    ),
    Mutant(
        name="empty-write-not-recorded",
        layer=Layer.RECORDING,
        rules=("REC-3",),
        module=_RECORDING,
        old="        if fnode in self.fsm.live_nodes:\n",
        new="        if content and fnode in self.fsm.live_nodes:\n",
        defect="A write of no bytes is left out.",
    ),
    Mutant(
        name="empty-write-extends",
        layer=Layer.RECORDING,
        rules=("REC-3",),
        module=_DRAFT,
        old="if known is not None and content and known <",
        new="if known is not None and known <",
        defect="A write of no bytes behind the end is taken to extend the file.",
    ),
    Mutant(
        name="write-without-a-path-recorded",
        layer=Layer.RECORDING,
        rules=("REC-3",),
        module=_RECORDING,
        old=(
            "        if fnode in self.fsm.live_nodes:\n"
            "            draft.write(fnode, offset, content)\n"
        ),
        new="        draft.write(fnode, offset, content)\n",
        defect="A write to a file that is open, and has lost its last link, is recorded.",
    ),
    Mutant(
        name="open-file-stays-behind",
        layer=Layer.RECORDING,
        rules=("REC-4",),
        module=_DRAFT,
        old="        self._successors = self._successors.insert(fnode, successor)\n",
        new="",
        defect="Who has a file open that is truncated goes on with the fnode that is gone.",
    ),
    Mutant(
        name="successor-followed-once",
        layer=Layer.RECORDING,
        rules=("REC-4",),
        module=_RECORDING,
        old="while (successor :=",
        new="if (successor :=",
        defect="A file that was truncated twice while it was open is looked for halfway.",
    ),
    Mutant(
        name="other-links-lost-by-truncation",
        layer=Layer.RECORDING,
        rules=("REC-4",),
        module=_DRAFT,
        old="        for path in others:\n            self.link(successor, path)\n",
        new="",
        defect="A truncated file keeps only the first of its links.",
    ),
    Mutant(
        name="empty-file-not-truncated",
        layer=Layer.RECORDING,
        rules=("REC-4", "REC-5"),
        module=_RECORDING,
        old="(known == size and size > 0)",
        new="known == size",
        defect="Truncating an empty file to nothing is taken for no event.",
    ),
    Mutant(
        name="extended-by-one-more",
        layer=Layer.RECORDING,
        rules=("REC-5",),
        module=_RECORDING,
        old='draft.write(fnode, size - 1, b"\\0")',
        new='draft.write(fnode, size, b"\\0")',
        defect="A file is extended by a zero behind its new last byte.",
    ),
    Mutant(
        name="size-of-the-last-write",
        layer=Layer.RECORDING,
        rules=("REC-5",),
        module=_DRAFT,
        old="self._sizes = self._sizes.insert(fnode, offset + len(content))",
        new="self._sizes = self._sizes.insert(fnode, len(content))",
        defect="The known size of a file leaves out where the write began.",
    ),
    Mutant(
        name="size-only-grows-at-the-end",
        layer=Layer.RECORDING,
        rules=("REC-5",),
        module=_DRAFT,
        old="and content and known < offset + len(content)",
        new="and content and known < offset",
        defect="A write that begins within a file and ends behind it is not seen to extend it.",
    ),
    Mutant(
        name="only-the-last-unlink-recorded",
        layer=Layer.RECORDING,
        rules=("REC-6",),
        module=_RECORDING,
        old="        draft.unlink(self._file(path), path)\n",
        new=(
            "        if len(self.fsm.live_nodes[self._file(path)].links) == 1:\n"
            "            draft.unlink(self._file(path), path)\n"
        ),
        defect="An unlink that leaves the file other links is left out.",
    ),
    Mutant(
        name="rename-among-hard-links",
        layer=Layer.RECORDING,
        rules=("REC-7",),
        module=_NAMESPACE,
        old="if source == target or (file is not None and file == replaced):",
        new="if source == target:",
        defect="A rename of one link of a file onto another one removes it, which POSIX doesn't.",
    ),
    Mutant(
        name="replaced-file-loses-all-links",
        layer=Layer.RECORDING,
        rules=("REC-7",),
        module=_RECORDING,
        old="                draft.unlink(self.fsm.links[moved], moved)\n",
        new=(
            "                replaced = self.fsm.links[moved]\n"
            "                for lost in sorted(self.fsm.live_nodes[replaced].links):\n"
            "                    draft.unlink(replaced, lost)\n"
        ),
        defect="A rename onto a file removes the file, with its links elsewhere.",
    ),
    Mutant(
        name="nested-files-stay",
        layer=Layer.RECORDING,
        rules=("REC-8",),
        module=_NAMESPACE,
        old=(
            "                if path in self.entries:\n"
            "                    unread.append(path)\n"
            "                else:\n"
        ),
        new="                if path not in self.entries:\n",
        defect="A directory moves without its directories.",
    ),
    Mutant(
        name="directory-onto-a-file",
        layer=Layer.RECORDING,
        rules=("REC-8",),
        module=_NAMESPACE,
        old=(
            "    if from_directory and replaced is not None:\n"
            '        raise PosixError("ENOTDIR", target)\n'
        ),
        new="",
        defect="A directory may be renamed to where a file is.",
    ),
    Mutant(
        name="source-of-a-property-stays",
        layer=Layer.RECORDING,
        rules=("REC-9",),
        module=_RECORDING,
        old="                draft.seal(fnode, moved, content)\n",
        new="                draft.seal(fnode, moved, content)\n                continue\n",
        defect="A file that becomes a property is left at its former path, too.",
    ),
    Mutant(
        name="property-with-other-links",
        layer=Layer.RECORDING,
        rules=("REC-9",),
        module=_RECORDING,
        old=(
            "        if len(self.fsm.live_nodes[fnode].links) > 1:\n"
            "            raise RecordingRefused(Reason.SEVERAL_LINKS, path)\n"
        ),
        new="",
        defect="A file with other links may become a property, which shares no bytes.",
    ),
    Mutant(
        name="property-opened-for-writing",
        layer=Layer.RECORDING,
        rules=("REC-10",),
        module=_RECORDING,
        old=(
            "            if OpenFlags.WRITE in flags:\n"
            "                raise RecordingRefused(Reason.PROPERTY, path)\n"
        ),
        new="",
        defect="A property may be opened for writing, and what is written is lost.",
    ),
    Mutant(
        name="link-to-a-property-path",
        layer=Layer.RECORDING,
        rules=("REC-10",),
        module=_RECORDING,
        old=(
            "        if target in self.property_paths:\n"
            "            raise RecordingRefused(Reason.PROPERTY, target)\n"
        ),
        new="",
        defect="A file may be linked at a property path.",
    ),
    Mutant(
        name="sealed-file-written",
        layer=Layer.RECORDING,
        rules=("REC-10",),
        module=_RECORDING,
        old=(
            "            if sealed == fnode:\n"
            "                raise RecordingRefused(Reason.PROPERTY, path)\n"
        ),
        new="            pass\n",
        defect="Who has a file open that became a property writes on, and nothing is recorded.",
    ),
    Mutant(
        name="former-property-still-sealed",
        layer=Layer.RECORDING,
        rules=("REC-10",),
        module=_DRAFT,
        old="        self._sealed = self._sealed.insert(path, fnode)\n",
        new=(
            "        if path not in self._sealed:\n"
            "            self._sealed = self._sealed.insert(path, fnode)\n"
        ),
        defect="The first file that became a property is refused for good, and the next one isn't.",
    ),
    Mutant(
        name="move-without-a-no-op",
        layer=Layer.RECORDING,
        rules=("REC-11",),
        module=_RECORDING,
        old="            draft.op(None)\n",
        new="",
        defect="A recorder moves silently, and nothing in the new log goes on from the old one.",
    ),
    Mutant(
        name="move-in-a-revision-of-one-log",
        layer=Layer.RECORDING,
        rules=("REC-11",),
        module=_RECORDING,
        old=(
            "    if not fsm.revision.several_logs:\n"
            "        raise RecordingRefused(Reason.CANNOT_MOVE, fsm.log, log)\n"
        ),
        new="",
        defect="A recorder moves to another log in a revision whose hints can't say so.",
    ),
    Mutant(
        name="landed-bytes-still-pend",
        layer=Layer.RECORDING,
        rules=("REC-12",),
        module=_RECORDING,
        old="pending=self.pending - length",
        new="pending=self.pending",
        defect="Bytes that have landed are counted twice, so first offsets are no lower bounds.",
    ),
    Mutant(
        name="bound-behind-the-event",
        layer=Layer.RECORDING,
        rules=("REC-12",),
        module=_DRAFT,
        old="first_offset=self._first_offset + self.length,",
        new="first_offset=self._first_offset + self.length + len(raw),",
        defect="The raw bytes of a write are counted before its frame.",
    ),
    # The recorder that drives it
    Mutant(
        name="played-files-taken-for-empty",
        layer=Layer.RECORDER,
        rules=("REC-5",),
        module=_RECORDER,
        old="os.stat(self.directory + min(state.links)).st_size",
        new="0",
        defect="The sizes of files that a player made are taken to be 0.",
    ),
    Mutant(
        name="truncation-by-the-former-fnode",
        layer=Layer.RECORDER,
        rules=("REC-4", "REC-5"),
        module=_RECORDER,
        old="recording.needs_content(recording.resolve(fnode), size)",
        new="recording.needs_content(fnode, size)",
        defect="Whether a truncation needs the content is asked of the fnode that was replaced.",
    ),
    Mutant(
        name="flag-to-truncate-missed",
        layer=Layer.RECORDER,
        rules=("REC-4",),
        module=_RECORDER,
        old="    os.O_TRUNC: OpenFlags.TRUNCATE,\n",
        new="",
        defect="Opening a file to truncate it is taken for opening it.",
    ),
    Mutant(
        name="fenced-recorder-goes-on",
        layer=Layer.RECORDER,
        clauses=("AUT-4", "REC-15"),
        module=_RECORDER,
        old="self._failed = failed = self._failed or error",
        new="failed = self._failed or error",
        defect="A recorder that was fenced off fails one append, and accepts the next event.",
    ),
)
"""In the order of the rules, and then the recorder."""
