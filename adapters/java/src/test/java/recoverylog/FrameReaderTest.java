package recoverylog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import recoverylog.codec.FrameReader;
import recoverylog.codec.FrameReader.Frame;
import recoverylog.codec.Frames;

/** Frames, raw bytes and skipped ranges (FRM). */
final class FrameReaderTest {
    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static FrameReader reader(byte[]... parts) {
        FrameReader reader = new FrameReader(0);
        reader.feed(join(parts));
        return reader;
    }

    private static String told(FrameReader.Found found) {
        if (found instanceof Frame f) {
            String skipped = f.skippedFrom() < f.skippedTo() ? f.skippedFrom() + "-" + f.skippedTo() + " " : "";
            return skipped + "frame " + f.first() + "-" + f.last();
        }
        return found instanceof FrameReader.Raw r ? "raw " + r.first() + " " + new String(r.bytes()) : "nothing";
    }

    @Test
    void skipsWhatIsNoFrameAndSaysSo() {
        FrameReader reader = reader(bytes("ab"), Frames.frame(bytes("x")), bytes("f3"), Frames.frame(bytes("")));
        assertEquals("0-2 frame 2-11", told(reader.next()));
        assertEquals("11-13 frame 13-21", told(reader.next()));
        assertNull(reader.next());
    }

    @Test
    void takesALengthBeyondTheGreatestForNoFrame() {
        byte[] header = HexFormat.of().parseHex("6633933601001000");
        assertEquals("0-8 frame 8-16", told(reader(header, Frames.frame(bytes(""))).next()));
        assertThrows(IllegalArgumentException.class, () -> Frames.frame(new byte[Frames.MAX_PAYLOAD + 1]));
        byte[] longest = Frames.frame(new byte[Frames.MAX_PAYLOAD]);
        assertEquals("frame 0-1048584", told(reader(longest).next()));
    }

    @Test
    void givesRawBytesAlsoIfTheyLookLikeAFrame() {
        FrameReader reader = reader(Frames.frame(bytes("x")), Frames.frame(bytes("")), Frames.frame(bytes("y")));
        reader.next();
        reader.raw(8);
        assertTrue(reader.next() instanceof FrameReader.Raw raw && raw.bytes().length == 8);
        assertEquals("frame 17-26", told(reader.next()));
        reader.raw(-1);
        assertNull(reader.next());
    }

    @Test
    void searchesBehindTheFirstByteOfARejectedFrame() {
        byte[] inner = Frames.frame(bytes("in"));
        FrameReader reader = reader(bytes("a"), Frames.frame(join(bytes("."), inner)), Frames.frame(bytes("")));
        assertEquals("0-1 frame 1-20", told(reader.next()));
        reader.reject();
        assertEquals("0-10 frame 10-20", told(reader.next()));
        reader.reject();
        assertEquals("0-20 frame 20-28", told(reader.next()));
    }

    @Test
    void searchesADoubtedFrameButReportsNothingOfIt() {
        byte[] inner = Frames.frame(bytes("in"));
        FrameReader reader = reader(Frames.frame(join(bytes("."), inner)), bytes("z"), Frames.frame(bytes("")));
        assertEquals("frame 0-19", told(reader.next()));
        reader.doubt();
        assertEquals("frame 9-19", told(reader.next()));
        reader.reject();
        assertEquals("19-20 frame 20-28", told(reader.next()));
    }

    @Test
    void readsOnAtTheEndOfADoubtedFrameAtTheLatest() {
        FrameReader reader = reader(Frames.frame(bytes("abc")), Frames.frame(bytes("")));
        reader.next();
        reader.doubt();
        assertEquals("frame 11-19", told(reader.next()));
    }

    @Test
    void waitsForWhatIsCutOffUnlessItIsRejected() {
        byte[] frame = Frames.frame(bytes("abc"));
        FrameReader reader = reader(bytes("x"), Arrays.copyOf(frame, 10));
        assertNull(reader.next());
        assertTrue(reader.isUnfinished());
        reader.rejectUnfinished();
        assertNull(reader.next());
        assertFalse(reader.isUnfinished());
        reader.feed(Frames.frame(bytes("")));
        assertEquals("0-11 frame 11-19", told(reader.next()));
    }

    @Test
    void seeksForwardOnly() {
        FrameReader reader = reader(bytes("xyz"), Frames.frame(bytes("")), bytes("garbage"), Frames.frame(bytes("")));
        reader.next();
        reader.seek(5);
        assertEquals("11-18 frame 18-26", told(reader.next()));
        reader.seek(100);
        assertEquals(100, reader.end());
        reader.feed(Frames.frame(bytes("q")));
        assertEquals("frame 100-109", told(reader.next()));
    }

    @Test
    void doesNotDependOnHowTheBytesAreSplit() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            byte[] log = garbage(random);
            String whole = all(log, log.length);
            for (int piece : new int[] {1, 2, 3, 5, 13}) {
                assertEquals(whole, all(log, piece));
            }
        }
    }

    private static byte[] garbage(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] alphabet = HexFormat.of().parseHex("66339336050001");
        for (int i = 0; i < 40; i++) {
            if (random.nextInt(3) == 0) {
                byte[] payload = new byte[random.nextInt(12)];
                for (int k = 0; k < payload.length; k++) {
                    payload[k] = alphabet[random.nextInt(alphabet.length)];
                }
                out.writeBytes(Frames.frame(payload));
            } else {
                out.write(alphabet[random.nextInt(alphabet.length)]);
            }
        }
        return out.toByteArray();
    }

    private static String all(byte[] log, int piece) {
        List<String> told = new ArrayList<>();
        FrameReader reader = new FrameReader(0);
        for (int at = 0; at < log.length; at += piece) {
            reader.feed(Arrays.copyOfRange(log, at, Math.min(log.length, at + piece)));
            FrameReader.Found found;
            while ((found = reader.next()) != null) {
                told.add(told(found));
                if (found instanceof Frame frame && frame.payload().length % 3 == 0) {
                    reader.reject();
                } else if (found instanceof Frame frame && frame.payload().length % 3 == 1) {
                    reader.doubt();
                }
            }
        }
        return told.toString();
    }

    @Test
    void framesAsTheExampleSays() {
        assertArrayEquals(HexFormat.of().parseHex("663393360100000078"), Frames.frame(bytes("x")));
    }
}
