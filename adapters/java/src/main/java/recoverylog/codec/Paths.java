package recoverylog.codec;

import recoverylog.bytes.ByteString;

/** How paths lie to each other, and which of them are clean (PLAY-9, REC-1). */
public final class Paths {
    private Paths() {}

    /** Whether one path lies below another one, clean or not; none lies below the empty path (TRN-11, PLAY-9). */
    public static boolean isBelow(ByteString path, ByteString upper) {
        String bytes = path.latin1();
        int length = upper.length();
        return length > 0 && bytes.length() > length && bytes.charAt(length) == '/' && path.startsWith(upper);
    }

    /** Whether two paths are one, or one lies below the other (PLAY-9, TRN-11). */
    public static boolean clash(ByteString one, ByteString other) {
        return one.equals(other) || isBelow(one, other) || isBelow(other, one);
    }

    /** Whether a path is one that a directory can hold (REC-1). */
    public static boolean isClean(ByteString path) {
        String bytes = path.latin1();
        if (!bytes.startsWith("/")) {
            return false;
        }
        for (String name : bytes.substring(1).split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
                return false;
            }
        }
        return true;
    }
}
