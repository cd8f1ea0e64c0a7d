package recoverylog.hints;

import java.util.ArrayList;
import java.util.List;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change.Property;
import recoverylog.codec.MalformedException;
import recoverylog.codec.OperationCodec;
import recoverylog.codec.ProtoReader;
import recoverylog.codec.ProtoWriter;
import recoverylog.segments.Segment;

/** Hints as bytes (ENC-7 to ENC-10). */
public final class HintsCodec {
    private HintsCodec() {}

    /** The bytes of hints (ENC-8). */
    public static byte[] encode(Hints hints) {
        ProtoWriter out = new ProtoWriter().string(1, hints.log());
        for (FnodeSegments file : hints.liveNodes()) {
            ProtoWriter node = new ProtoWriter().int64(1, file.fnode());
            for (Segment segment : file.segments()) {
                node.message(2, segment(segment));
            }
            out.message(2, node);
        }
        for (Property property : hints.properties()) {
            out.message(3, OperationCodec.property(property));
        }
        return out.toBytes();
    }

    private static ProtoWriter segment(Segment segment) {
        return new ProtoWriter()
                .fixed32(1, segment.author())
                .int64(2, segment.firstSeqNo())
                .int64(3, segment.firstOffset())
                .fixed32(4, segment.firstChecksum())
                .int64(5, segment.lastSeqNo())
                .int64(6, segment.lastOffset())
                .string(7, segment.log());
    }

    /** The hints that bytes are (ENC-9). */
    public static Hints decode(byte[] bytes) throws MalformedException {
        ProtoReader in = new ProtoReader(bytes);
        ByteString log = ByteString.EMPTY;
        List<FnodeSegments> files = new ArrayList<>();
        List<Property> properties = new ArrayList<>();
        while (in.next()) {
            switch (in.key()) {
                case 1 << 3 | ProtoReader.BYTES -> log = in.string();
                case 2 << 3 | ProtoReader.BYTES -> files.add(file(in.message()));
                case 3 << 3 | ProtoReader.BYTES -> properties.add(OperationCodec.merge((Property) null, in.message()));
                default -> in.skip();
            }
        }
        return new Hints(log, files, properties);
    }

    private static FnodeSegments file(ProtoReader in) throws MalformedException {
        long fnode = 0;
        List<Segment> segments = new ArrayList<>();
        while (in.next()) {
            if (in.key() == (1 << 3 | ProtoReader.VARINT)) {
                fnode = in.varint();
            } else if (in.key() == (2 << 3 | ProtoReader.BYTES)) {
                segments.add(segment(in.message()));
            } else {
                in.skip();
            }
        }
        return new FnodeSegments(fnode, segments);
    }

    private static Segment segment(ProtoReader in) throws MalformedException {
        long author = 0;
        long firstSeqNo = 0;
        long firstOffset = 0;
        long firstChecksum = 0;
        long lastSeqNo = 0;
        long lastOffset = 0;
        ByteString log = ByteString.EMPTY;
        while (in.next()) {
            switch (in.key()) {
                case 1 << 3 | ProtoReader.FIXED32 -> author = in.fixed32();
                case 2 << 3 | ProtoReader.VARINT -> firstSeqNo = in.varint();
                case 3 << 3 | ProtoReader.VARINT -> firstOffset = in.varint();
                case 4 << 3 | ProtoReader.FIXED32 -> firstChecksum = in.fixed32();
                case 5 << 3 | ProtoReader.VARINT -> lastSeqNo = in.varint();
                case 6 << 3 | ProtoReader.VARINT -> lastOffset = in.varint();
                case 7 << 3 | ProtoReader.BYTES -> log = in.string();
                default -> in.skip();
            }
        }
        return new Segment(author, firstSeqNo, firstOffset, firstChecksum, lastSeqNo, lastOffset, log);
    }
}
