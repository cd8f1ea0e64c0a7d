package recoverylog.player;

import recoverylog.bytes.ByteString;

/** The one thing that a player asks for (PLAY-18). */
public sealed interface Request {
    /** The head of a log, by a barrier; answered by {@link Player#head} (PLAY-1). */
    record Head(ByteString log) implements Request {}

    /**
     * Bytes of a log from an offset on; answered by {@link Player#bytes}, {@link Player#hole} or {@link Player#noBytes}.
     * Only where {@code waits} is set, it waits for bytes to come (PLAY-18, case 5).
     */
    record Read(ByteString log, long offset, boolean waits) implements Request {}

    /** The append of a frame, with a union of the author's fence and no check (HOF-2); answered by {@link Player#appended}. */
    record Append(ByteString log, byte[] frame, long author) implements Request {}

    /** Nothing more: the play is complete (PLAY-7). */
    record Complete() implements Request {}

    /** Nothing more: the play has failed (ADP-24). */
    record Failed(Failure failure) implements Request {}
}
