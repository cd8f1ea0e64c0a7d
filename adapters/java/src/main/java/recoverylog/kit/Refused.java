package recoverylog.kit;

/** An error of the implementation, by its name in the text: the outcome {@code refused} (ADP-10). */
public final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    /** An error without rules, as {@code MalformedOp} (ADP-10). */
    public Refused(String error) {
        super("refused: " + error);
    }

    /** An error with a rule, as {@code InvalidSegment LAST_OFFSET} (ADP-10). */
    public Refused(String error, String rule) {
        this(error + " " + rule);
    }

    /** The outcome of the step (ADP-10). */
    public String outcome() {
        return getMessage();
    }
}
