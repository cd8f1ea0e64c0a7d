package recoverylog;

import io.airlift.compress.snappy.SnappyFramedInputStream;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import recoverylog.bytes.ByteString;
import recoverylog.json.Json;
import recoverylog.json.JsonReader;

/** The logs of a sample: fragments as Gazette's broker left them (JRN-9). */
final class SampleLog {
    record Fragment(long begin, byte[] bytes) {
        long end() {
            return begin + bytes.length;
        }
    }

    private final List<Fragment> fragments = new ArrayList<>();
    private final long head;

    private SampleLog(long head) {
        this.head = head;
    }

    static Map<ByteString, SampleLog> readAll(Path sample) throws IOException {
        Map<ByteString, SampleLog> logs = new HashMap<>();
        for (Json journal : Cases.list(JsonReader.read(Files.readAllBytes(sample.resolve("log.json"))), "journals")) {
            SampleLog log = new SampleLog(Cases.number(journal, "write_head"));
            for (Json fragment : Cases.list(journal, "fragments")) {
                Path file = sample.resolve(Cases.text(fragment, "file"));
                log.fragments.add(new Fragment(Cases.number(fragment, "begin"), read(file)));
            }
            log.fragments.sort((one, other) -> Long.compare(one.begin, other.begin));
            logs.put(Cases.bytes(journal, "name"), log);
        }
        return logs;
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file); InputStream in = decompressed(file.toString(), raw)) {
            return in.readAllBytes();
        }
    }

    private static InputStream decompressed(String name, InputStream raw) throws IOException {
        if (name.endsWith(".raw")) {
            return raw;
        }
        if (name.endsWith(".zst")) {
            return new ZstdInputStream(raw);
        }
        return name.endsWith(".sz") ? new SnappyFramedInputStream(raw) : new GZIPInputStream(raw);
    }

    long head() {
        return head;
    }

    /** The first fragment that ends behind an offset, or null. */
    Fragment at(long offset) {
        return fragments.stream().filter(f -> f.end() > offset).findFirst().orElse(null);
    }
}
