package recoverylog.kit;

import java.util.List;
import java.util.SortedMap;
import recoverylog.bytes.ByteString;

/**
 * What the kit asks an implementation for. What an implementation lacks is left as it is here, and is not claimed as a
 * capability (ADP-11). The kit keeps the names, logs and hints of a scenario, so that glue only calls and converts.
 */
public interface Glue {
    /** Who the implementation is (ADP-3). */
    record Hello(String implementation, String version, String language, String revision, List<String> capabilities) {}

    /** A frame, or a skipped range where {@code payload} is null (ADP-14). */
    record Piece(long first, long last, byte[] payload) {}

    /** Hints that were decoded, and encoded again (ADP-13). */
    record DecodedHints(HintsValue hints, byte[] encoded) {}

    /** Says who the implementation is (ADP-3). */
    Hello hello();

    /** Begins a scenario of a revision; what was made in one before is not there (ADP-4). */
    default void begin(String revision) {}

    /** Decodes an operation, and encodes it again, with its meta-fields; refused: {@code MalformedOp} (ADP-12). */
    default byte[] decode(byte[] payload) throws Refused {
        throw new Unsupported("codec");
    }

    /** Decodes hints, and encodes them again; refused: {@code MalformedHints} (ADP-13). */
    default DecodedHints decodeHints(byte[] encoded) throws Refused {
        throw new Unsupported("codec");
    }

    /** Reads a log that is fed in pieces; the last one may be shorter (ADP-14). */
    default List<Piece> unframe(List<byte[]> pieces) {
        throw new Unsupported("codec");
    }

    /** An empty set of segments (ADP-15). */
    default SetGlue newSet() {
        throw new Unsupported("segments");
    }

    /** Begins an FSM with encoded hints (ADP-17). */
    default FsmGlue newFsm(byte[] hints) throws Refused {
        throw new Unsupported("fsm");
    }

    /** Begins a player with encoded hints (ADP-23). */
    default PlayerGlue newPlayer(byte[] hints) throws Refused {
        throw new Unsupported("player");
    }

    /** Begins a player with hints that hold nothing but the name of a log (ADP-23). */
    default PlayerGlue newPlayerOfLog(ByteString log) throws Refused {
        throw new Unsupported("player");
    }

    /** A set of segments (SEG-6). */
    interface SetGlue {
        /** Adds a segment; refused: {@code InvalidSegment}, {@code SegmentConflict} (ADP-15). */
        void add(SegmentValue segment) throws Refused;

        /** All segments, in order (SEG-6). */
        List<SegmentValue> segments();

        /** SEG-10; {@code first} is not greater than {@code last} (ADP-16). */
        List<SegmentValue> intersect(ByteString log, long first, long last);
    }

    /** A live file (ADP-31). */
    record NodeState(long fnode, List<ByteString> links, List<SegmentValue> segments) {}

    /** The state of an FSM; links of a node are in rising order (ADP-31). */
    record FsmState(
            ByteString log,
            SortedMap<ByteString, Long> links,
            List<NodeState> nodes,
            SortedMap<ByteString, ByteString> properties,
            boolean hintsRemain) {}

    /** Where a branch goes on (TRN-1). */
    interface Tip {
        /** In decimal digits, up to 2^63 (SEQ-5). */
        String nextSeqNo();

        /** In decimal digits (ADP-8). */
        String nextChecksum();
    }

    /** An FSM. */
    interface FsmGlue extends Tip {
        /** Offers an operation; answers the outcome of ADP-10, refused: {@code MalformedOp} (ADP-18). */
        String apply(byte[] payload, ByteString log, long first, long last) throws Refused;

        /** The hints of the FSM's log, not lasting ones (ADP-19). */
        HintsValue buildHints() throws Refused;

        /** What the snapshot shows (ADP-31). */
        FsmState state();
    }

    /** What a player asks for next (PLAY-18). */
    sealed interface Ask {
        /** The head of a log (PLAY-1). */
        record Head(ByteString log) implements Ask {}

        /** Bytes of a log from an offset on; whether it waits for them to come (PLAY-18, case 5). */
        record Read(ByteString log, long offset, boolean waits) implements Ask {}

        /** The append of bytes, with a union of the author's fence and no check (HOF-2). */
        record Append(ByteString log, byte[] data, long author) implements Ask {}

        /** Nothing: it has ended. {@code failure} is the name of the error, or null where it is complete (ADP-24). */
        record Ended(String failure) implements Ask {}
    }

    /** A file or property of a complete play (ADP-31). */
    record PlayedFile(ByteString path, long size, String sha256) {}

    /** What a complete play has laid out, in rising order of the paths (ADP-31). */
    record PlayedTree(List<PlayedFile> files, List<List<ByteString>> sameFile) {}

    /** A player. The kit does what it asks for, and answers by one of the first five methods (PLAY-18). */
    interface PlayerGlue extends Tip {
        /** Answers {@link Ask.Head} (PLAY-1). */
        void head(long head);

        /** Answers {@link Ask.Read}: bytes at the offset that was asked for (JRN-6). */
        void bytes(byte[] bytes);

        /** Answers {@link Ask.Read}: the bytes up to a later offset are gone (PLAY-5). */
        void hole(long last);

        /** Answers {@link Ask.Read}: there are none yet (PLAY-18). */
        void noBytes();

        /** Answers {@link Ask.Append}: where the append ends (PLAY-8). */
        void appended(long end);

        /** What it asks for (PLAY-18). */
        Ask ask();

        /** Whether it tails (PLAY-13). */
        boolean isTailing();

        /** Whether it has a wish already (PLAY-14). */
        boolean hasWish();

        /** PLAY-7. */
        void finishAtWriteHead();

        /** PLAY-8; the author is not 0. */
        void injectHandoff(long author);

        /** The log that it reads (PLAY-3). */
        ByteString log();

        /** PLAY-16, of a player that is complete or tails, with the hints encoded, too (ADP-28). */
        DecodedHints takeHints() throws Refused;

        /** What it has laid out; asked of complete players only (PLAY-15). */
        PlayedTree tree();
    }
}
