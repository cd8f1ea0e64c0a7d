package recoverylog.hints;

/** JSON is no hints; says where (HNT-16, HNT-17). */
public final class JsonPlaceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Names the place of the first wrong member (HNT-17). */
    public JsonPlaceException(String place) {
        super(place);
    }

    /** The place of the first wrong member (HNT-17). */
    public String place() {
        return getMessage();
    }
}
