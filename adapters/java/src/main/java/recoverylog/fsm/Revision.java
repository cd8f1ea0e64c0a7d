package recoverylog.fsm;

/** A release of the protocol (RVN-1, RVN-2). */
public enum Revision {
    /** One log, and properties that don't change (RVN-1, RVN-2). */
    R2020_06("2020-06", false, false),
    /** Several logs, and properties that don't change (RVN-1, RVN-2). */
    R2021_05("2021-05", true, false),
    /** Several logs, and properties that may change: the current one (RVN-1, RVN-2). */
    R2023_12("2023-12", true, true);

    private final String text;
    private final boolean severalLogs;
    private final boolean propertiesChange;

    Revision(String text, boolean severalLogs, boolean propertiesChange) {
        this.text = text;
        this.severalLogs = severalLogs;
        this.propertiesChange = propertiesChange;
    }

    /** Its name in the text (RVN-1). */
    public String text() {
        return text;
    }

    /** Whether one set of hints may span several logs (RVN-1). */
    public boolean hasSeveralLogs() {
        return severalLogs;
    }

    /** Whether a property may be recorded again with other content (RVN-2). */
    public boolean propertiesChange() {
        return propertiesChange;
    }
}
