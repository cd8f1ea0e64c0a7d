package recoverylog.codec;

import java.util.Arrays;
import java.util.Optional;

/**
 * Parts the bytes of a log into frames, raw bytes and skipped ranges, however they are split when they are fed (FRM-4).
 *
 * <p>A frame that {@link #next} gives is settled by what is called next: {@link #reject}, {@link #doubt}, or anything else
 * for a frame that stands.
 */
public final class FrameReader {
    /** What the reader finds (FRM-3 to FRM-5). */
    public sealed interface Found {}

    /**
     * A frame at [first, last). The bytes [skippedFrom, skippedTo) before it were no frame; the two are equal where nothing
     * was skipped. Where the frame is rejected, that range isn't final: the next frame reports it anew, longer (FRM-3, FRM-6).
     */
    public record Frame(long first, long last, byte[] payload, long skippedFrom, long skippedTo) implements Found {}

    /** Raw bytes that were asked for, or a part of them (FRM-5). */
    public record Raw(long first, byte[] bytes) implements Found {}

    private static final long NOTHING = -1;
    private static final int WAIT = -1;
    private static final int NO_FRAME = -2;

    private byte[] buffer = new byte[0];
    private int from;
    private int to;
    private long bufferOffset;

    private long rawLeft;
    private long skippingFrom = NOTHING;
    private long toldEnd;
    private Frame told;

    /** Reads on from an offset of the log (FRM-8). */
    public FrameReader(long offset) {
        bufferOffset = offset;
        toldEnd = offset;
    }

    /** The offset at which reading goes on: of the first byte that is not settled (FRM-3). */
    public long position() {
        return bufferOffset;
    }

    /** The offset behind the bytes that were fed (FRM-4). */
    public long end() {
        return bufferOffset + to - from;
    }

    /** How many raw bytes are still to come (FRM-5). */
    public long rawLeft() {
        return rawLeft;
    }

    /** Feeds the bytes of the log at {@link #end} (FRM-4). */
    public void feed(byte[] bytes) {
        if (buffer.length - to < bytes.length) {
            makeRoom(bytes.length);
        }
        System.arraycopy(bytes, 0, buffer, to, bytes.length);
        to += bytes.length;
    }

    /** The next frame or raw bytes, or null where more bytes are needed (FRM-3 to FRM-5). */
    public Found next() {
        settle();
        if (rawLeft > 0) {
            return nextRaw();
        }
        while (true) {
            int size = sizeOfFrame();
            if (size == WAIT) {
                return null;
            }
            if (size != NO_FRAME) {
                told = frame(size);
                return told;
            }
            skipOne();
        }
    }

    /** Asks for raw bytes right behind the frame that was given; a negative number is none (FRM-5). */
    public void raw(long length) {
        settle();
        rawLeft = Math.max(0, length);
    }

    /** The frame that was given was none: what lies behind its first byte is searched (FRM-6). */
    public void reject() {
        if (told == null) {
            throw new IllegalStateException("no frame was given");
        }
        told = null;
        skipOne();
    }

    /** Whether a magic or a frame has begun and is cut off where the bytes at hand end (FRM-4). */
    public boolean isUnfinished() {
        return told == null && rawLeft == 0 && from < to && sizeOfFrame() == WAIT;
    }

    /** The frame that is unfinished is none (FRM-6). */
    public void rejectUnfinished() {
        if (!isUnfinished()) {
            throw new IllegalStateException("no frame is unfinished");
        }
        skipOne();
    }

    /** The frame that was given was one, and may have swallowed another: its inside is searched (FRM-7). */
    public void doubt() {
        if (told == null) {
            throw new IllegalStateException("no frame was given");
        }
        Frame frame = told;
        told = null;
        skippingFrom = NOTHING;
        toldEnd = Math.max(toldEnd, frame.last());
        drop(Frames.MAGIC.length);
    }

    /** Goes on at a later offset; a seek back does nothing (FRM-8). */
    public void seek(long offset) {
        settle();
        if (offset <= position()) {
            return;
        }
        rawLeft = 0;
        skippingFrom = NOTHING;
        if (offset < end()) {
            drop((int) (offset - position()));
        } else {
            from = 0;
            to = 0;
            bufferOffset = offset;
        }
    }

    /** The range that is being skipped where the reader stands, first and last offset, if it is one (FRM-3). */
    public Optional<long[]> skipping() {
        // Bytes inside a frame that was told are searched, and are no part of a range (FRM-7).
        long first = Math.max(skippingFrom, toldEnd);
        return skippingFrom == NOTHING || first >= position()
                ? Optional.empty()
                : Optional.of(new long[] {first, position()});
    }

    private void settle() {
        if (told != null) {
            Frame frame = told;
            told = null;
            skippingFrom = NOTHING;
            toldEnd = Math.max(toldEnd, frame.last());
            drop((int) (frame.last() - frame.first()));
        }
    }

    private Raw nextRaw() {
        int length = (int) Math.min(rawLeft, to - from);
        if (length == 0) {
            return null;
        }
        Raw raw = new Raw(position(), Arrays.copyOfRange(buffer, from, from + length));
        rawLeft -= length;
        drop(length);
        toldEnd = Math.max(toldEnd, position());
        return raw;
    }

    private Frame frame(int size) {
        byte[] payload = Arrays.copyOfRange(buffer, from + Frames.HEADER, from + size);
        long[] skipped = skipping().orElse(new long[] {position(), position()});
        return new Frame(position(), position() + size, payload, skipped[0], skipped[1]);
    }

    /** The size of the frame at the position, WAIT where the bytes at hand do not tell, NO_FRAME where none begins. */
    private int sizeOfFrame() {
        int have = to - from;
        for (int i = 0; i < Math.min(have, Frames.MAGIC.length); i++) {
            if (buffer[from + i] != Frames.MAGIC[i]) {
                return NO_FRAME;
            }
        }
        if (have < Frames.HEADER) {
            return WAIT;
        }
        long length = 0;
        for (int i = 3; i >= 0; i--) {
            length = length << 8 | buffer[from + Frames.MAGIC.length + i] & 0xff;
        }
        if (length > Frames.MAX_PAYLOAD) {
            return NO_FRAME;
        }
        int size = Frames.HEADER + (int) length;
        return have < size ? WAIT : size;
    }

    private void skipOne() {
        if (skippingFrom == NOTHING) {
            skippingFrom = position();
        }
        drop(1);
    }

    private void makeRoom(int length) {
        int have = to - from;
        // Moving less than half of the buffer, or doubling it, keeps the cost of a byte constant.
        boolean fits = have + length <= buffer.length / 2;
        byte[] roomy = fits ? buffer : new byte[2 * (have + length)];
        System.arraycopy(buffer, from, roomy, 0, have);
        buffer = roomy;
        from = 0;
        to = have;
    }

    private void drop(int length) {
        from += length;
        bufferOffset += length;
    }
}
