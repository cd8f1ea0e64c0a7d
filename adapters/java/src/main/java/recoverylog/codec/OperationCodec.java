package recoverylog.codec;

import recoverylog.bytes.ByteString;

/** Operations as the payloads of frames (ENC-3 to ENC-10). */
public final class OperationCodec {
    private OperationCodec() {}

    /** The payload of an operation, without meta-fields, as it is written to a log (ENC-6, ENC-8). */
    public static byte[] encode(Operation op) {
        return body(op).toBytes();
    }

    /** The message of an operation with its meta-fields, which no log has (ENC-6). */
    public static byte[] encodeWithMeta(Operation op) {
        return body(op).int64(9, op.firstOffset()).int64(10, op.lastOffset()).string(11, op.log()).toBytes();
    }

    private static ProtoWriter body(Operation op) {
        ProtoWriter out = new ProtoWriter().int64(1, op.seqNo()).fixed32(2, op.checksum()).fixed32(3, op.author());
        if (op.create() != null) {
            out.message(4, new ProtoWriter().string(1, op.create().path()));
        }
        if (op.link() != null) {
            out.message(5, new ProtoWriter().int64(1, op.link().fnode()).string(2, op.link().path()));
        }
        if (op.unlink() != null) {
            out.message(6, new ProtoWriter().int64(1, op.unlink().fnode()).string(2, op.unlink().path()));
        }
        if (op.write() != null) {
            Change.Write write = op.write();
            out.message(7, new ProtoWriter().int64(1, write.fnode()).int64(2, write.offset()).int64(3, write.length()));
        }
        if (op.property() != null) {
            out.message(8, property(op.property()));
        }
        return out;
    }

    /** The message of a property, which hints have too (ENC-7). */
    public static ProtoWriter property(Change.Property property) {
        return new ProtoWriter().string(1, property.path()).string(2, property.content());
    }

    /** The operation that a payload is, with the meta-fields that it claims (ENC-9). */
    public static Operation decode(byte[] payload) throws MalformedException {
        ProtoReader in = new ProtoReader(payload);
        long seqNo = 0;
        long checksum = 0;
        long author = 0;
        long first = 0;
        long last = 0;
        ByteString log = ByteString.EMPTY;
        Change.Create create = null;
        Change.Link link = null;
        Change.Unlink unlink = null;
        Change.Write write = null;
        Change.Property property = null;
        while (in.next()) {
            switch (in.key()) {
                case 1 << 3 | ProtoReader.VARINT -> seqNo = in.varint();
                case 2 << 3 | ProtoReader.FIXED32 -> checksum = in.fixed32();
                case 3 << 3 | ProtoReader.FIXED32 -> author = in.fixed32();
                case 4 << 3 | ProtoReader.BYTES -> create = merge(create, in.message());
                case 5 << 3 | ProtoReader.BYTES -> link = merge(link, in.message());
                case 6 << 3 | ProtoReader.BYTES -> unlink = merge(unlink, in.message());
                case 7 << 3 | ProtoReader.BYTES -> write = merge(write, in.message());
                case 8 << 3 | ProtoReader.BYTES -> property = merge(property, in.message());
                case 9 << 3 | ProtoReader.VARINT -> first = in.varint();
                case 10 << 3 | ProtoReader.VARINT -> last = in.varint();
                case 11 << 3 | ProtoReader.BYTES -> log = in.string();
                default -> in.skip();
            }
        }
        return new Operation(seqNo, checksum, author, create, link, unlink, write, property, first, last, log);
    }

    private static Change.Create merge(Change.Create former, ProtoReader in) throws MalformedException {
        ByteString path = former == null ? ByteString.EMPTY : former.path();
        while (in.next()) {
            if (in.key() == (1 << 3 | ProtoReader.BYTES)) {
                path = in.string();
            } else {
                in.skip();
            }
        }
        return new Change.Create(path);
    }

    private static Change.Link merge(Change.Link former, ProtoReader in) throws MalformedException {
        FnodeAndPath both = former == null ? FnodeAndPath.NONE : new FnodeAndPath(former.fnode(), former.path());
        both = both.merge(in);
        return new Change.Link(both.fnode, both.path);
    }

    private static Change.Unlink merge(Change.Unlink former, ProtoReader in) throws MalformedException {
        FnodeAndPath both = former == null ? FnodeAndPath.NONE : new FnodeAndPath(former.fnode(), former.path());
        both = both.merge(in);
        return new Change.Unlink(both.fnode, both.path);
    }

    private static Change.Write merge(Change.Write former, ProtoReader in) throws MalformedException {
        long fnode = former == null ? 0 : former.fnode();
        long offset = former == null ? 0 : former.offset();
        long length = former == null ? 0 : former.length();
        while (in.next()) {
            switch (in.key()) {
                case 1 << 3 | ProtoReader.VARINT -> fnode = in.varint();
                case 2 << 3 | ProtoReader.VARINT -> offset = in.varint();
                case 3 << 3 | ProtoReader.VARINT -> length = in.varint();
                default -> in.skip();
            }
        }
        return new Change.Write(fnode, offset, length);
    }

    /** A property, merged with what was read of it before, or null (ENC-9). */
    public static Change.Property merge(Change.Property former, ProtoReader in) throws MalformedException {
        ByteString path = former == null ? ByteString.EMPTY : former.path();
        ByteString content = former == null ? ByteString.EMPTY : former.content();
        while (in.next()) {
            switch (in.key()) {
                case 1 << 3 | ProtoReader.BYTES -> path = in.string();
                case 2 << 3 | ProtoReader.BYTES -> content = in.string();
                default -> in.skip();
            }
        }
        return new Change.Property(path, content);
    }

    private record FnodeAndPath(long fnode, ByteString path) {
        static final FnodeAndPath NONE = new FnodeAndPath(0, ByteString.EMPTY);

        FnodeAndPath merge(ProtoReader in) throws MalformedException {
            long newFnode = fnode;
            ByteString newPath = path;
            while (in.next()) {
                if (in.key() == (1 << 3 | ProtoReader.VARINT)) {
                    newFnode = in.varint();
                } else if (in.key() == (2 << 3 | ProtoReader.BYTES)) {
                    newPath = in.string();
                } else {
                    in.skip();
                }
            }
            return new FnodeAndPath(newFnode, newPath);
        }
    }
}
