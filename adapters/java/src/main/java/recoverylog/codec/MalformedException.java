package recoverylog.codec;

/** Bytes are no message (ENC-10). */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says in which way the bytes are malformed (ENC-10). */
    public MalformedException(String message) {
        // Garbage in a log makes many of these, and nobody looks at where they were made.
        super(message, null, false, false);
    }
}
