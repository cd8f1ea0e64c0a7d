package recoverylog.hints;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change.Property;
import recoverylog.segments.RefusedException;
import recoverylog.segments.Rule;
import recoverylog.segments.Segment;
import recoverylog.segments.SegmentSet;

/** Which parts of which logs still matter: {@code FSMHints} (ENC-7, HNT-1). */
public record Hints(ByteString log, List<FnodeSegments> liveNodes, List<Property> properties) {
    /** Keeps copies of the lists (ENC-7). */
    public Hints {
        liveNodes = List.copyOf(liveNodes);
        properties = List.copyOf(properties);
    }

    /** Hints of a log that hold nothing else (HNT-1). */
    public static Hints ofLog(ByteString log) {
        return new Hints(log, List.of(), List.of());
    }

    /** What hints come to: their fnodes in order, and the set of all their segments (HNT-3). */
    public record Flattened(List<Long> fnodes, List<Segment> segments) {}

    /** Refuses hints as Gazette's Validate does (HNT-2). */
    public void validate() throws RefusedException {
        for (FnodeSegments file : liveNodes) {
            for (Segment segment : file.segments()) {
                if (!segment.log().isEmpty() && segment.log().equals(log)) {
                    throw new RefusedException(Rule.OWN_LOG_NAMED, file.fnode());
                }
                withLog(segment).validate();
            }
        }
    }

    /** Flattens hints, or refuses them (HNT-3, HNT-4). */
    public Flattened flatten() throws RefusedException {
        List<Long> fnodes = new ArrayList<>();
        SegmentSet set = new SegmentSet();
        for (FnodeSegments file : liveNodes) {
            if (!fnodes.isEmpty() && file.fnode() <= fnodes.get(fnodes.size() - 1)) {
                throw new RefusedException(Rule.FNODE_ORDER, file.fnode());
            }
            if (file.segments().isEmpty() || file.segments().get(0).firstSeqNo() != file.fnode()) {
                throw new RefusedException(Rule.FNODE_CREATE, file.fnode());
            }
            fnodes.add(file.fnode());
            for (Segment segment : file.segments()) {
                set.add(withLog(segment));
            }
        }
        List<Segment> segments = List.copyOf(set.segments());
        if (!segments.isEmpty() && !segments.get(segments.size() - 1).log().equals(log)) {
            throw new RefusedException(Rule.LAST_LOG);
        }
        return new Flattened(List.copyOf(fnodes), segments);
    }

    /** The logs in the order in which a player asks about them (HNT-6). */
    public Set<ByteString> logs() {
        Set<ByteString> logs = new LinkedHashSet<>();
        for (FnodeSegments file : liveNodes) {
            for (Segment segment : file.segments()) {
                logs.add(withLog(segment).log());
            }
        }
        logs.add(log);
        return logs;
    }

    private Segment withLog(Segment segment) {
        return segment.log().isEmpty() ? segment.inLog(log) : segment;
    }
}
