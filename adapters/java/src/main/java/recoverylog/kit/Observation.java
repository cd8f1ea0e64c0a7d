package recoverylog.kit;

import java.util.List;
import recoverylog.json.Json;

/** What is shown of a step (ADP-4). */
final class Observation {
    private final Json.ObjectBuilder members = Json.object();

    private Observation(String outcome) {
        members.put("outcome", outcome);
    }

    static Observation of(String outcome) {
        return new Observation(outcome);
    }

    static Observation done() {
        return new Observation("done");
    }

    Observation show(String name, String value) {
        members.put(name, value);
        return this;
    }

    Observation show(String name, long value) {
        return show(name, Long.toString(value));
    }

    Observation show(String name, byte[] value) {
        return show(name, Shown.hex(value));
    }

    Observation show(String name, Json value) {
        members.put(name, value);
        return this;
    }

    Observation show(List<SegmentValue> segments) {
        return show("segments", Shown.list(segments, SegmentValue::json));
    }

    Observation show(Glue.Tip tip) {
        return show("next_seq_no", tip.nextSeqNo()).show("next_checksum", tip.nextChecksum());
    }

    Json json() {
        return members.build();
    }
}
