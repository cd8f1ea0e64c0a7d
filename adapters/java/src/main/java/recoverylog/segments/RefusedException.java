package recoverylog.segments;

import java.util.OptionalLong;

/** Segments or hints are refused by a rule (SEG-7, HNT-3). */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Rule rule;
    private final transient Segment earlier;
    private final transient Segment later;
    private final transient OptionalLong fnode;

    /** Refused by a rule that names nothing else (SEG-1, HNT-4, HNT-5, HNT-9). */
    public RefusedException(Rule rule) {
        this(rule, null, null, OptionalLong.empty());
    }

    /** Refused since two segments contradict each other (SEG-7). */
    public RefusedException(Rule rule, Segment earlier, Segment later) {
        this(rule, earlier, later, OptionalLong.empty());
    }

    /** Refused at a file of hints (HNT-2, HNT-3). */
    public RefusedException(Rule rule, long fnode) {
        this(rule, null, null, OptionalLong.of(fnode));
    }

    private RefusedException(Rule rule, Segment earlier, Segment later, OptionalLong fnode) {
        super(rule.name());
        this.rule = rule;
        this.earlier = earlier;
        this.later = later;
        this.fnode = fnode;
    }

    /** The rule that is broken (SEG-7). */
    public Rule rule() {
        return rule;
    }

    /** The earlier of the two that were compared, or null (SEG-7). */
    public Segment earlier() {
        return earlier;
    }

    /** The later of the two that were compared, or null (SEG-7). */
    public Segment later() {
        return later;
    }

    /** The file at which hints are refused, where one is told (HNT-2, HNT-3). */
    public OptionalLong fnode() {
        return fnode;
    }
}
