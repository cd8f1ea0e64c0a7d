package recoverylog.kit;

import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import recoverylog.bytes.ByteString;
import recoverylog.json.Json;

/** How values stand in observations (ADP-8). */
final class Shown {
    private static final HexFormat HEX = HexFormat.of();

    private Shown() {}

    /** A text, or its hex under another name where it is no UTF-8 (HNT-14). */
    static Json.ObjectBuilder text(Json.ObjectBuilder out, String name, ByteString bytes) {
        return bytes.text()
                .map(text -> out.put(name, text))
                .orElseGet(() -> out.put(name + "_hex", bytes.hex()));
    }

    /** An object of a path alone (ADP-31). */
    static Json path(ByteString path) {
        return text(Json.object(), "path", path).build();
    }

    static <T> Json list(List<T> values, Function<T, Json> shown) {
        return new Json.Array(values.stream().map(shown).toList());
    }

    static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }
}
