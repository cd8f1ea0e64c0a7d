package recoverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change;
import recoverylog.codec.Checksum;
import recoverylog.codec.Frames;
import recoverylog.codec.Operation;
import recoverylog.codec.OperationCodec;
import recoverylog.fsm.Revision;
import recoverylog.hints.FnodeSegments;
import recoverylog.hints.Hints;
import recoverylog.kit.MemoryLog;
import recoverylog.player.Content;
import recoverylog.player.Player;
import recoverylog.player.Request;
import recoverylog.segments.Segment;

/** The player on a log in memory (PLAY, HOF). */
final class PlayerTest {
    private static final ByteString LOG = ByteString.ofText("a/log");

    private final MemoryLog log = new MemoryLog();
    private long seqNo = 1;
    private long checksum;

    private static ByteString text(String text) {
        return ByteString.ofText(text);
    }

    private byte[] next(long author, Change change) {
        return next(author, change, change instanceof Change.Write c ? c : null);
    }

    private byte[] next(long author, Change change, Change.Write write) {
        Operation op = new Operation(
                seqNo,
                checksum,
                author,
                change instanceof Change.Create c ? c : null,
                null,
                change instanceof Change.Unlink c ? c : null,
                write,
                change instanceof Change.Property c ? c : null,
                0,
                0,
                ByteString.EMPTY);
        byte[] payload = OperationCodec.encode(op);
        seqNo++;
        checksum = Checksum.update(checksum, payload);
        return Frames.frame(payload);
    }

    private Player player() throws Exception {
        return new Player(Hints.ofLog(LOG), Revision.R2023_12);
    }

    /** Does what the player asks for, until it waits, or asks for an append. */
    private void advance(Player player, int piece) {
        while (!player.hasEnded()) {
            if (player.request() instanceof Request.Head) {
                player.head(log.head());
            } else if (player.request() instanceof Request.Append) {
                return;
            } else if (player.request() instanceof Request.Read read) {
                MemoryLog.Found found = log.read(read.offset());
                if (found instanceof MemoryLog.Bytes bytes) {
                    player.bytes(Arrays.copyOf(bytes.bytes(), Math.min(piece, bytes.bytes().length)));
                } else if (found instanceof MemoryLog.Hole hole) {
                    player.hole(hole.last());
                } else if (read.waits()) {
                    return;
                } else {
                    player.noBytes();
                }
            }
        }
    }

    private String finish(Player player) {
        player.finishAtWriteHead();
        advance(player, Integer.MAX_VALUE);
        return player.request() instanceof Request.Failed failed ? failed.failure().label() : "complete";
    }

    @Test
    void playsWritesAndTails() throws Exception {
        log.append(next(1, new Change.Create(text("/a"))));
        log.append(next(1, new Change.Write(1, 2, 3)));
        log.append("xyz".getBytes());
        Player player = player();
        advance(player, 1);
        assertTrue(player.isTailing());
        log.append(next(1, new Change.Property(text("/p"), text("content"))));
        assertEquals("complete", finish(player));
        Content content = player.tree().orElseThrow().files().get(text("/a"));
        assertEquals(5, content.size());
        content.forEachPart(part -> assertEquals("\0\0xyz", new String(part)));
        assertEquals(2, player.tree().orElseThrow().files().size());
    }

    @Test
    void doesNotBelieveAWriteWhoseBytesNeverCome() throws Exception {
        log.append(next(1, new Change.Create(text("/a"))));
        byte[] torn = next(1, new Change.Write(1, 0, 1000));
        log.append(torn);
        Player player = player();
        assertEquals("complete", finish(player));
        assertEquals(2, player.fsm().nextSeqNo());
    }

    @Test
    void rejectsATornFrameAtTheHead() throws Exception {
        byte[] frame = next(1, new Change.Create(text("/a")));
        log.append(Arrays.copyOf(frame, 12));
        Player player = player();
        advance(player, 5);
        assertTrue(player.isTailing());
        log.append(frame);
        assertEquals("complete", finish(player));
        assertEquals(2, player.fsm().nextSeqNo());
    }

    @Test
    void failsAtAWriteAtANegativeOffset() throws Exception {
        log.append(next(1, new Change.Create(text("/a"))));
        log.append(next(1, new Change.Write(1, -1, 1)));
        log.append(new byte[1]);
        assertEquals("UnplayableWrite", finish(player()));
    }

    @Test
    void failsAtAWriteBeyondTheLongestFile() throws Exception {
        log.append(next(1, new Change.Create(text("/a"))));
        log.append(next(1, new Change.Write(1, Long.MAX_VALUE, 1)));
        log.append(new byte[1]);
        log.append(next(1, new Change.Unlink(1, text("/a"))));
        assertEquals("UnplayableWrite", finish(player()));
    }

    @Test
    void laysOutNoFileThatIsTooLong() throws Exception {
        log.append(next(1, new Change.Create(text("/a"))));
        log.append(next(1, new Change.Write(1, Long.MAX_VALUE - 1, 1)));
        log.append(new byte[1]);
        assertEquals("UnplayableWrite", finish(player()));
        log.append(next(1, new Change.Unlink(1, text("/a"))));
        assertEquals("complete", finish(player()));
    }

    @Test
    void passesOverRawBytesOfAnIgnoredWrite() throws Exception {
        byte[] raw = Arrays.copyOf(Frames.frame(new byte[0]), 20);
        byte[] create = next(1, new Change.Create(text("/a")), new Change.Write(0, 0, raw.length));
        log.append(create);
        log.roll();
        log.append(raw);
        log.roll();
        log.append(next(1, new Change.Create(text("/b"))));
        Player whole = player();
        assertEquals("complete", finish(whole));
        assertEquals(3, whole.fsm().nextSeqNo());
        log.prune(create.length, create.length + raw.length);
        Player over = player();
        assertEquals("complete", finish(over));
        assertEquals(3, over.fsm().nextSeqNo());
    }

    @Test
    void failsAtPathsThatNoDirectoryHas() throws Exception {
        log.append(next(1, new Change.Create(text("/a/../b"))));
        assertEquals("UnplayablePath", finish(player()));
        log.append(next(1, new Change.Unlink(1, text("/a/../b"))));
        log.append(next(1, new Change.Create(text("/a"))));
        assertEquals("complete", finish(player()));
        log.append(next(1, new Change.Create(text("/a-b"))));
        log.append(next(1, new Change.Create(text("/a/b"))));
        assertEquals("UnplayableTree", finish(player()));
    }

    @Test
    void failsAtAHoleWithoutHints() throws Exception {
        log.append(next(1, new Change.Create(text("/a"))));
        log.roll();
        log.append(next(1, null));
        log.prune(0, log.head());
        assertEquals("HoleInLog", finish(player()));
    }

    @Test
    void readsOverAHoleBeforeWhatIsHinted() throws Exception {
        byte[] noOp = next(1, null);
        log.append(noOp);
        long first = checksum;
        log.roll();
        log.append(next(1, new Change.Create(text("/a"))));
        log.prune(0, noOp.length);
        Segment segment = new Segment(1, 2, 0, first, 2, log.head(), ByteString.EMPTY);
        Hints hints = new Hints(LOG, List.of(new FnodeSegments(2, List.of(segment))), List.of());
        assertEquals("complete", finish(new Player(hints, Revision.R2023_12)));
        Segment unknown = new Segment(1, 2, 0, first, 2, 0, ByteString.EMPTY);
        Hints bounds = new Hints(LOG, List.of(new FnodeSegments(2, List.of(unknown))), List.of());
        assertEquals("HoleInLog", finish(new Player(bounds, Revision.R2023_12)));
        Segment beyond = new Segment(1, 2, 0, first, 2, log.head() + 1, ByteString.EMPTY);
        Hints lost = new Hints(LOG, List.of(new FnodeSegments(2, List.of(beyond))), List.of());
        assertEquals("HintsBeyondHead", finish(new Player(lost, Revision.R2023_12)));
        Segment wrong = new Segment(1, 2, 0, first + 1, 2, log.head(), ByteString.EMPTY);
        Hints remain = new Hints(LOG, List.of(new FnodeSegments(2, List.of(wrong))), List.of());
        assertEquals("HintsRemain", finish(new Player(remain, Revision.R2023_12)));
    }

    @Test
    void handsOffAgainAfterALostRace() throws Exception {
        log.append(next(1, new Change.Create(text("/a"))));
        Player player = player();
        player.handOff(9);
        advance(player, Integer.MAX_VALUE);
        log.append(next(1, new Change.Write(1, 0, 0)));
        player.appended(log.append(((Request.Append) player.request()).frame()));
        advance(player, Integer.MAX_VALUE);
        assertEquals(3, player.fsm().nextSeqNo());
        player.appended(log.append(((Request.Append) player.request()).frame()));
        advance(player, Integer.MAX_VALUE);
        assertTrue(player.request() instanceof Request.Complete);
        assertEquals(4, player.fsm().nextSeqNo());
        assertThrows(IllegalStateException.class, player::finishAtWriteHead);
    }

    @Test
    void refusesHintsBeforeItHasReadItsOwn() throws Exception {
        Player player = player();
        assertFalse(player.takeHints().isPresent());
        assertThrows(IllegalArgumentException.class, () -> player.handOff(0));
    }
}
