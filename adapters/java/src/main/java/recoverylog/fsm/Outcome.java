package recoverylog.fsm;

import recoverylog.bytes.ByteString;

/** What becomes of an operation that is offered to an FSM (FSM-0 to FSM-8). */
public sealed interface Outcome {
    /** A transition: the operation is the next of the branch (TRN-5). */
    sealed interface Transition extends Outcome {}

    /** The operation is not of the branch; the state is as it was (TRN-4). */
    sealed interface Rejected extends Outcome {}

    /** FSM-0. */
    record Applied() implements Transition {}

    /** FSM-1. */
    record NotHintedAuthor(long expected, long actual) implements Rejected {}

    /** FSM-2; {@code expected} is an unsigned number, for it can be 2^63 (SEQ-5). */
    record WrongSeqNo(long expected, long actual) implements Rejected {}

    /** FSM-3. */
    record ChecksumMismatch(long expected, long actual) implements Rejected {}

    /** FSM-4. */
    record ExpectedHintedFnode(long fnode) implements Rejected {}

    /** FSM-5. */
    record LinkExists(ByteString path, long fnode) implements Rejected {}

    /** FSM-6. */
    record PropertyExists(ByteString path, ByteString content) implements Rejected {}

    /** FSM-7: of the branch, though no file sees it. */
    record FnodeNotTracked(long fnode) implements Transition {}

    /** FSM-8. */
    record NoSuchLink(long fnode, ByteString path) implements Rejected {}

    /** The one instance of {@link Applied} that is needed (FSM-0). */
    Applied APPLIED = new Applied();

    /** Its name in the table of outcomes (FSM-0 to FSM-8). */
    default String label() {
        return getClass().getSimpleName();
    }
}
