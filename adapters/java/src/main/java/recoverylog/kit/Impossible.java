package recoverylog.kit;

/** A step can't be executed: it names what is not there, or makes what is there already (ADP-10). */
final class Impossible extends Exception {
    private static final long serialVersionUID = 1L;

    Impossible(String why) {
        super(why);
    }
}
