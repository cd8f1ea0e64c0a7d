package recoverylog.segments;

import java.util.Optional;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Operation;

/** A run of operations of a branch, by one author in one log (ENC-7). A {@code lastOffset} of 0 is not known. */
public record Segment(
        long author,
        long firstSeqNo,
        long firstOffset,
        long firstChecksum,
        long lastSeqNo,
        long lastOffset,
        ByteString log) {

    /** The segment of just one operation (TRN-6). */
    public static Segment of(Operation op) {
        return new Segment(
                op.author(), op.seqNo(), op.firstOffset(), op.checksum(), op.seqNo(), op.lastOffset(), op.log());
    }

    /** The first rule that the segment breaks on its own, if any (SEG-1). */
    public Optional<Rule> broken() {
        if (author == 0) {
            return Optional.of(Rule.AUTHOR);
        }
        if (firstSeqNo < 1) {
            return Optional.of(Rule.FIRST_SEQ_NO);
        }
        if (firstOffset < 0) {
            return Optional.of(Rule.FIRST_OFFSET);
        }
        if (lastSeqNo < firstSeqNo) {
            return Optional.of(Rule.LAST_SEQ_NO);
        }
        if (isEndKnown() && lastOffset <= firstOffset) {
            return Optional.of(Rule.LAST_OFFSET);
        }
        return LogName.isValid(log) ? Optional.empty() : Optional.of(Rule.LOG);
    }

    /** Refuses a segment that is not valid (SEG-1). */
    public void validate() throws RefusedException {
        Optional<Rule> broken = broken();
        if (broken.isPresent()) {
            throw new RefusedException(broken.get());
        }
    }

    /** Whether it says where it ends (SEG-1). */
    public boolean isEndKnown() {
        return lastOffset != 0;
    }

    /** The same segment, up to another operation (TRN-9). */
    public Segment extended(long seqNo, long offset) {
        return new Segment(author, firstSeqNo, firstOffset, firstChecksum, seqNo, offset, log);
    }

    /** The same segment in another log (HNT-3, HNT-7). */
    public Segment inLog(ByteString other) {
        return new Segment(author, firstSeqNo, firstOffset, firstChecksum, lastSeqNo, lastOffset, other);
    }
}
