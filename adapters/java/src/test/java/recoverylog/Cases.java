package recoverylog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change.Property;
import recoverylog.hints.FnodeSegments;
import recoverylog.hints.Hints;
import recoverylog.json.Json;
import recoverylog.json.JsonReader;
import recoverylog.segments.Segment;

/** Reads the recorded cases (cases.md). */
final class Cases {
    private Cases() {}

    /** The root of the repository, found above the directory of the build. */
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("tests/data/gazette"))) {
            at = at.getParent();
        }
        return at;
    }

    /** The cases of a family. */
    static List<Json.Object> family(String family) {
        Path path = root().resolve("tests/data/gazette/cases/" + family + ".jsonl.gz");
        List<Json.Object> cases = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
            String line;
            while ((line = in.readLine()) != null) {
                cases.add((Json.Object) JsonReader.read(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cases;
    }

    static Json member(Json value, String name) {
        return ((Json.Object) value).get(name).orElse(new Json.Null());
    }

    static boolean isNull(Json value) {
        return value instanceof Json.Null;
    }

    static String text(Json value, String name) {
        Json member = member(value, name);
        return member instanceof Json.Text text ? text.value() : null;
    }

    static long number(Json value, String name) {
        String text = text(value, name);
        return text == null ? 0 : Long.parseLong(text);
    }

    static int index(Json value, String name) {
        return Integer.parseInt(((Json.Number) member(value, name)).digits());
    }

    static ByteString bytes(Json value, String name) {
        String hex = text(value, name + "_hex");
        if (hex != null) {
            return ByteString.ofHex(hex);
        }
        String text = text(value, name);
        return text == null ? ByteString.EMPTY : ByteString.ofText(text);
    }

    static List<Json> list(Json value, String name) {
        return member(value, name) instanceof Json.Array array ? array.elements() : List.of();
    }

    static Segment segment(Json value) {
        return new Segment(
                number(value, "author"),
                number(value, "first_seq_no"),
                number(value, "first_offset"),
                number(value, "first_checksum"),
                number(value, "last_seq_no"),
                number(value, "last_offset"),
                bytes(value, "log"));
    }

    static Hints hints(Json value) {
        return new Hints(
                bytes(value, "log"),
                list(value, "live_nodes").stream()
                        .map(node -> new FnodeSegments(
                                number(node, "fnode"),
                                list(node, "segments").stream().map(Cases::segment).toList()))
                        .toList(),
                list(value, "properties").stream()
                        .map(p -> new Property(bytes(p, "path"), bytes(p, "content")))
                        .toList());
    }
}
