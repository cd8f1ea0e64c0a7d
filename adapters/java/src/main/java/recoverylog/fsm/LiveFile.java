package recoverylog.fsm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Operation;
import recoverylog.segments.Segment;

/** A live file: its links, and the segments that hold its operations (TRN-1). */
public final class LiveFile {
    private final SortedSet<ByteString> links = new TreeSet<>();
    private final List<Segment> segments = new ArrayList<>(2);

    /** The file that an operation creates (TRN-6). */
    LiveFile(ByteString path, Operation op) {
        links.add(path);
        segments.add(Segment.of(op));
    }

    /** Its paths, in rising order (TRN-1). */
    public SortedSet<ByteString> links() {
        return Collections.unmodifiableSortedSet(links);
    }

    /** Its segments, in the order in which they were applied (TRN-1). */
    public List<Segment> segments() {
        return Collections.unmodifiableList(segments);
    }

    /** The segment that an operation would extend (TRN-9). */
    Segment lastSegment() {
        return segments.get(segments.size() - 1);
    }

    void link(ByteString path) {
        links.add(path);
    }

    void unlink(ByteString path) {
        links.remove(path);
    }

    /** Extends the last segment by an operation, or begins another one (TRN-9). */
    void extend(Operation op) {
        Segment last = lastSegment();
        if (last.author() == op.author() && last.log().equals(op.log())) {
            segments.set(segments.size() - 1, last.extended(op.seqNo(), op.lastOffset()));
        } else {
            segments.add(Segment.of(op));
        }
    }
}
