package recoverylog.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A string of bytes, which may be no UTF-8 (ENC-2). It orders by its bytes as unsigned numbers, a prefix first.
 *
 * <p>The bytes are held as the characters 0 to 255 of a string: the JDK keeps such strings compact, and already hashes,
 * compares and orders them just as ENC-2 asks.
 */
public final class ByteString implements Comparable<ByteString> {
    /** No bytes (ENC-2). */
    public static final ByteString EMPTY = new ByteString("");

    private final String bytes;

    private ByteString(String bytes) {
        this.bytes = bytes;
    }

    /** The bytes of an array (ENC-2). */
    public static ByteString of(byte[] array) {
        return of(array, 0, array.length);
    }

    /** The bytes of a part of an array (ENC-2). */
    public static ByteString of(byte[] array, int offset, int length) {
        return length == 0 ? EMPTY : new ByteString(new String(array, offset, length, StandardCharsets.ISO_8859_1));
    }

    /** The UTF-8 of a text without lone surrogates (ENC-2). */
    public static ByteString ofText(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return of(text.getBytes(StandardCharsets.UTF_8));
            }
        }
        return text.isEmpty() ? EMPTY : new ByteString(text);
    }

    /** The bytes that hex digits, of any case, stand for (HNT-14). */
    public static ByteString ofHex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    /** How many bytes it has (ENC-2). */
    public int length() {
        return bytes.length();
    }

    /** Whether it has no bytes (ENC-2). */
    public boolean isEmpty() {
        return bytes.isEmpty();
    }

    /** Whether it begins with the bytes of another one (ENC-2). */
    public boolean startsWith(ByteString prefix) {
        return bytes.startsWith(prefix.bytes);
    }

    /** Its characters are the bytes, 0 to 255: for who looks at ASCII alone (ENC-2). */
    public String latin1() {
        return bytes;
    }

    /** A copy of the bytes (ENC-2). */
    public byte[] toBytes() {
        return bytes.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The bytes as lowercase hex (HNT-14). */
    public String hex() {
        return HexFormat.of().formatHex(toBytes());
    }

    /** The text that the bytes are, or none where they are no UTF-8 (HNT-14). */
    public Optional<String> text() {
        boolean ascii = true;
        for (int i = 0; ascii && i < bytes.length(); i++) {
            ascii = bytes.charAt(i) < 0x80;
        }
        if (ascii) {
            return Optional.of(bytes);
        }
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(toBytes())).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(ByteString other) {
        return bytes.compareTo(other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString that && bytes.equals(that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return text().orElseGet(() -> "hex:" + hex());
    }
}
