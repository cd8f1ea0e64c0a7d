package recoverylog.hints;

import java.io.IOException;
import java.util.List;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change.Property;
import recoverylog.json.Json;
import recoverylog.json.JsonReader;
import recoverylog.segments.Segment;

/** Hints as JSON (HNT-13 to HNT-17). */
public final class HintsJson {
    private static final List<String> HINTS = List.of("log", "live_nodes", "properties");
    private static final List<String> NODE = List.of("fnode", "segments");
    private static final List<String> SEGMENT = List.of(
            "author", "first_seq_no", "first_offset", "first_checksum", "last_seq_no", "last_offset", "log");
    private static final List<String> PROPERTY = List.of("path", "content");

    private HintsJson() {}

    /** The JSON of hints (HNT-13). */
    public static Json.Object write(Hints hints) {
        Json.ObjectBuilder out = Json.object();
        string(out, "log", hints.log());
        out.put("live_nodes", new Json.Array(hints.liveNodes().stream().map(HintsJson::node).toList()));
        out.put("properties", new Json.Array(hints.properties().stream().map(HintsJson::write).toList()));
        return out.build();
    }

    private static Json node(FnodeSegments node) {
        return Json.object()
                .put("fnode", Long.toString(node.fnode()))
                .put("segments", new Json.Array(node.segments().stream().map(HintsJson::write).toList()))
                .build();
    }

    /** The JSON of a segment (HNT-13). */
    public static Json write(Segment segment) {
        Json.ObjectBuilder out = Json.object()
                .put("author", Long.toString(segment.author()))
                .put("first_seq_no", Long.toString(segment.firstSeqNo()))
                .put("first_offset", Long.toString(segment.firstOffset()))
                .put("first_checksum", Long.toString(segment.firstChecksum()))
                .put("last_seq_no", Long.toString(segment.lastSeqNo()))
                .put("last_offset", Long.toString(segment.lastOffset()));
        return string(out, "log", segment.log()).build();
    }

    /** The JSON of a property (HNT-13). */
    public static Json write(Property property) {
        Json.ObjectBuilder out = Json.object();
        string(out, "path", property.path());
        return string(out, "content", property.content()).build();
    }

    /** A string of bytes: text, or hex where it is no UTF-8 (HNT-14). */
    public static Json.ObjectBuilder string(Json.ObjectBuilder out, String name, ByteString bytes) {
        return bytes.text()
                .map(text -> out.put(name, text))
                .orElseGet(() -> out.put(name + "_hex", bytes.hex()));
    }

    /** The hints that a text is, or the place of what is wrong (HNT-15 to HNT-17). */
    public static Hints read(String text) throws JsonPlaceException {
        try {
            return read(JsonReader.read(text));
        } catch (IOException e) {
            throw new JsonPlaceException("hints");
        }
    }

    /** The hints that UTF-8 is, or the place of what is wrong (HNT-15 to HNT-17). */
    public static Hints read(byte[] utf8) throws JsonPlaceException {
        try {
            return read(JsonReader.read(utf8));
        } catch (IOException e) {
            throw new JsonPlaceException("hints");
        }
    }

    /** The hints that a JSON value is, or the place of what is wrong (HNT-15 to HNT-17). */
    public static Hints read(Json value) throws JsonPlaceException {
        JsonMembers in = new JsonMembers(value, "", HINTS);
        return new Hints(
                in.string("log"),
                in.list("live_nodes", NODE, HintsJson::node),
                in.list("properties", PROPERTY, p -> new Property(p.string("path"), p.string("content"))));
    }

    private static FnodeSegments node(JsonMembers in) throws JsonPlaceException {
        return new FnodeSegments(in.int64("fnode"), in.list("segments", SEGMENT, HintsJson::segment));
    }

    private static Segment segment(JsonMembers in) throws JsonPlaceException {
        return new Segment(
                in.uint32("author"),
                in.int64("first_seq_no"),
                in.int64("first_offset"),
                in.uint32("first_checksum"),
                in.int64("last_seq_no"),
                in.int64("last_offset"),
                in.string("log"));
    }
}
