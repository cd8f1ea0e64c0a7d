"""Mutants of what operations do to tracked files and properties."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_FILES: Final = "rlog_model.files"

MUTANTS: Final = (
    # Segments of a file
    Mutant(
        name="next-author-extends-the-run",
        layer=Layer.FILES,
        rules=("FSM-1",),
        module=_FILES,
        old="if last.author != op.author or last.log != op.log:",
        new="if last.log != op.log:",
        defect="A file's segment is extended by the next author's operations.",
    ),
    Mutant(
        name="next-log-extends-the-run",
        layer=Layer.FILES,
        rules=("REC-11",),
        module=_FILES,
        old="if last.author != op.author or last.log != op.log:",
        new="if last.author != op.author:",
        defect="A file's segment is extended by operations in another log.",
    ),
    Mutant(
        name="end-of-segment-kept",
        layer=Layer.FILES,
        rules=("SEGMENT:LAST_OFFSET",),
        module=_FILES,
        old="            op.last_offset,\n            last.log,",
        new="            last.last_offset,\n            last.log,",
        defect="A segment that grows keeps the offset at which it ended before.",
    ),
    Mutant(
        name="write-extends-nothing",
        layer=Layer.FILES,
        rules=("FSM-0",),
        module=_FILES,
        old="state = FnodeState(state.links, state.extended(op))",
        new="state = FnodeState(state.links, state.segments)",
        defect="Writes are not noted, so hints leave out the last ones of a file.",
    ),
    Mutant(
        name="unlink-extends-nothing",
        layer=Layer.FILES,
        rules=("FSM-0",),
        module=_FILES,
        old="FnodeState(remaining, state.extended(op))",
        new="FnodeState(remaining, state.segments)",
        defect="The unlink of one of several paths is not noted, so hints bring the path back.",
    ),
    # Paths and files
    Mutant(
        name="link-onto-a-file",
        layer=Layer.FILES,
        rules=("FSM-5", "FSM-6"),
        module=_FILES,
        old=(
            "    if taken := _path_taken(files, change.path):\n"
            "        return taken\n"
            "    state = files.live_nodes.get(change.fnode)\n"
        ),
        new="    state = files.live_nodes.get(change.fnode)\n",
        defect="A link is not asked whether its path is free.",
    ),
    Mutant(
        name="property-onto-a-file",
        layer=Layer.FILES,
        rules=("FSM-5",),
        module=_FILES,
        old=(
            "    path, content = change.path, change.content\n"
            "    fnode = files.links.get(path)\n"
            "    if fnode is not None:\n"
            "        return LinkExists(path, fnode)\n"
        ),
        new="    path, content = change.path, change.content\n",
        defect="A property may be set where a file is linked.",
    ),
    Mutant(
        name="hints-asked-before-paths",
        layer=Layer.FILES,
        rules=("FSM-5", "FSM-7"),
        module=_FILES,
        old=(
            "    if taken := _path_taken(files, change.path):\n"
            "        return taken\n"
            "    if stage.hinted and fnode != stage.next_fnode:\n"
            "        return FnodeNotTracked(fnode)\n"
        ),
        new=(
            "    if stage.hinted and fnode != stage.next_fnode:\n"
            "        return FnodeNotTracked(fnode)\n"
            "    if taken := _path_taken(files, change.path):\n"
            "        return taken\n"
        ),
        defect="A create which hints don't name is not asked whether its path is free.",
    ),
    Mutant(
        name="create-tracked-without-hint",
        layer=Layer.FILES,
        rules=("FSM-7",),
        module=_FILES,
        old=(
            "    if stage.hinted and fnode != stage.next_fnode:\n"
            "        return FnodeNotTracked(fnode)\n"
        ),
        new="",
        defect="While hints remain, files are tracked which they don't name.",
    ),
    Mutant(
        name="write-to-nothing-applied",
        layer=Layer.FILES,
        rules=("FSM-7",),
        module=_FILES,
        old=(
            "        return FnodeNotTracked(change.fnode)\n"
            "    state = FnodeState(state.links, state.extended(op))\n"
        ),
        new="        return files\n    state = FnodeState(state.links, state.extended(op))\n",
        defect="A write to a file that is not tracked counts as applied.",
    ),
    Mutant(
        name="unlink-of-another-files-path",
        layer=Layer.FILES,
        rules=("FSM-8",),
        module=_FILES,
        old="if change.path not in state.links:",
        new="if change.path not in files.links:",
        defect="An unlink is asked whether its path is linked, and not to which file.",
    ),
    Mutant(
        name="file-outlives-its-links",
        layer=Layer.FILES,
        rules=("FSM-0",),
        module=_FILES,
        old="    if remaining:\n",
        new="    if remaining is not None:\n",
        defect="A file whose last link is gone is still tracked.",
    ),
    # Properties
    Mutant(
        name="pending-property-rejects",
        layer=Layer.FILES,
        rules=("FSM-6",),
        module=_FILES,
        old="if files.is_property(path):\n",
        new="if path in files.properties:\n",
        defect="A property that only hints name rejects the files that were at its path before.",
    ),
    Mutant(
        name="property-never-changes",
        layer=Layer.FILES,
        rules=("FSM-6",),
        module=_FILES,
        old="if files.is_property(path) and not stage.revision.property_may_change:",
        new="if files.is_property(path):",
        defect="The rule of older releases is applied in all: a property is set once.",
    ),
    Mutant(
        name="property-always-changes",
        layer=Layer.FILES,
        rules=("FSM-6",),
        module=_FILES,
        old="        if content != former:\n            return PropertyExists(path, former)\n",
        new="",
        defect="The rule of the newest release is applied in all: a property takes other content.",
    ),
    Mutant(
        name="hinted-property-overwritten",
        layer=Layer.FILES,
        rules=("FSM-6",),
        module=_FILES,
        old=("    if stage.hinted:\n        content = files.properties.get(path, content)\n"),
        new="",
        defect="An older content, from before the moment of the hints, replaces the hinted one.",
    ),
    Mutant(
        name="pending-property-yields-early",
        layer=Layer.FILES,
        rules=("FSM-0",),
        module=_FILES,
        old="return linked if stage.hinted else _yielding(linked, path)",
        new="return _yielding(linked, path)",
        defect="A hinted property is lost to a file that was at its path before it.",
    ),
    Mutant(
        name="pending-property-never-yields",
        layer=Layer.FILES,
        rules=("FSM-0",),
        module=_FILES,
        old="return linked if stage.hinted else _yielding(linked, path)",
        new="return linked",
        defect="A file that comes after all hints leaves the hinted property at its path.",
    ),
    Mutant(
        name="pending-property-yields-at-its-path-alone",
        layer=Layer.FILES,
        rules=("FSM-0",),
        module=_FILES,
        old="{pending for pending in files.pending if clash((path, pending))}",
        new="files.pending & {path}",
        defect="A hinted property stays above or below a file that no directory holds beside it.",
    ),
    Mutant(
        name="pending-property-yields-to-files-alone",
        layer=Layer.FILES,
        rules=("FSM-0",),
        module=_FILES,
        old="        files = _yielding(files, path)\n",
        new="        pass\n",
        defect="A hinted property stays above or below another one that the log records later.",
    ),
    Mutant(
        name="recorded-property-still-pending",
        layer=Layer.FILES,
        rules=("FSM-6",),
        module=_FILES,
        old=(
            "        properties=files.properties.insert(path, content),\n"
            "        pending=files.pending - {path},\n"
        ),
        new="        properties=files.properties.insert(path, content),\n",
        defect="A property stays pending when the log has recorded it, and yields to later files.",
    ),
)
"""A file's segments, its paths, and properties."""
