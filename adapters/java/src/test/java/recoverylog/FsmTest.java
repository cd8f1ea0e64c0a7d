package recoverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change;
import recoverylog.codec.Operation;
import recoverylog.codec.OperationCodec;
import recoverylog.fsm.Fsm;
import recoverylog.fsm.Outcome;
import recoverylog.fsm.Revision;
import recoverylog.hints.FnodeSegments;
import recoverylog.hints.Hints;
import recoverylog.segments.RefusedException;
import recoverylog.segments.Rule;
import recoverylog.segments.Segment;

/** What no recorded case reaches. */
final class FsmTest {
    private static final ByteString LOG = text("a/log");
    private static final ByteString OTHER = text("b/log");

    private static ByteString text(String text) {
        return ByteString.ofText(text);
    }

    private static Operation op(Fsm fsm, long author, Change change) {
        return new Operation(
                fsm.nextSeqNo(),
                fsm.nextChecksum(),
                author,
                change instanceof Change.Create c ? c : null,
                change instanceof Change.Link c ? c : null,
                change instanceof Change.Unlink c ? c : null,
                change instanceof Change.Write c ? c : null,
                change instanceof Change.Property c ? c : null,
                100 * fsm.nextSeqNo(),
                100 * fsm.nextSeqNo() + 50,
                LOG);
    }

    private static Outcome apply(Fsm fsm, Operation op) {
        return fsm.apply(op, OperationCodec.encode(op));
    }

    private static Outcome apply(Fsm fsm, Change change) {
        return apply(fsm, op(fsm, 1, change));
    }

    private static Outcome applyIn(Fsm fsm, ByteString log, Change change) {
        Operation op = op(fsm, 1, change);
        return apply(fsm, op.attached(op.firstOffset(), op.lastOffset(), log));
    }

    private static Change.Create create(String path) {
        return new Change.Create(text(path));
    }

    private static Change.Property property(String path, String content) {
        return new Change.Property(text(path), text(content));
    }

    private static Fsm plain(Revision revision) throws RefusedException {
        return new Fsm(Hints.ofLog(LOG), revision);
    }

    /** Hints of the first three operations of author 1, a create of fnode 1 among them, and a property. */
    private static Hints hinted(long firstSeqNo, String path, String content) {
        Segment segment = new Segment(1, firstSeqNo, 0, 0, firstSeqNo + 2, 0, ByteString.EMPTY);
        return new Hints(
                LOG, List.of(new FnodeSegments(firstSeqNo, List.of(segment))), List.of(property(path, content)));
    }

    @Test
    void aFullBranchRejectsAll() throws RefusedException {
        Segment last = new Segment(1, Long.MAX_VALUE, 0, 0, Long.MAX_VALUE, 0, ByteString.EMPTY);
        Fsm fsm = new Fsm(
                new Hints(LOG, List.of(new FnodeSegments(Long.MAX_VALUE, List.of(last))), List.of()),
                Revision.R2023_12);
        assertEquals(Outcome.APPLIED, apply(fsm, create("/a")));
        assertTrue(fsm.isFull());
        assertEquals(new Outcome.WrongSeqNo(Long.MIN_VALUE, Long.MIN_VALUE), apply(fsm, (Change) null));
    }

    @Test
    void aHintedPropertyKeepsItsContentWhileHinted() throws RefusedException {
        Fsm fsm = new Fsm(hinted(1, "/p", "hinted"), Revision.R2023_12);
        apply(fsm, create("/a"));
        apply(fsm, property("/p", "older"));
        assertEquals(text("hinted"), fsm.properties().get(text("/p")));
        // The last hinted operation is still hinted; an unnamed property keeps its first content.
        apply(fsm, property("/p", "older yet"));
        assertEquals(text("hinted"), fsm.properties().get(text("/p")));
        assertTrue(fsm.hintedSegments().isEmpty());
        apply(fsm, property("/p", "newer"));
        assertEquals(text("newer"), fsm.properties().get(text("/p")));
    }

    @Test
    void aPendingPropertyYieldsBehindTheHints() throws RefusedException {
        Fsm fsm = new Fsm(hinted(1, "/p", "hinted"), Revision.R2023_12);
        apply(fsm, create("/a"));
        assertEquals(Outcome.APPLIED, apply(fsm, new Change.Link(1, text("/p"))));
        apply(fsm, new Change.Unlink(1, text("/p")));
        assertEquals(text("hinted"), fsm.properties().get(text("/p")));
        apply(fsm, create("/p/below"));
        assertTrue(fsm.properties().isEmpty());
    }

    @Test
    void propertiesChangeByRevision() throws RefusedException {
        for (Revision revision : Revision.values()) {
            Fsm fsm = plain(revision);
            apply(fsm, property("/p", "one"));
            assertEquals(Outcome.APPLIED, apply(fsm, property("/p", "one")));
            assertEquals(revision.propertiesChange(), apply(fsm, property("/p", "two")) instanceof Outcome.Applied);
            assertEquals("PropertyExists", apply(fsm, create("/p")).label());
        }
    }

    @Test
    void aCreateThatIsNotHintedIsUntrackedUnlessItsPathIsTaken() throws RefusedException {
        Fsm fsm = new Fsm(hinted(1, "/p", ""), Revision.R2023_12);
        apply(fsm, create("/a"));
        assertEquals("LinkExists", apply(fsm, create("/a")).label());
        assertEquals(new Outcome.FnodeNotTracked(2), apply(fsm, create("/b")));
        assertEquals(new Outcome.FnodeNotTracked(3), apply(fsm, create("/b")));
        assertFalse(fsm.hintsRemain());
        assertEquals(Outcome.APPLIED, apply(fsm, create("/b")));
    }

    @Test
    void aHintedFnodeMustBeCreated() throws RefusedException {
        Fsm fsm = new Fsm(hinted(1, "/p", ""), Revision.R2023_12);
        assertEquals(new Outcome.ExpectedHintedFnode(1), apply(fsm, (Change) null));
        assertEquals("NotHintedAuthor", apply(fsm, op(fsm, 2, create("/a"))).label());
    }

    @Test
    void anArrivalIsHintedWhereNothingElseLeadsToIt() throws RefusedException {
        Fsm fsm = plain(Revision.R2023_12);
        apply(fsm, create("/a"));
        applyIn(fsm, OTHER, null);
        Hints hints = fsm.buildHints();
        assertEquals(OTHER, hints.log());
        assertEquals(2, hints.liveNodes().get(0).segments().size());
        applyIn(fsm, OTHER, new Change.Unlink(1, text("/a")));
        assertEquals(Rule.NO_LIVE_FILE, assertThrows(RefusedException.class, fsm::buildHints).rule());
    }

    @Test
    void lastingHintsNeedALiveFileOrTheBeginning() throws RefusedException {
        Fsm fsm = new Fsm(hinted(5, "/p", ""), Revision.R2023_12);
        apply(fsm, create("/a"));
        apply(fsm, new Change.Unlink(5, text("/a")));
        assertEquals(List.of(), fsm.buildHints().liveNodes());
        assertEquals(Rule.NO_LIVE_FILE, assertThrows(RefusedException.class, fsm::buildLastingHints).rule());
    }

    @Test
    void oneLogInTheOldestRevision() {
        Segment first = new Segment(1, 1, 0, 0, 1, 10, OTHER);
        Segment second = new Segment(2, 2, 0, 0, 2, 10, ByteString.EMPTY);
        Hints hints = new Hints(LOG, List.of(new FnodeSegments(1, List.of(first, second))), List.of());
        assertEquals(
                Rule.ONE_LOG, assertThrows(RefusedException.class, () -> new Fsm(hints, Revision.R2020_06)).rule());
        Hints elsewhere = new Hints(LOG, List.of(new FnodeSegments(1, List.of(first))), List.of());
        assertEquals(
                Rule.LAST_LOG, assertThrows(RefusedException.class, () -> new Fsm(elsewhere, Revision.R2023_12)).rule());
    }

    @Test
    void anAuthorOfZeroIsAppliedButNotHinted() throws RefusedException {
        Fsm fsm = plain(Revision.R2023_12);
        assertEquals(Outcome.APPLIED, apply(fsm, op(fsm, 0, create("/a"))));
        assertEquals(Rule.AUTHOR, assertThrows(RefusedException.class, fsm::buildHints).rule());
    }
}
