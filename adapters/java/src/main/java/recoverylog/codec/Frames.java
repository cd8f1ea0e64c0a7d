package recoverylog.codec;

/** The form of a frame (FRM-1, FRM-2). */
public final class Frames {
    /** Bytes in front of a payload: the magic and the length (FRM-1). */
    public static final int HEADER = 8;
    /** The longest payload (FRM-2). */
    public static final int MAX_PAYLOAD = 1 << 20;

    static final byte[] MAGIC = {0x66, 0x33, (byte) 0x93, 0x36};

    private Frames() {}

    /** The frame of a payload; a longer one than FRM-2 allows is refused. */
    public static byte[] frame(byte[] payload) {
        if (payload.length > MAX_PAYLOAD) {
            throw new IllegalArgumentException("a payload of " + payload.length + " bytes");
        }
        byte[] frame = new byte[HEADER + payload.length];
        System.arraycopy(MAGIC, 0, frame, 0, MAGIC.length);
        for (int i = 0; i < 4; i++) {
            frame[MAGIC.length + i] = (byte) (payload.length >>> 8 * i);
        }
        System.arraycopy(payload, 0, frame, HEADER, payload.length);
        return frame;
    }
}
