package recoverylog.segments;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import recoverylog.bytes.ByteString;

/** Segments in rising order, of which no neighbours overlap or reduce to one (SEG-6). */
public final class SegmentSet {
    private final List<Segment> segments = new ArrayList<>();

    /** The segments, in their order (SEG-6). */
    public List<Segment> segments() {
        return Collections.unmodifiableList(segments);
    }

    /** Adds a segment; a refused add changes nothing (SEG-7, SEG-8). */
    public void add(Segment added) throws RefusedException {
        added.validate();
        int first = countBefore(added.firstSeqNo());
        int behind = first;
        Segment working = added;
        if (first > 0) {
            Optional<Segment> one = compare(segments.get(first - 1), working);
            if (one.isPresent()) {
                first--;
                working = one.get();
            }
        }
        while (behind < segments.size()) {
            Optional<Segment> one = compare(segments.get(behind), working);
            if (one.isEmpty()) {
                break;
            }
            working = one.get();
            behind++;
        }
        List<Segment> replaced = segments.subList(first, behind);
        replaced.clear();
        replaced.add(working);
    }

    /** The segments of a log that bear on a range of its bytes (SEG-10). */
    public List<Segment> intersect(ByteString log, long first, long last) {
        if (first > last) {
            throw new IllegalArgumentException("invalid range");
        }
        return segments.stream()
                .filter(s -> s.log().equals(log))
                .filter(s -> s.firstOffset() < last && (!s.isEndKnown() || s.lastOffset() > first))
                .toList();
    }

    private static Optional<Segment> compare(Segment there, Segment working) throws RefusedException {
        Pair pair = Pair.of(there, working);
        Optional<Rule> broken = pair.contradiction();
        if (broken.isPresent()) {
            throw new RefusedException(broken.get(), pair.earlier(), pair.later());
        }
        return pair.reduced();
    }

    private int countBefore(long firstSeqNo) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).firstSeqNo() < firstSeqNo) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
