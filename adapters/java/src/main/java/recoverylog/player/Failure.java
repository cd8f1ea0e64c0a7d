package recoverylog.player;

import recoverylog.bytes.ByteString;
import recoverylog.segments.Segment;

/** Why a play failed (ADP-24). */
public sealed interface Failure {
    /** PLAY-2. */
    record HintsBeyondHead(ByteString log, Segment segment, long head) implements Failure {}

    /** PLAY-4: a write at a place that no file has. PLAY-12: one that makes a file too long to be laid out. */
    record UnplayableWrite(ByteString log, long logOffset, long fnode, long fileOffset) implements Failure {}

    /** PLAY-5. */
    record HoleInLog(ByteString log, long first, long last, long nextSeqNo) implements Failure {}

    /** PLAY-6. */
    record HintsRemain(ByteString log, Segment segment, long nextSeqNo, long nextChecksum, long head) implements Failure {}

    /** PLAY-6. */
    record LogEndsEarly(ByteString log, long end, long head) implements Failure {}

    /** PLAY-9. */
    record UnplayablePath(ByteString log, ByteString path) implements Failure {}

    /** PLAY-9. */
    record UnplayableTree(ByteString log, ByteString upper, ByteString lower) implements Failure {}

    /** HOF-1, SEQ-5: the branch is full, so no no-op can be appended to it. */
    record BranchFull(ByteString log) implements Failure {}

    /** Its name in the text (ADP-24). */
    default String label() {
        return getClass().getSimpleName();
    }
}
