package recoverylog.adapter;

import java.util.List;
import recoverylog.codec.Change.Property;
import recoverylog.hints.Hints;
import recoverylog.kit.HintsValue;
import recoverylog.kit.Refused;
import recoverylog.kit.SegmentValue;
import recoverylog.segments.RefusedException;
import recoverylog.segments.Segment;

/** The values of the kit, and those of this implementation. */
final class Values {
    private Values() {}

    static Segment segment(SegmentValue s) {
        return new Segment(
                s.author(),
                s.firstSeqNo(),
                s.firstOffset(),
                s.firstChecksum(),
                s.lastSeqNo(),
                s.lastOffset(),
                s.log());
    }

    static List<SegmentValue> segments(List<Segment> segments) {
        return segments.stream()
                .map(s -> new SegmentValue(
                        s.author(),
                        s.firstSeqNo(),
                        s.firstOffset(),
                        s.firstChecksum(),
                        s.lastSeqNo(),
                        s.lastOffset(),
                        s.log()))
                .toList();
    }

    static HintsValue hints(Hints hints) {
        return new HintsValue(
                hints.log(),
                hints.liveNodes().stream()
                        .map(node -> new HintsValue.Node(node.fnode(), segments(node.segments())))
                        .toList(),
                hints.properties().stream().map(Values::property).toList());
    }

    private static HintsValue.PropertyValue property(Property property) {
        return new HintsValue.PropertyValue(property.path(), property.content());
    }

    /** The error of a rule, by the clause that the rule is of (ADP-15, ADP-17). */
    static Refused refused(RefusedException e) {
        String error = switch (e.rule()) {
            case AUTHOR, FIRST_SEQ_NO, FIRST_OFFSET, LAST_SEQ_NO, LAST_OFFSET, LOG -> "InvalidSegment";
            case FIRST_OFFSETS_FALL, KNOWN_AFTER_UNKNOWN, OTHER_LOG_AFTER_UNKNOWN, LAST_OFFSETS_DISAGREE,
                    FIRST_CHECKSUMS_DIFFER, AUTHORS_DIFFER, LOGS_DIFFER -> "SegmentConflict";
            case OWN_LOG_NAMED, FNODE_ORDER, FNODE_CREATE, LAST_LOG, NO_LOG, ONE_LOG, NO_LIVE_FILE -> "InvalidHints";
        };
        return new Refused(error, e.rule().name());
    }
}
