package recoverylog.codec;

/** The running checksum of a branch (SEQ-2). */
public final class Checksum {
    private static final int POLYNOMIAL = 0x82f63b78;
    private static final int[][] TABLES = tables();

    private Checksum() {}

    /**
     * The checksum behind a payload, given the one before it (SEQ-2). The JDK's CRC-32C can't go on from a former value,
     * hence this one, which takes eight bytes at a time.
     */
    public static long update(long previous, byte[] payload) {
        int crc = ~(int) previous;
        int i = 0;
        for (; i + 8 <= payload.length; i += 8) {
            int low = crc ^ word(payload, i);
            int high = word(payload, i + 4);
            crc = TABLES[7][low & 0xff] ^ TABLES[6][low >>> 8 & 0xff] ^ TABLES[5][low >>> 16 & 0xff] ^ TABLES[4][low >>> 24]
                    ^ TABLES[3][high & 0xff] ^ TABLES[2][high >>> 8 & 0xff] ^ TABLES[1][high >>> 16 & 0xff]
                    ^ TABLES[0][high >>> 24];
        }
        for (; i < payload.length; i++) {
            crc = TABLES[0][(crc ^ payload[i]) & 0xff] ^ crc >>> 8;
        }
        return ~crc & 0xffff_ffffL;
    }

    private static int word(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }

    private static int[][] tables() {
        int[][] tables = new int[8][256];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
            }
            tables[0][i] = crc;
        }
        for (int k = 1; k < 8; k++) {
            for (int i = 0; i < 256; i++) {
                tables[k][i] = tables[k - 1][i] >>> 8 ^ tables[0][tables[k - 1][i] & 0xff];
            }
        }
        return tables;
    }
}
