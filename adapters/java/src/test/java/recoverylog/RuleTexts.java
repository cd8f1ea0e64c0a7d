package recoverylog;

import java.util.Map;
import java.util.concurrent.Callable;
import recoverylog.segments.RefusedException;
import recoverylog.segments.Rule;

/** How Gazette's errors begin (cases.md). */
final class RuleTexts {
    private static final Map<Rule, String> TEXTS = Map.ofEntries(
            Map.entry(Rule.AUTHOR, "Author is zero"),
            Map.entry(Rule.FIRST_SEQ_NO, "FirstSeqNo <= 0"),
            Map.entry(Rule.FIRST_OFFSET, "FirstOffset < 0"),
            Map.entry(Rule.LAST_SEQ_NO, "LastSeqNo < segment.FirstSeqNo"),
            Map.entry(Rule.LAST_OFFSET, "LastOffset <= segment.FirstOffset"),
            Map.entry(Rule.LOG, "Log"),
            Map.entry(Rule.FIRST_OFFSETS_FALL, "expected monotonic FirstOffset"),
            Map.entry(Rule.KNOWN_AFTER_UNKNOWN, "expected preceding Segment to also include LastOffset"),
            Map.entry(
                    Rule.OTHER_LOG_AFTER_UNKNOWN,
                    "Segment cannot use a different log where preceding Segment.LastOffset is zero"),
            Map.entry(Rule.LAST_OFFSETS_DISAGREE, "expected monotonic LastOffset"),
            Map.entry(Rule.FIRST_CHECKSUMS_DIFFER, "expected FirstChecksum equality"),
            Map.entry(Rule.AUTHORS_DIFFER, "expected Segment Author equality"),
            Map.entry(Rule.LOGS_DIFFER, "expected Segment Log equality"),
            Map.entry(Rule.OWN_LOG_NAMED, "contained segment.Log duplicates FSMHints.Log"),
            Map.entry(Rule.FNODE_ORDER, "expected monotonic Fnode ordering"),
            Map.entry(Rule.FNODE_CREATE, "expected Fnode to match Segment FirstSeqNo"),
            Map.entry(Rule.NO_LOG, "hinted log not provided"),
            Map.entry(Rule.NO_LIVE_FILE, "no file is live, and the log may not hold the beginning of the branch"));

    private RuleTexts() {}

    /** Whether an error, or null, is the rule, or null. */
    static boolean agree(String error, Rule rule) {
        if (error == null || rule == null) {
            return error == null && rule == null;
        }
        String rest = error.startsWith("Segment: ") ? error.substring("Segment: ".length()) : error;
        rest = rest.startsWith("Segment.") ? rest.substring("Segment.".length()) : rest;
        String text = TEXTS.get(rule);
        return text != null && (rest.startsWith(text) || error.startsWith(text));
    }

    /** What a call is refused by, or null. */
    static Rule refusal(Callable<?> call) {
        try {
            call.call();
            return null;
        } catch (RefusedException e) {
            return e.rule();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
