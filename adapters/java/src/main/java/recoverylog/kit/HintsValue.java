package recoverylog.kit;

import java.util.List;
import recoverylog.bytes.ByteString;
import recoverylog.json.Json;

/** Hints as the kit shows them (ENC-7, ADP-9). */
public record HintsValue(ByteString log, List<Node> liveNodes, List<PropertyValue> properties) {
    /** A live file of hints (ENC-7). */
    public record Node(long fnode, List<SegmentValue> segments) {}

    /** A property (ENC-7). */
    public record PropertyValue(ByteString path, ByteString content) {
        Json json() {
            return Shown.text(Shown.text(Json.object(), "path", path), "content", content).build();
        }
    }

    Json json() {
        return Shown.text(Json.object(), "log", log)
                .put("live_nodes", Shown.list(liveNodes, node -> Json.object()
                        .put("fnode", Long.toString(node.fnode()))
                        .put("segments", Shown.list(node.segments(), SegmentValue::json))
                        .build()))
                .put("properties", Shown.list(properties, PropertyValue::json))
                .build();
    }
}
