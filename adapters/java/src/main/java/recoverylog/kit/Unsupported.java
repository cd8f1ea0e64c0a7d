package recoverylog.kit;

/** The implementation lacks what a step needs (ADP-5). */
public final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what it lacks (ADP-5). */
    public Unsupported(String what) {
        super(what);
    }
}
