package recoverylog.kit;

import recoverylog.bytes.ByteString;
import recoverylog.json.Json;

/** A segment as the kit is given it and shows it (ENC-7, ADP-9). */
public record SegmentValue(
        long author,
        long firstSeqNo,
        long firstOffset,
        long firstChecksum,
        long lastSeqNo,
        long lastOffset,
        ByteString log) {

    Json json() {
        Json.ObjectBuilder out = Json.object()
                .put("author", Long.toString(author))
                .put("first_seq_no", Long.toString(firstSeqNo))
                .put("first_offset", Long.toString(firstOffset))
                .put("first_checksum", Long.toString(firstChecksum))
                .put("last_seq_no", Long.toString(lastSeqNo))
                .put("last_offset", Long.toString(lastOffset));
        return Shown.text(out, "log", log).build();
    }
}
