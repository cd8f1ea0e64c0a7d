package recoverylog.codec;

import java.util.ArrayDeque;
import recoverylog.bytes.ByteString;

/** Reads the fields of one protobuf message (ENC-9), and refuses what is malformed (ENC-10). */
public final class ProtoReader {
    /** Wire type of int64 (ENC-9). */
    public static final int VARINT = 0;
    /** Wire type of bytes and messages (ENC-9). */
    public static final int BYTES = 2;
    /** Wire type of fixed32 (ENC-9). */
    public static final int FIXED32 = 5;

    private static final int FIXED64 = 1;
    private static final int GROUP = 3;
    private static final int END_GROUP = 4;
    private static final long MAX_NUMBER = (1L << 29) - 1;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int number;
    private int wireType;

    /** Reads the message that all of an array holds (ENC-9). */
    public ProtoReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ProtoReader(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /** Reads the tag of the next field; false at the end of the message (ENC-9). */
    public boolean next() throws MalformedException {
        if (at == end) {
            return false;
        }
        long tag = varint();
        long field = tag >>> 3;
        if (field < 1 || field > MAX_NUMBER) {
            throw new MalformedException("a tag has the number " + Long.toUnsignedString(field));
        }
        number = (int) field;
        wireType = (int) (tag & 7);
        if (wireType > FIXED32) {
            throw new MalformedException("a tag has the wire type " + wireType);
        }
        return true;
    }

    /** The number and the wire type of the field as one, to be compared with {@code number << 3 | wire type} (ENC-9). */
    public int key() {
        return number << 3 | wireType;
    }

    /** A varint; bits above the 64th are dropped (ENC-9). */
    public long varint() throws MalformedException {
        long value = 0;
        for (int i = 0; i < 10; i++) {
            if (at == end) {
                throw new MalformedException("a varint is cut off");
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedException("a varint has more than ten bytes");
    }

    /** A fixed32, as a number from 0 to 2^32 - 1 (ENC-9). */
    public long fixed32() throws MalformedException {
        int from = take(4);
        return (bytes[from] & 0xffL)
                | (bytes[from + 1] & 0xffL) << 8
                | (bytes[from + 2] & 0xffL) << 16
                | (bytes[from + 3] & 0xffL) << 24;
    }

    /** A string of bytes (ENC-9). */
    public ByteString string() throws MalformedException {
        int length = length();
        return ByteString.of(bytes, take(length), length);
    }

    /** A message within this one (ENC-9). */
    public ProtoReader message() throws MalformedException {
        int length = length();
        int from = take(length);
        return new ProtoReader(bytes, from, from + length);
    }

    /** Passes over the value of the field, a whole group too (ENC-9). */
    public void skip() throws MalformedException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> take(8);
            case BYTES -> take(length());
            case FIXED32 -> take(4);
            case GROUP -> skipGroup();
            default -> throw new MalformedException("a group ends that has not begun");
        }
    }

    private void skipGroup() throws MalformedException {
        // A stack of our own: bytes from anywhere must not decide how deep the thread's stack goes.
        ArrayDeque<Integer> open = new ArrayDeque<>();
        open.push(number);
        while (!open.isEmpty()) {
            if (!next()) {
                throw new MalformedException("a group has no end");
            }
            if (wireType == GROUP) {
                open.push(number);
            } else if (wireType != END_GROUP) {
                skip();
            } else if (open.pop() != number) {
                throw new MalformedException("a group ends that is another one");
            }
        }
    }

    private int length() throws MalformedException {
        long length = varint();
        if (Long.compareUnsigned(length, end - at) > 0) {
            throw new MalformedException("a field is cut off");
        }
        return (int) length;
    }

    private int take(int length) throws MalformedException {
        if (length > end - at) {
            throw new MalformedException("a field is cut off");
        }
        int from = at;
        at += length;
        return from;
    }
}
