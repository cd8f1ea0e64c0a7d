"""Mutants of framing, and of operations and hints as protobuf bytes."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_FRAMING: Final = "rlog_model.framing"
_WIRE: Final = "rlog_model.wire"

MUTANTS: Final = (
    # Framing
    Mutant(
        name="length-big-endian",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old='int.from_bytes(header[4:], "little")',
        new='int.from_bytes(header[4:], "big")',
        defect="The length of a frame is read in network order.",
    ),
    Mutant(
        name="last-frame-waits",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old="len(self.buffer) < at + HEADER + length",
        new="len(self.buffer) <= at + HEADER + length",
        defect="A frame that ends with the bytes at hand waits for one more.",
    ),
    Mutant(
        name="any-length-believed",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old="while length is not None and length > MAX_PAYLOAD:",
        new="while length is not None and length >= 1 << 32:",
        defect="A length of gigabytes is waited for.",
    ),
    Mutant(
        name="empty-frame-waits",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old="if length is None or len(self.buffer)",
        new="if not length or len(self.buffer)",
        defect="A frame of no payload is taken for one whose length isn't there yet.",
    ),
    Mutant(
        name="resync-behind-the-header",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old="at = self._find_magic(at + 1)",
        new="at = self._find_magic(at + HEADER)",
        defect="Where a length is too great, its four bytes are not searched for the next magic.",
    ),
    Mutant(
        name="rejected-frame-skipped-whole",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old="        back = self._on_at(began, self.skipping_from)\n",
        new=(
            "        if self.frame_began is not None:\n"
            "            return self._on_at(self.position)\n"
            "        back = self._on_at(began, self.skipping_from)\n"
        ),
        defect="What is no operation is skipped by its own length, with the frames in it.",
    ),
    Mutant(
        name="doubted-frame-skipped-whole",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old="at = min(self._find_magic(self.frame_began + 1), self.position)",
        new="at = self.position",
        defect="A rejected operation is believed the length of its own payload.",
    ),
    Mutant(
        name="seek-forgotten-by-the-next-read",
        layer=Layer.FRAMING,
        rules=("PLAY-3",),
        module=_FRAMING,
        old="return self.begin + max(len(self.buffer), self.position)",
        new="return self.begin + len(self.buffer)",
        defect="Behind a seek the bytes that follow the former ones are asked for.",
    ),
    Mutant(
        name="bytes-at-hand-dropped",
        layer=Layer.FRAMING,
        rules=("PLAY-4",),
        module=_FRAMING,
        old="buffer=rest + content",
        new="buffer=content",
        defect="The beginning of a frame, whose end has not come yet, is lost.",
    ),
    # Operations
    Mutant(
        name="last-member-counts",
        layer=Layer.WIRE,
        clauses=("ENC-4",),
        module=_WIRE,
        old="members[0] if members else None,",
        new="members[-1] if members else None,",
        defect="Of several members the last one is the change, as in a oneof.",
    ),
    Mutant(
        name="other-members-lost",
        layer=Layer.WIRE,
        clauses=("ENC-5",),
        module=_WIRE,
        old="        members[1:],\n",
        new="        (),\n",
        defect="Members behind the first one are dropped, with the raw bytes of a write.",
    ),
    Mutant(
        name="only-canonical-bytes",
        layer=Layer.WIRE,
        clauses=("ENC-9",),
        module=_WIRE,
        old="    members = _members(message)\n",
        new=(
            "    members = _members(message)\n"
            "    if message.ByteSize() != len(payload):\n"
            '        raise MalformedOp(payload, "it is longer than it needs to be")\n'
        ),
        defect="Defaults that are written out, or longer numbers than needed, are refused.",
    ),
    Mutant(
        name="unknown-fields-refused",
        layer=Layer.WIRE,
        clauses=("ENC-9",),
        module=_WIRE,
        old="    members = _members(message)\n",
        new=(
            "    members = _members(message)\n"
            "    whole = message.ByteSize()\n"
            "    message.DiscardUnknownFields()  # type: ignore[attr-defined]\n"
            "    if message.ByteSize() != whole:\n"
            '        raise MalformedOp(payload, "a field is not known")\n'
        ),
        defect="What a later release writes is refused, and ends the branch.",
    ),
    Mutant(
        name="empty-create-is-none",
        layer=Layer.WIRE,
        clauses=("ENC-4",),
        module=_WIRE,
        old='if has("create"):',
        new="if message.create.path:",
        defect="A member that is set, with nothing but defaults in it, is taken to be absent.",
    ),
    Mutant(
        name="empty-property-is-none",
        layer=Layer.WIRE,
        clauses=("ENC-4",),
        module=_WIRE,
        old='if has("property"):',
        new="if message.property.content:",
        defect="A property without content is taken for a no-op.",
    ),
    Mutant(
        name="paths-made-text",
        layer=Layer.WIRE,
        clauses=("ENC-2",),
        module=_WIRE,
        old='_ESCAPE: Final = "surrogateescape"',
        new='_ESCAPE: Final = "replace"',
        defect="Bytes of a path that are no UTF-8 become question marks.",
    ),
    Mutant(
        name="length-of-32-bits",
        layer=Layer.WIRE,
        clauses=("ENC-3",),
        module=_WIRE,
        old="members.append(Write(Fnode(write.fnode), write.offset, write.length))",
        new="members.append(Write(Fnode(write.fnode), write.offset, write.length & 0xFFFFFFFF))",
        defect="The length of a write is held in 32 bits, without a sign.",
    ),
    # Hints
    Mutant(
        name="log-of-a-segment-not-read",
        layer=Layer.WIRE,
        rules=("HINTS:LAST_LOG",),
        module=_WIRE,
        old="        message.last_offset,\n        _text(message.log),\n",
        new='        message.last_offset,\n        "",\n',
        defect="The log of a segment, which older releases don't write, is not read.",
    ),
)
"""Framing, operations, hints."""
