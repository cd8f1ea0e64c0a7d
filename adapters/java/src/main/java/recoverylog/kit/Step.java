package recoverylog.kit;

import recoverylog.bytes.ByteString;

/** A step of a scenario (ADP-12 to ADP-28). */
public sealed interface Step {
    /** ADP-12. */
    record Decode(byte[] payload) implements Step {}

    /** ADP-13. */
    record DecodeHints(byte[] encoded) implements Step {}

    /** ADP-14. */
    record Unframe(byte[] data, long piece) implements Step {}

    /** ADP-15. */
    record AddSegment(String set, SegmentValue segment) implements Step {}

    /** ADP-16. */
    record Intersect(String set, ByteString log, long first, long last) implements Step {}

    /** ADP-17. */
    record NewFsm(String fsm, byte[] hints) implements Step {}

    /** ADP-18. */
    record Apply(String fsm, byte[] payload, ByteString log, long first, long last) implements Step {}

    /** ADP-19. */
    record BuildHints(String fsm) implements Step {}

    /** ADP-20. */
    record AppendRaw(ByteString log, byte[] data, long times) implements Step {}

    /** ADP-20. */
    record Roll(ByteString log) implements Step {}

    /** ADP-20. */
    record Prune(ByteString log, long before, long begin) implements Step {}

    /** ADP-21. */
    record ReadLog(ByteString log, long offset) implements Step {}

    /** ADP-22. */
    record GiveHints(String hints, byte[] encoded) implements Step {}

    /** ADP-23; {@code hints} or {@code log} is null where it is not given. */
    record Play(String player, String hints, ByteString log) implements Step {}

    /** ADP-25. */
    record FinishAtWriteHead(String player) implements Step {}

    /** ADP-25. */
    record InjectHandoff(String player, long author) implements Step {}

    /** ADP-26. */
    record Advance(String player, String until) implements Step {}

    /** ADP-27. */
    record HandoffAgain(String player) implements Step {}

    /** ADP-28. */
    record TakePlayerHints(String player, String hints) implements Step {}
}
