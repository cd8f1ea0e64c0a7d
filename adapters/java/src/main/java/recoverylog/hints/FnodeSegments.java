package recoverylog.hints;

import java.util.List;
import recoverylog.segments.Segment;

/** A live file of hints: the segments that hold its operations (ENC-7). */
public record FnodeSegments(long fnode, List<Segment> segments) {
    /** Keeps a copy of the list (ENC-7). */
    public FnodeSegments {
        segments = List.copyOf(segments);
    }
}
