package recoverylog.segments;

import java.util.Optional;

/** Two valid segments in the order of SEG-2. */
record Pair(Segment earlier, Segment later) {
    /** Orders two segments; where nothing else decides, the one that was there first is the earlier (SEG-2). */
    static Pair of(Segment there, Segment other) {
        boolean thereFirst = there.firstSeqNo() != other.firstSeqNo()
                ? there.firstSeqNo() < other.firstSeqNo()
                : there.lastSeqNo() >= other.lastSeqNo();
        return thereFirst ? new Pair(there, other) : new Pair(other, there);
    }

    /** The first rule by which the two contradict each other, if any (SEG-3). */
    Optional<Rule> contradiction() {
        Segment a = earlier;
        Segment b = later;
        boolean sameLog = a.log().equals(b.log());
        boolean begunBefore = a.firstSeqNo() < b.firstSeqNo();
        boolean overlap = a.lastSeqNo() >= b.firstSeqNo();
        if (sameLog && begunBefore && a.firstOffset() > b.firstOffset()) {
            return Optional.of(Rule.FIRST_OFFSETS_FALL);
        }
        if (begunBefore && !a.isEndKnown() && b.isEndKnown()) {
            return Optional.of(Rule.KNOWN_AFTER_UNKNOWN);
        }
        if (!a.isEndKnown() && !sameLog) {
            return Optional.of(Rule.OTHER_LOG_AFTER_UNKNOWN);
        }
        if (sameLog && a.isEndKnown() && b.isEndKnown() && endsDisagree()) {
            return Optional.of(Rule.LAST_OFFSETS_DISAGREE);
        }
        if (a.firstSeqNo() == b.firstSeqNo() && a.firstChecksum() != b.firstChecksum()) {
            return Optional.of(Rule.FIRST_CHECKSUMS_DIFFER);
        }
        if (overlap && a.author() != b.author()) {
            return Optional.of(Rule.AUTHORS_DIFFER);
        }
        return overlap && !sameLog ? Optional.of(Rule.LOGS_DIFFER) : Optional.empty();
    }

    private boolean endsDisagree() {
        Segment a = earlier;
        Segment b = later;
        return a.lastSeqNo() <= b.lastSeqNo() && a.lastOffset() > b.lastOffset()
                || a.lastSeqNo() >= b.lastSeqNo() && a.lastOffset() < b.lastOffset();
    }

    /** The one that the two reduce to, if they do; they don't contradict each other (SEG-4). */
    Optional<Segment> reduced() {
        Segment a = earlier;
        Segment b = later;
        // Not lastSeqNo + 1 >= firstSeqNo, for the sum can be beyond an int64 (ENC-1).
        boolean touch = a.lastSeqNo() >= b.firstSeqNo() - 1;
        if (!touch || a.author() != b.author() || !a.log().equals(b.log())) {
            return Optional.empty();
        }
        long firstOffset = a.firstSeqNo() == b.firstSeqNo()
                ? Math.max(a.firstOffset(), b.firstOffset())
                : a.firstOffset();
        long lastOffset;
        if (a.lastSeqNo() == b.lastSeqNo()) {
            lastOffset = Math.max(a.lastOffset(), b.lastOffset());
        } else {
            lastOffset = a.lastSeqNo() > b.lastSeqNo() ? a.lastOffset() : b.lastOffset();
        }
        return Optional.of(new Segment(
                a.author(),
                a.firstSeqNo(),
                firstOffset,
                a.firstChecksum(),
                Math.max(a.lastSeqNo(), b.lastSeqNo()),
                lastOffset,
                a.log()));
    }
}
