package recoverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change;
import recoverylog.codec.Checksum;
import recoverylog.codec.MalformedException;
import recoverylog.codec.Operation;
import recoverylog.codec.OperationCodec;

/** Operations as bytes, and the checksum (ENC, SEQ-2). */
final class CodecTest {
    private static Operation decode(String hex) throws MalformedException {
        return OperationCodec.decode(HexFormat.of().parseHex(hex));
    }

    @Test
    void digestsAsTheTextSays() {
        assertEquals(0xe3069283L, Checksum.update(0, "123456789".getBytes()));
        assertEquals(0xe3069283L, Checksum.update(Checksum.update(0, "1234".getBytes()), "56789".getBytes()));
    }

    @Test
    void readsTheExample() throws MalformedException {
        Operation op = decode("080515a5bb7b3b1d0a000000420e0a092f4944454e54495459120178");
        assertEquals(5, op.seqNo());
        assertEquals(0x3b7bbba5L, op.checksum());
        assertEquals(10, op.author());
        assertEquals(new Change.Property(ByteString.ofText("/IDENTITY"), ByteString.ofText("x")), op.change());
    }

    @Test
    void mergesMessagesAndTakesTheLastScalar() throws MalformedException {
        Operation op = decode("0801" + "0802" + "2a020801" + "2a0412022f61");
        assertEquals(2, op.seqNo());
        assertEquals(new Change.Link(1, ByteString.ofText("/a")), op.change());
    }

    @Test
    void passesOverWhatItDoesNotKnow() throws MalformedException {
        // A field 100, a group with a group in it, and seq_no with the wire type of bytes.
        Operation op = decode("a20601ff" + "a306" + "ab06ac06" + "a406" + "0a0101" + "1801");
        assertEquals(0, op.seqNo());
        assertEquals(0, op.author());
        assertNull(op.change());
    }

    @Test
    void dropsBitsAboveThe64th() throws MalformedException {
        assertEquals(-1, decode("08ffffffffffffffffff7f").seqNo());
        assertEquals(1, decode("8880808080808080807e01").seqNo());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "08", "0880", "08ffffffffffffffffffff01", "0001", "80808080801001", "0e", "0f", "150102", "220a01",
        "0c", "1b", "1b24", "22020a05", "2203080180", "22ffffffffffffffffff01"
    })
    void refusesWhatIsMalformed(String hex) {
        assertThrows(MalformedException.class, () -> decode(hex));
    }

    @Test
    void takesTheFirstMemberAndTheRawBytesOfAnyWrite() throws MalformedException {
        Operation op = decode("2200" + "3a021805");
        assertEquals(new Change.Create(ByteString.EMPTY), op.change());
        assertEquals(5, op.rawLength());
        assertEquals(0, decode("3a0b18ffffffffffffffffff01").rawLength());
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> OperationCodec.encode(Operation.noOp(1, 0, 1L << 32)));
        assertThrows(IllegalArgumentException.class, () -> OperationCodec.encode(Operation.noOp(1, -1, 1)));
    }
}
