"""Mutants of segments: the rules of one, of a pair, the reduction, and sets."""

from __future__ import annotations

from typing import Final

from rlog_model.conformance.mutants.mutant import Layer, Mutant

_SEGMENT: Final = "rlog_model.segment"
_SET: Final = "rlog_model.segment_set"

MUTANTS: Final = (
    # One segment
    Mutant(
        name="author-zero-accepted",
        layer=Layer.SEGMENTS,
        rules=("SEGMENT:AUTHOR",),
        module=_SEGMENT,
        old="lambda s: s.author != 0",
        new="lambda s: s.author >= 0",
        defect="An author is only asked to be a uint32, so nobody, author 0, has segments.",
    ),
    Mutant(
        name="sequence-number-zero-accepted",
        layer=Layer.SEGMENTS,
        rules=("SEGMENT:FIRST_SEQ_NO",),
        module=_SEGMENT,
        old="lambda s: s.first_seq_no > 0",
        new="lambda s: s.first_seq_no >= 0",
        defect="Sequence numbers are taken to count from 0.",
    ),
    Mutant(
        name="first-offset-zero-refused",
        layer=Layer.SEGMENTS,
        rules=("SEGMENT:FIRST_OFFSET",),
        module=_SEGMENT,
        old="lambda s: s.first_offset >= 0",
        new="lambda s: s.first_offset > 0",
        defect="Offset 0 is taken for one that is not known, also where a segment begins.",
    ),
    Mutant(
        name="segment-of-one-operation-refused",
        layer=Layer.SEGMENTS,
        rules=("SEGMENT:LAST_SEQ_NO",),
        module=_SEGMENT,
        old="lambda s: s.last_seq_no >= s.first_seq_no",
        new="lambda s: s.last_seq_no > s.first_seq_no",
        defect="The last sequence number is taken to be exclusive, so one operation is no run.",
    ),
    Mutant(
        name="segment-without-bytes-accepted",
        layer=Layer.SEGMENTS,
        rules=("SEGMENT:LAST_OFFSET",),
        module=_SEGMENT,
        old="s.last_offset == UNKNOWN_OFFSET or s.last_offset > s.first_offset",
        new="s.last_offset == UNKNOWN_OFFSET or s.last_offset >= s.first_offset",
        defect="The last offset is taken to be inclusive, so a segment may end where it begins.",
    ),
    Mutant(
        name="segment-without-log-accepted",
        layer=Layer.SEGMENTS,
        rules=("SEGMENT:LOG",),
        module=_SEGMENT,
        old="            validate_log_name(self.log)",
        new="            if self.log:\n                validate_log_name(self.log)",
        defect="A segment may have no log in a set, too, where nothing says which is meant.",
    ),
    # Pairs
    Mutant(
        name="first-offsets-compared-across-logs",
        layer=Layer.SEGMENTS,
        rules=("PAIR:FIRST_OFFSETS_FALL",),
        module=_SEGMENT,
        old="a.log == b.log and a.first_seq_no < b.first_seq_no and a.first_offset",
        new="a.first_seq_no < b.first_seq_no and a.first_offset",
        defect="Offsets of two logs are compared, so a branch can't go on in a shorter log.",
    ),
    Mutant(
        name="equal-first-offsets-refused",
        layer=Layer.SEGMENTS,
        rules=("PAIR:FIRST_OFFSETS_FALL",),
        module=_SEGMENT,
        old="a.first_seq_no < b.first_seq_no and a.first_offset > b.first_offset",
        new="a.first_seq_no < b.first_seq_no and a.first_offset >= b.first_offset",
        defect="First offsets are taken for exact, so two that are one lower bound are refused.",
    ),
    Mutant(
        name="unknown-after-known-refused",
        layer=Layer.SEGMENTS,
        rules=("PAIR:KNOWN_AFTER_UNKNOWN",),
        module=_SEGMENT,
        old="a.last_offset == UNKNOWN_OFFSET != b.last_offset",
        new="b.last_offset == UNKNOWN_OFFSET != a.last_offset",
        defect="The rule is the wrong way round: a recorder can't go on behind what was played.",
    ),
    Mutant(
        name="known-of-equal-start-refused",
        layer=Layer.SEGMENTS,
        rules=("PAIR:KNOWN_AFTER_UNKNOWN",),
        module=_SEGMENT,
        old="a.first_seq_no < b.first_seq_no and a.last_offset == UNKNOWN_OFFSET != b",
        new="a.first_seq_no <= b.first_seq_no and a.last_offset == UNKNOWN_OFFSET != b",
        defect="A known and an unknown end are refused, too, where both segments begin as one.",
    ),
    Mutant(
        name="other-log-after-unknown-accepted",
        layer=Layer.SEGMENTS,
        rules=("PAIR:OTHER_LOG_AFTER_UNKNOWN",),
        module=_SEGMENT,
        old=(
            "    (\n"
            "        PairRule.OTHER_LOG_AFTER_UNKNOWN,\n"
            "        lambda a, b: a.last_offset == UNKNOWN_OFFSET and a.log != b.log,\n"
            "    ),\n"
        ),
        new="",
        defect="The rule is forgotten: nothing tells a player where to leave the first log.",
    ),
    Mutant(
        name="last-offsets-of-one-end-may-fall",
        layer=Layer.SEGMENTS,
        rules=("PAIR:LAST_OFFSETS_DISAGREE",),
        module=_SEGMENT,
        old="if earlier.last_seq_no <= later.last_seq_no and earlier.last_offset",
        new="if earlier.last_seq_no < later.last_seq_no and earlier.last_offset",
        defect="Two segments which end with one operation may end at two offsets.",
    ),
    Mutant(
        name="last-offsets-compared-across-logs",
        layer=Layer.SEGMENTS,
        rules=("PAIR:LAST_OFFSETS_DISAGREE",),
        module=_SEGMENT,
        old="if earlier.log != later.log or UNKNOWN_OFFSET in",
        new="if UNKNOWN_OFFSET in",
        defect="The ends of segments in two logs are compared.",
    ),
    Mutant(
        name="first-checksums-unchecked",
        layer=Layer.SEGMENTS,
        rules=("PAIR:FIRST_CHECKSUMS_DIFFER",),
        module=_SEGMENT,
        old=(
            "    (\n"
            "        PairRule.FIRST_CHECKSUMS_DIFFER,\n"
            "        lambda a, b: a.first_seq_no == b.first_seq_no and a.first_checksum"
            " != b.first_checksum,\n"
            "    ),\n"
        ),
        new="",
        defect="Segments of two branches which begin at one sequence number are taken for one run.",
    ),
    Mutant(
        name="authors-may-overlap",
        layer=Layer.SEGMENTS,
        rules=("PAIR:AUTHORS_DIFFER",),
        module=_SEGMENT,
        old="(PairRule.AUTHORS_DIFFER, lambda a, b: overlap(a, b) and a.author != b.author),",
        new="",
        defect="The rule is forgotten: two authors have written one operation.",
    ),
    Mutant(
        name="logs-may-overlap",
        layer=Layer.SEGMENTS,
        rules=("PAIR:LOGS_DIFFER",),
        module=_SEGMENT,
        old="(PairRule.LOGS_DIFFER, lambda a, b: overlap(a, b) and a.log != b.log),",
        new="",
        defect="The rule is forgotten: one operation is in two logs.",
    ),
    Mutant(
        name="overlap-of-one-operation-missed",
        layer=Layer.SEGMENTS,
        rules=("PAIR:AUTHORS_DIFFER", "PAIR:LOGS_DIFFER"),
        module=_SEGMENT,
        old="return earlier.last_seq_no >= later.first_seq_no",
        new="return earlier.last_seq_no > later.first_seq_no",
        defect="Two segments that share just one operation are taken to be apart.",
    ),
    Mutant(
        name="touching-taken-for-overlap",
        layer=Layer.SEGMENTS,
        rules=("PAIR:AUTHORS_DIFFER", "PAIR:LOGS_DIFFER"),
        module=_SEGMENT,
        old="return earlier.last_seq_no >= later.first_seq_no",
        new="return earlier.last_seq_no + 1 >= later.first_seq_no",
        defect="A segment that follows at once on another author's is taken to overlap it.",
    ),
    # The reduction
    Mutant(
        name="order-of-arrival",
        layer=Layer.SEGMENTS,
        rules=("PAIR:FIRST_OFFSETS_FALL", "PAIR:LAST_OFFSETS_DISAGREE"),
        module=_SEGMENT,
        old="return other, one",
        new="return one, other",
        defect="The segment that was there first is taken for the earlier one.",
    ),
    Mutant(
        name="touching-runs-not-joined",
        layer=Layer.SEGMENTS,
        clauses=("SEG-4",),
        module=_SEGMENT,
        old="touch = earlier.last_seq_no + 1 >= later.first_seq_no",
        new="touch = earlier.last_seq_no >= later.first_seq_no",
        defect="Only runs that overlap are joined, and not those that touch.",
    ),
    Mutant(
        name="runs-of-two-authors-joined",
        layer=Layer.SEGMENTS,
        rules=("FSM-1",),
        module=_SEGMENT,
        old="if not touch or earlier.author != later.author or earlier.log != later.log:",
        new="if not touch or earlier.log != later.log:",
        defect="A run is joined with the next author's.",
    ),
    Mutant(
        name="runs-in-two-logs-joined",
        layer=Layer.SEGMENTS,
        rules=("PLAY-3",),
        module=_SEGMENT,
        old="if not touch or earlier.author != later.author or earlier.log != later.log:",
        new="if not touch or earlier.author != later.author:",
        defect="The runs of one author in two logs are joined, as if nobody ever moved.",
    ),
    Mutant(
        name="lesser-of-two-lower-bounds",
        layer=Layer.SEGMENTS,
        clauses=("SEG-4",),
        module=_SEGMENT,
        old="first_offset = max(first_offset, later.first_offset)",
        new="first_offset = min(first_offset, later.first_offset)",
        defect="Of two lower bounds of one operation the weaker one is kept.",
    ),
    Mutant(
        name="last-by-its-offset",
        layer=Layer.SEGMENTS,
        clauses=("SEG-4",),
        module=_SEGMENT,
        old="key=lambda s: (s.last_seq_no, s.last_offset)",
        new="key=lambda s: s.last_offset",
        defect="The segment which ends last is found by its offset, which may not be known.",
    ),
    Mutant(
        name="known-end-dropped",
        layer=Layer.SEGMENTS,
        clauses=("SEG-4",),
        module=_SEGMENT,
        old="key=lambda s: (s.last_seq_no, s.last_offset)",
        new="key=lambda s: s.last_seq_no",
        defect="Of two that end together the first one's end is kept, known or not.",
    ),
    # Sets
    Mutant(
        name="one-neighbour-above-reduced",
        layer=Layer.SEGMENTS,
        rules=("PAIR:AUTHORS_DIFFER",),
        module=_SET,
        old="        if len(reduced) == 2:\n            break",
        new="        break",
        defect="A segment that reaches over several others is reduced with the first of them only.",
    ),
    Mutant(
        name="stops-at-the-neighbour-below",
        layer=Layer.SEGMENTS,
        rules=("PAIR:LAST_OFFSETS_DISAGREE",),
        module=_SET,
        old=(
            "    if place > 0:\n"
            "        result = list(reduce(ordered[first], segment))\n"
            "        last = place\n"
        ),
        new="",
        defect="Where the neighbour below stays apart, those above are not looked at.",
    ),
    Mutant(
        name="intersection-misses-unknown-ends",
        layer=Layer.SEGMENTS,
        clauses=("SEG-10",),
        module=_SET,
        old="(s.last_offset == UNKNOWN_OFFSET or s.last_offset > first_offset)",
        new="s.last_offset > first_offset",
        defect="A segment whose end is not known is taken to end at 0.",
    ),
    Mutant(
        name="intersection-with-its-end",
        layer=Layer.SEGMENTS,
        clauses=("SEG-10",),
        module=_SET,
        old="and s.first_offset < last_offset",
        new="and s.first_offset <= last_offset",
        defect="The range's last offset is taken to be inclusive.",
    ),
    Mutant(
        name="intersection-of-all-logs",
        layer=Layer.SEGMENTS,
        clauses=("SEG-10",),
        module=_SET,
        old="if s.log == log\n                and s.first_offset",
        new="if s.first_offset",
        defect="Segments of every log are found.",
    ),
)
"""In the order of the rules."""
