package recoverylog.codec;

import java.io.ByteArrayOutputStream;
import recoverylog.bytes.ByteString;

/** Writes the fields of one protobuf message; whoever calls it does so by rising tag (ENC-8). */
public final class ProtoWriter {
    private static final long MAX_UINT32 = 0xffff_ffffL;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An int64, left out where it is 0 (ENC-8). */
    public ProtoWriter int64(int tag, long value) {
        if (value != 0) {
            varint((long) tag << 3 | ProtoReader.VARINT);
            varint(value);
        }
        return this;
    }

    /** A fixed32, left out where it is 0, and refused beyond its range (ENC-1, ENC-8). */
    public ProtoWriter fixed32(int tag, long value) {
        if (value < 0 || value > MAX_UINT32) {
            throw new IllegalArgumentException("no uint32: " + value);
        }
        if (value != 0) {
            varint((long) tag << 3 | ProtoReader.FIXED32);
            for (int shift = 0; shift < 32; shift += 8) {
                out.write((int) (value >>> shift));
            }
        }
        return this;
    }

    /** A string of bytes, left out where it is empty (ENC-8). */
    public ProtoWriter string(int tag, ByteString value) {
        if (!value.isEmpty()) {
            delimited(tag, value.toBytes());
        }
        return this;
    }

    /** A message, written also where nothing is in it (ENC-8). */
    public ProtoWriter message(int tag, ProtoWriter value) {
        delimited(tag, value.toBytes());
        return this;
    }

    /** The bytes written so far (ENC-8). */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    private void delimited(int tag, byte[] value) {
        varint((long) tag << 3 | ProtoReader.BYTES);
        varint(value.length);
        out.writeBytes(value);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
