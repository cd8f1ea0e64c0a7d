package recoverylog;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import recoverylog.bytes.ByteString;
import recoverylog.segments.LogName;

/** Names of logs (LOG-1). */
final class LogNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a/log", "abcd", "../a", "../..", "a/log;..", "a/log;x;y", "\u00e4\u00f6\u00fc\u0661", "a.b~", "a/...b"})
    void accepts(String name) {
        assertTrue(LogName.isValid(ByteString.ofText(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "abc", "/abc", "a//b", "a/./b", "a/../b", "abc/", "a/log;", "a/log;/x", "a/log;.", "a/log;x/", "ab`c", "ab c",
        "abc\u0301", "a/\u20ac/b", "a/b\\c"
    })
    void refuses(String name) {
        assertFalse(LogName.isValid(ByteString.ofText(name)));
    }

    @Test
    void countsCodePoints() {
        String letter = new String(Character.toChars(0x1d400));
        assertTrue(LogName.isValid(ByteString.ofText(letter.repeat(512))));
        assertFalse(LogName.isValid(ByteString.ofText(letter.repeat(513))));
        assertFalse(LogName.isValid(ByteString.ofText(letter.repeat(3))));
        assertFalse(LogName.isValid(ByteString.ofHex("61626364ff")));
    }
}
