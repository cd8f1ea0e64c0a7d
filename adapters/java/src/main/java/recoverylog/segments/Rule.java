package recoverylog.segments;

/** Why segments or hints are refused (SEG-1, SEG-3, HNT-2 to HNT-5, HNT-9 to HNT-11). */
public enum Rule {
    /** SEG-1, 1. */
    AUTHOR,
    /** SEG-1, 2. */
    FIRST_SEQ_NO,
    /** SEG-1, 3. */
    FIRST_OFFSET,
    /** SEG-1, 4. */
    LAST_SEQ_NO,
    /** SEG-1, 5. */
    LAST_OFFSET,
    /** SEG-1, 6. */
    LOG,
    /** SEG-3, 1. */
    FIRST_OFFSETS_FALL,
    /** SEG-3, 2. */
    KNOWN_AFTER_UNKNOWN,
    /** SEG-3, 3. */
    OTHER_LOG_AFTER_UNKNOWN,
    /** SEG-3, 4. */
    LAST_OFFSETS_DISAGREE,
    /** SEG-3, 5. */
    FIRST_CHECKSUMS_DIFFER,
    /** SEG-3, 6. */
    AUTHORS_DIFFER,
    /** SEG-3, 7. */
    LOGS_DIFFER,
    /** HNT-2. */
    OWN_LOG_NAMED,
    /** HNT-3, 1. */
    FNODE_ORDER,
    /** HNT-3, 2. */
    FNODE_CREATE,
    /** HNT-4. */
    LAST_LOG,
    /** HNT-5. */
    NO_LOG,
    /** HNT-5. */
    ONE_LOG,
    /** HNT-9, HNT-11. */
    NO_LIVE_FILE
}
