package recoverylog.hints;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import recoverylog.bytes.ByteString;
import recoverylog.json.Json;

/** The members of a JSON object by their names in snake_case, and the place of what is wrong with them (HNT-15 to HNT-17). */
final class JsonMembers {
    private static final List<String> STRINGS = List.of("log", "path", "content");
    private static final Pattern DIGITS = Pattern.compile("-?[0-9]{1,20}");
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");
    private static final BigInteger MAX_UINT32 = BigInteger.valueOf(0xffff_ffffL);
    private static final BigInteger MIN_INT64 = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_INT64 = BigInteger.valueOf(Long.MAX_VALUE);

    private final String prefix;
    private final Map<String, Json> values = new HashMap<>();

    /** Looks at whether a value is an object, and at the names of its members (HNT-17). */
    JsonMembers(Json value, String place, List<String> known) throws JsonPlaceException {
        prefix = place.isEmpty() ? "" : place + ".";
        if (!(value instanceof Json.Object object)) {
            throw new JsonPlaceException(place.isEmpty() ? "hints" : place);
        }
        for (Json.Member member : object.members()) {
            String name = snakeCase(member.name(), known);
            // A text and its hex are one member in two forms, so one takes the place of the other.
            boolean twice = name != null && (values.containsKey(name) || values.containsKey(otherForm(name)));
            if (name == null || twice) {
                throw new JsonPlaceException(prefix + member.name());
            }
            values.put(name, member.value());
        }
    }

    private static String snakeCase(String name, List<String> known) {
        for (String member : known) {
            if (name.equals(member) || name.equals(camelCase(member))) {
                return member;
            }
            String hex = member + "_hex";
            if (STRINGS.contains(member) && (name.equals(hex) || name.equals(camelCase(hex)))) {
                return hex;
            }
        }
        return null;
    }

    private static String camelCase(String name) {
        StringBuilder out = new StringBuilder();
        for (String word : name.split("_")) {
            out.append(out.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return out.toString();
    }

    private static String otherForm(String name) {
        return name.endsWith("_hex") ? name.substring(0, name.length() - 4) : name + "_hex";
    }

    /** A number, or 0 where the member is absent or null (HNT-15). */
    long int64(String name) throws JsonPlaceException {
        return number(name, MIN_INT64, MAX_INT64);
    }

    /** A number, or 0 where the member is absent or null (HNT-15). */
    long uint32(String name) throws JsonPlaceException {
        return number(name, BigInteger.ZERO, MAX_UINT32);
    }

    private long number(String name, BigInteger least, BigInteger most) throws JsonPlaceException {
        Json value = values.get(name);
        if (value == null || value instanceof Json.Null) {
            return 0;
        }
        BigInteger number = null;
        if (value instanceof Json.Text text && DIGITS.matcher(text.value()).matches()) {
            number = new BigInteger(text.value());
        } else if (value instanceof Json.Number digits && WHOLE.matcher(digits.digits()).matches()) {
            // A number of more digits than any in range has is not worth the time to read it.
            number = digits.digits().length() > 21 ? null : new BigInteger(digits.digits());
        }
        if (number == null || number.compareTo(least) < 0 || number.compareTo(most) > 0) {
            throw new JsonPlaceException(prefix + name);
        }
        return number.longValue();
    }

    /** A string of bytes, in either form, or none where the member is absent or null (HNT-14, HNT-15). */
    ByteString string(String name) throws JsonPlaceException {
        boolean isHex = values.containsKey(name + "_hex");
        String member = isHex ? name + "_hex" : name;
        Json value = values.get(member);
        if (value == null || value instanceof Json.Null) {
            return ByteString.EMPTY;
        }
        if (value instanceof Json.Text text) {
            if (isHex) {
                try {
                    return ByteString.ofHex(text.value());
                } catch (IllegalArgumentException e) {
                    throw new JsonPlaceException(prefix + member);
                }
            }
            // A lone surrogate has no UTF-8.
            if (StandardCharsets.UTF_8.newEncoder().canEncode(text.value())) {
                return ByteString.ofText(text.value());
            }
        }
        throw new JsonPlaceException(prefix + member);
    }

    /** What is read of each element of a list, which is looked at when it is come to (HNT-17). */
    interface Reader<T> {
        T read(JsonMembers element) throws JsonPlaceException;
    }

    /** The objects of a list in turn, none where the member is absent or null (HNT-15). */
    <T> List<T> list(String name, List<String> known, Reader<T> reader) throws JsonPlaceException {
        Json value = values.get(name);
        if (value == null || value instanceof Json.Null) {
            return List.of();
        }
        if (!(value instanceof Json.Array array)) {
            throw new JsonPlaceException(prefix + name);
        }
        List<T> read = new ArrayList<>();
        for (Json element : array.elements()) {
            String place = prefix + name + "[" + read.size() + "]";
            read.add(reader.read(new JsonMembers(element, place, known)));
        }
        return read;
    }
}
