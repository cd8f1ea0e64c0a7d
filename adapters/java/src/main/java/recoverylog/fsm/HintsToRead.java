package recoverylog.fsm;

import java.util.List;
import recoverylog.hints.Hints;
import recoverylog.segments.Segment;

/** The hinted segments and fnodes that were not read yet (TRN-1, TRN-13). */
final class HintsToRead {
    private final List<Segment> segments;
    private final List<Long> fnodes;
    private int segmentsRead;
    private int fnodesRead;

    HintsToRead(Hints.Flattened hints) {
        segments = hints.segments();
        fnodes = hints.fnodes();
    }

    boolean hasSegments() {
        return segmentsRead < segments.size();
    }

    boolean hasFnodes() {
        return fnodesRead < fnodes.size();
    }

    Segment nextSegment() {
        return segments.get(segmentsRead);
    }

    List<Segment> remainingSegments() {
        return segments.subList(segmentsRead, segments.size());
    }

    boolean isNextFnode(long seqNo) {
        return hasFnodes() && fnodes.get(fnodesRead) == seqNo;
    }

    /** Consumes what the operation of a number ends; true where a segment was read, and another one remains (TRN-14). */
    boolean consume(long seqNo) {
        if (isNextFnode(seqNo)) {
            fnodesRead++;
        }
        if (!hasSegments() || nextSegment().lastSeqNo() != seqNo) {
            return false;
        }
        segmentsRead++;
        return hasSegments();
    }
}
