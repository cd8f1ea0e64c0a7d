package recoverylog.kit;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import recoverylog.bytes.ByteString;
import recoverylog.json.Json;

/** The logs of a scenario, and the steps on them (ADP-20, ADP-21). */
final class Logs {
    private final SortedMap<ByteString, MemoryLog> logs = new TreeMap<>();

    /** A log, which is there as soon as it is named, and empty. */
    MemoryLog get(ByteString name) {
        return logs.computeIfAbsent(name, n -> new MemoryLog());
    }

    Observation append(Step.AppendRaw step) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (long i = 0; i < step.times(); i++) {
            all.writeBytes(step.data());
        }
        return Observation.done().show("head", get(step.log()).append(all.toByteArray()));
    }

    Observation roll(Step.Roll step) {
        get(step.log()).roll();
        return Observation.done();
    }

    Observation prune(Step.Prune step) {
        get(step.log()).prune(step.begin(), step.before());
        return Observation.done();
    }

    Observation read(Step.ReadLog step) {
        MemoryLog log = get(step.log());
        return Observation.done().show("head", log.head()).show("encoded", log.all(step.offset()));
    }

    /** Shows the logs to which anything was appended, if there is any (ADP-31). */
    void snapshot(Json.ObjectBuilder snapshot) {
        Json.ObjectBuilder out = Json.object();
        for (Map.Entry<ByteString, MemoryLog> entry : logs.entrySet()) {
            MemoryLog log = entry.getValue();
            if (log.head() > 0) {
                out.put(entry.getKey().toString(), Json.object()
                        .put("head", Long.toString(log.head()))
                        .put("sha256", Digests.sha256(log.all(0)))
                        .build());
            }
        }
        Json.Object all = out.build();
        if (!all.members().isEmpty()) {
            snapshot.put("logs", all);
        }
    }
}
