package recoverylog.kit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, as snapshots show it (ADP-31). */
public final class Digests {
    private Digests() {}

    /** A new digest, to be fed in parts (ADP-31). */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The digest of bytes as lowercase hex (ADP-31). */
    public static String sha256(byte[] bytes) {
        return Shown.hex(sha256().digest(bytes));
    }
}
