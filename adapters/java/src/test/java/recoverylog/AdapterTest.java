package recoverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import recoverylog.bytes.ByteString;
import recoverylog.kit.Adapter;
import recoverylog.kit.Glue;
import recoverylog.kit.MemoryLog;
import recoverylog.kit.Registers;
import recoverylog.kit.Registers.Label;
import recoverylog.kit.SegmentValue;

/** The kit, with glue that only remembers (ADP). */
final class AdapterTest {
    private static final class Remembering implements Glue {
        @Override
        public Hello hello() {
            return new Hello("remembering", "1", "java", "2023-12", List.of("segments"));
        }

        @Override
        public SetGlue newSet() {
            List<SegmentValue> all = new java.util.ArrayList<>();
            return new SetGlue() {
                @Override
                public void add(SegmentValue segment) {
                    all.add(segment);
                }

                @Override
                public List<SegmentValue> segments() {
                    return all;
                }

                @Override
                public List<SegmentValue> intersect(ByteString log, long first, long last) {
                    throw new IllegalStateException("out of order");
                }
            };
        }
    }

    private static List<String> answers(String... requests) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] in = String.join("\n", requests).getBytes(StandardCharsets.UTF_8);
        new Adapter(new Remembering()).serve(new ByteArrayInputStream(in), out);
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static String run(String steps) {
        return "{\"id\":2,\"run\":{\"revision\":\"2023-12\",\"steps\":[" + steps + "]}}";
    }

    @Test
    void answersEachRequest() throws Exception {
        List<String> answers = answers(
                "{\"id\":1,\"hello\":{\"protocol\":{\"least\":1,\"most\":3}}}",
                run("{\"do\":\"add_segment\",\"set\":\"s\",\"author\":\"7\",\"log\":\"\u00e4\"},"
                        + "{\"do\":\"intersect\",\"set\":\"s\",\"first_offset\":\"2\",\"last_offset\":\"1\"}"),
                run("{\"do\":\"decode\"}"),
                run("{\"do\":\"intersect\",\"set\":\"s\"}"),
                "{\"id\":3,\"bye\":{}}",
                run(""));
        assertEquals(5, answers.size());
        assertEquals(
                "{\"id\":1,\"hello\":{\"protocol\":1,\"implementation\":\"remembering\",\"version\":\"1\","
                        + "\"language\":\"java\",\"revision\":\"2023-12\",\"capabilities\":[\"segments\"]}}",
                answers.get(0));
        String segments = "[{\"author\":\"7\",\"first_seq_no\":\"0\",\"first_offset\":\"0\",\"first_checksum\":\"0\","
                + "\"last_seq_no\":\"0\",\"last_offset\":\"0\",\"log\":\"\u00e4\"}]";
        assertEquals(
                "{\"id\":2,\"observations\":[{\"outcome\":\"done\",\"segments\":" + segments
                        + "},{\"outcome\":\"impossible\"}],\"snapshot\":{\"sets\":{\"s\":" + segments + "}}}",
                answers.get(1));
        assertEquals("{\"id\":2,\"unsupported\":\"codec\"}", answers.get(2));
        assertTrue(answers.get(3).startsWith("{\"id\":2,\"broke\":"));
        assertEquals("{\"id\":3,\"bye\":{}}", answers.get(4));
    }

    @Test
    void endsWhereItHasNoVersionInCommon() throws Exception {
        List<String> answers = answers("{\"id\":1,\"hello\":{\"protocol\":{\"least\":2,\"most\":3}}}", run(""));
        assertEquals(1, answers.size());
        assertTrue(answers.get(0).contains("unsupported"));
    }

    @Test
    void logsHaveFragmentsAndHoles() {
        MemoryLog log = new MemoryLog();
        log.append(new byte[10]);
        log.roll();
        log.append(new byte[5]);
        log.roll();
        log.prune(0, 10);
        assertEquals(new MemoryLog.Hole(10), log.read(3));
        assertEquals(5, log.all(0).length);
        log.prune(0, 15);
        assertEquals(new MemoryLog.Hole(15), log.read(12));
        assertEquals(new MemoryLog.Nothing(), log.read(15));
        assertEquals(15, log.head());
    }

    @Test
    void registersAreCheckedAndChanged() {
        assertEquals("t0vncp", Registers.fence(974118297));
        Registers registers = new Registers();
        List<Label> own = List.of(new Label("author", "a"));
        List<Label> other = List.of(new Label("author", "b"));
        assertTrue(registers.pass(own, List.of()));
        registers.change(List.of(), other);
        assertEquals(false, registers.pass(own, List.of()));
        assertTrue(registers.pass(List.of(new Label("author", "")), own));
        registers.change(other, List.of());
        assertTrue(registers.values().isEmpty());
    }
}
