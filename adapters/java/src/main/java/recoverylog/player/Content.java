package recoverylog.player;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The bytes of a file; what was never written is zeros, and takes no room (PLAY-12). */
public final class Content {
    /**
     * The size of the longest file that a play lays out: all bytes of it have to be given, zeros too. While the play goes on
     * a file can be longer, as it may be unlinked yet (PLAY-12).
     */
    static final long MAX_SIZE = 1L << 32;

    private static final int PAGE = 1 << 12;
    private static final byte[] ZEROS = new byte[PAGE];

    private final SortedMap<Long, byte[]> pages = new TreeMap<>();
    private long size;

    /** How many bytes it has, those between its writes too (PLAY-12). */
    public long size() {
        return size;
    }

    /** Writes bytes at an offset that is not negative (PLAY-12). */
    void write(long offset, byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            long at = offset + done;
            int within = (int) (at % PAGE);
            int length = Math.min(PAGE - within, bytes.length - done);
            byte[] page = pages.computeIfAbsent(at / PAGE, number -> new byte[PAGE]);
            System.arraycopy(bytes, done, page, within, length);
            done += length;
        }
        size = Math.max(size, offset + bytes.length);
    }

    /** Gives all bytes, in their order and in parts (PLAY-12). */
    public void forEachPart(Consumer<byte[]> taker) {
        for (long at = 0; at < size; at += PAGE) {
            byte[] page = pages.getOrDefault(at / PAGE, ZEROS);
            taker.accept(size - at < PAGE ? Arrays.copyOf(page, (int) (size - at)) : page);
        }
    }
}
