package recoverylog.adapter;

import java.util.ArrayList;
import java.util.List;
import recoverylog.bytes.ByteString;
import recoverylog.codec.FrameReader;
import recoverylog.codec.MalformedException;
import recoverylog.codec.OperationCodec;
import recoverylog.fsm.Revision;
import recoverylog.hints.Hints;
import recoverylog.hints.HintsCodec;
import recoverylog.kit.Glue;
import recoverylog.kit.Refused;
import recoverylog.kit.SegmentValue;
import recoverylog.kit.Unsupported;
import recoverylog.segments.RefusedException;
import recoverylog.segments.SegmentSet;

/** This implementation, as the kit asks for it. */
final class OwnGlue implements Glue {
    private Revision revision = Revision.R2023_12;

    @Override
    public Hello hello() {
        return new Hello(
                "rlog-java",
                "0.1.0",
                "java",
                Revision.R2023_12.text(),
                List.of("codec", "segments", "fsm", "player", "several_logs", "properties"));
    }

    @Override
    public void begin(String text) {
        for (Revision known : Revision.values()) {
            if (known.text().equals(text)) {
                revision = known;
                return;
            }
        }
        throw new Unsupported("revision " + text);
    }

    @Override
    public byte[] decode(byte[] payload) throws Refused {
        try {
            return OperationCodec.encodeWithMeta(OperationCodec.decode(payload));
        } catch (MalformedException e) {
            throw new Refused("MalformedOp");
        }
    }

    @Override
    public DecodedHints decodeHints(byte[] encoded) throws Refused {
        return decoded(hints(encoded));
    }

    static DecodedHints decoded(Hints hints) {
        return new DecodedHints(Values.hints(hints), HintsCodec.encode(hints));
    }

    private static Hints hints(byte[] encoded) throws Refused {
        try {
            return HintsCodec.decode(encoded);
        } catch (MalformedException e) {
            throw new Refused("MalformedHints");
        }
    }

    @Override
    public List<Piece> unframe(List<byte[]> pieces) {
        List<Piece> found = new ArrayList<>();
        FrameReader reader = new FrameReader(0);
        for (byte[] piece : pieces) {
            reader.feed(piece);
            while (reader.next() instanceof FrameReader.Frame frame) {
                if (frame.skippedFrom() < frame.skippedTo()) {
                    found.add(new Piece(frame.skippedFrom(), frame.skippedTo(), null));
                }
                found.add(new Piece(frame.first(), frame.last(), frame.payload()));
            }
        }
        return found;
    }

    @Override
    public SetGlue newSet() {
        SegmentSet set = new SegmentSet();
        return new SetGlue() {
            @Override
            public void add(SegmentValue segment) throws Refused {
                try {
                    set.add(Values.segment(segment));
                } catch (RefusedException e) {
                    throw Values.refused(e);
                }
            }

            @Override
            public List<SegmentValue> segments() {
                return Values.segments(set.segments());
            }

            @Override
            public List<SegmentValue> intersect(ByteString log, long first, long last) {
                return Values.segments(set.intersect(log, first, last));
            }
        };
    }

    @Override
    public FsmGlue newFsm(byte[] hints) throws Refused {
        return new OwnFsm(hints(hints), revision);
    }

    @Override
    public PlayerGlue newPlayer(byte[] hints) throws Refused {
        return new OwnPlayer(hints(hints), revision);
    }

    @Override
    public PlayerGlue newPlayerOfLog(ByteString log) throws Refused {
        return new OwnPlayer(Hints.ofLog(log), revision);
    }
}
