package recoverylog.kit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A log in memory: a row of fragments, of which the last one is open (ADP-20, JRN). */
public final class MemoryLog {
    /** What a read finds (JRN-6, JRN-7). */
    public sealed interface Found {}

    /** One byte or more, from the offset on (JRN-6). */
    public record Bytes(byte[] bytes) implements Found {}

    /** The offset was deleted: the read jumps to a later one, the head at the latest (JRN-7). */
    public record Hole(long last) implements Found {}

    /** The offset is not available yet (JRN-6). */
    public record Nothing() implements Found {}

    private static final class Fragment {
        final long begin;
        private byte[] bytes = new byte[64];
        private int length;

        Fragment(long begin) {
            this.begin = begin;
        }

        long end() {
            return begin + length;
        }

        void append(byte[] more) {
            if (bytes.length - length < more.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more.length));
            }
            System.arraycopy(more, 0, bytes, length, more.length);
            length += more.length;
        }

        byte[] from(long offset) {
            return Arrays.copyOfRange(bytes, (int) (offset - begin), length);
        }
    }

    private final List<Fragment> fragments = new ArrayList<>();
    private final Registers registers = new Registers();

    /** An empty log, without registers (ADP-20). */
    public MemoryLog() {
        fragments.add(new Fragment(0));
    }

    /** The registers (JRN-4). */
    public Registers registers() {
        return registers;
    }

    /** The offset behind the last byte (ADP-20). */
    public long head() {
        return open().end();
    }

    /** Appends bytes to the open fragment, whole (JRN-1); answers the head. */
    public long append(byte[] bytes) {
        open().append(bytes);
        return head();
    }

    /** Closes the open fragment, if it holds anything (ADP-20). */
    public void roll() {
        if (open().length > 0) {
            fragments.add(new Fragment(head()));
        }
    }

    /** Deletes the closed fragments of [begin, before) (ADP-20, JRN-8). */
    public void prune(long begin, long before) {
        Fragment open = open();
        fragments.removeIf(f -> f != open && f.begin >= begin && f.end() <= before);
    }

    /** Reads at an offset (JRN-6, JRN-7). */
    public Found read(long offset) {
        if (offset >= head()) {
            return new Nothing();
        }
        for (Fragment fragment : fragments) {
            if (fragment.begin > offset) {
                return new Hole(fragment.begin);
            }
            if (fragment.end() > offset) {
                return new Bytes(fragment.from(offset));
            }
        }
        return new Nothing();
    }

    /** All bytes that there are from an offset on; holes are left out (ADP-21). */
    public byte[] all(long offset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Fragment fragment : fragments) {
            if (fragment.end() > offset) {
                out.writeBytes(fragment.from(Math.max(offset, fragment.begin)));
            }
        }
        return out.toByteArray();
    }

    private Fragment open() {
        return fragments.get(fragments.size() - 1);
    }
}
