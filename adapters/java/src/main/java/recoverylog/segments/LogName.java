package recoverylog.segments;

import java.util.Optional;
import recoverylog.bytes.ByteString;

/** What the name of a log may be (LOG-1). */
public final class LogName {
    private static final String SYMBOLS = "-_+/.=%!$&'()*,:;@~";
    private static final int MIN_PATH = 4;
    private static final int MIN_METADATA = 1;
    private static final int MAX = 512;

    private LogName() {}

    /** Whether bytes are the name of a log (LOG-1). */
    public static boolean isValid(ByteString name) {
        Optional<String> text = name.text();
        if (text.isEmpty()) {
            return false;
        }
        int semicolon = text.get().indexOf(';');
        if (semicolon < 0) {
            return isPart(text.get(), MIN_PATH);
        }
        return isPart(text.get().substring(0, semicolon), MIN_PATH)
                && isPart(text.get().substring(semicolon + 1), MIN_METADATA);
    }

    private static boolean isPart(String part, int min) {
        int length = part.codePointCount(0, part.length());
        return length >= min && length <= MAX
                && part.codePoints().allMatch(LogName::isCharacter)
                && !part.startsWith("/")
                && isClean(part);
    }

    private static boolean isCharacter(int character) {
        if (character < 0x80) {
            return character >= '0' && character <= '9'
                    || character >= 'a' && character <= 'z'
                    || character >= 'A' && character <= 'Z'
                    || SYMBOLS.indexOf(character) >= 0;
        }
        return switch (Character.getType(character)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER, Character.OTHER_LETTER, Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    private static boolean isClean(String part) {
        boolean leading = true;
        for (String piece : part.split("/", -1)) {
            boolean up = piece.equals("..");
            if (piece.isEmpty() || piece.equals(".") || up && !leading) {
                return false;
            }
            leading &= up;
        }
        return true;
    }
}
