package recoverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import recoverylog.codec.Checksum;
import recoverylog.codec.Operation;
import recoverylog.codec.OperationCodec;
import recoverylog.fsm.Fsm;
import recoverylog.fsm.Outcome;
import recoverylog.fsm.Revision;
import recoverylog.hints.Hints;
import recoverylog.json.Json;
import recoverylog.json.JsonReader;
import recoverylog.segments.RefusedException;
import recoverylog.segments.Segment;

/** What the cases of the FSM ask (cases.md). */
final class FsmCase {
    private FsmCase() {}

    /** The known differences, and how many of them were met. */
    static final class Differences {
        private final Map<String, Json> byCase;
        private int used;

        private Differences(Map<String, Json> byCase) {
            this.byCase = byCase;
        }

        static Differences read() {
            try {
                Json all = JsonReader.read(
                        Files.readString(Cases.root().resolve("tests/vectors/known_differences.json")));
                return new Differences(Cases.list(all, "differences").stream()
                        .collect(Collectors.toMap(d -> Cases.text(d, "case"), d -> Cases.member(d, "ours"))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Optional<Json> of(String id) {
            Json ours = byCase.get(id);
            used += ours == null ? 0 : 1;
            return Optional.ofNullable(ours).map(o -> Cases.member(o, "built_hints"));
        }

        int used() {
            return used;
        }
    }

    /** Offers an operation, and compares the answer. */
    static Outcome offer(Fsm fsm, Json op, Json result) throws Exception {
        byte[] payload = HexFormat.of().parseHex(Cases.text(op, "payload"));
        Operation decoded = OperationCodec.decode(payload)
                .attached(Cases.number(op, "first_offset"), Cases.number(op, "last_offset"), Cases.bytes(op, "log"));
        Outcome outcome = fsm.apply(decoded, payload);
        if (result != null) {
            String error = outcome instanceof Outcome.Applied ? null : "Err" + outcome.label();
            assertEquals(Cases.text(result, "error"), error);
            assertEquals(Cases.text(result, "next_seq_no"), Long.toUnsignedString(fsm.nextSeqNo()));
            assertEquals(Cases.number(result, "next_checksum"), fsm.nextChecksum());
        }
        return outcome;
    }

    static void checkFinal(Fsm fsm, Json end, Optional<Json> difference) throws Exception {
        assertEquals(Cases.text(end, "next_seq_no"), Long.toUnsignedString(fsm.nextSeqNo()));
        assertEquals(Cases.number(end, "next_checksum"), fsm.nextChecksum());
        assertEquals(Cases.text(end, "last_log"), fsm.log().toString());
        checkTree(fsm, end);
        for (Json.Member node : ((Json.Object) Cases.member(end, "nodes")).members()) {
            List<Segment> segments = Cases.list(node.value(), "segments").stream().map(Cases::segment).toList();
            assertEquals(segments, fsm.files().get(Long.parseLong(node.name())).segments());
        }
        Json expected = difference.orElse(Cases.member(end, "built_hints"));
        try {
            assertEquals(Cases.hints(expected), fsm.buildHints());
        } catch (RefusedException e) {
            assertTrue(RuleTexts.agree(Cases.text(expected, "refused"), e.rule()), "built_hints: " + e.rule());
        }
    }

    private static void checkTree(Fsm fsm, Json expected) {
        Map<String, String> links = new TreeMap<>();
        fsm.links().forEach((path, fnode) -> links.put(path.toString(), Long.toString(fnode)));
        assertEquals(texts(Cases.member(expected, "links")), links);
        Map<String, String> properties = new TreeMap<>();
        fsm.properties().forEach((path, content) -> properties.put(path.toString(), content.toString()));
        assertEquals(texts(Cases.member(expected, "properties")), properties);
        Map<String, List<String>> nodes = new TreeMap<>();
        fsm.files().forEach((fnode, file) ->
                nodes.put(Long.toString(fnode), file.links().stream().map(Object::toString).toList()));
        Map<String, List<String>> expectedNodes = new TreeMap<>();
        for (Json.Member node : ((Json.Object) Cases.member(expected, "nodes")).members()) {
            expectedNodes.put(
                    node.name(),
                    Cases.list(node.value(), "links").stream().map(l -> ((Json.Text) l).value()).toList());
        }
        assertEquals(expectedNodes, nodes);
    }

    private static Map<String, String> texts(Json object) {
        Map<String, String> texts = new TreeMap<>();
        for (Json.Member member : ((Json.Object) object).members()) {
            texts.put(member.name(), ((Json.Text) member.value()).value());
        }
        return texts;
    }

    static void checkTruth(Json recorded) throws Exception {
        if (Cases.isNull(Cases.member(recorded, "truth"))) {
            return;
        }
        List<Json> ops = Cases.list(recorded, "ops");
        Deque<Json> branch = new ArrayDeque<>();
        for (int at = Cases.index(recorded, "truth_tip"); at >= 0; at = Cases.index(ops.get(at), "parent")) {
            branch.push(ops.get(at));
        }
        Fsm fsm = new Fsm(Hints.ofLog(Cases.bytes(Cases.member(recorded, "hints"), "log")), Revision.R2023_12);
        for (Json op : branch) {
            assertTrue(offer(fsm, op, null) instanceof Outcome.Applied);
        }
        checkTree(fsm, Cases.member(recorded, "truth"));
    }

    static void checkPlay(Json recorded, Hints hints, Json play) throws Exception {
        Fsm fsm = new Fsm(hints, Revision.R2023_12);
        List<Json> ops = Cases.list(recorded, "ops");
        String variant = Cases.text(play, "variant");
        List<Segment> segments = hints.flatten().segments();
        long from = segments.isEmpty() || !variant.equals("from-first-offset") ? 0 : segments.get(0).firstOffset();
        List<Json> results = Cases.list(play, "results");
        int given = 0;
        for (int i = 0; i < ops.size(); i++) {
            long offset = Cases.number(ops.get(i), "first_offset");
            boolean sought = variant.equals("seek") && !fsm.hintedSegments().isEmpty()
                    && offset < fsm.hintedSegments().get(0).firstOffset();
            if (offset < from || sought) {
                continue;
            }
            assertEquals(i, Cases.index(results.get(given), "op"));
            offer(fsm, ops.get(i), results.get(given));
            given++;
        }
        assertEquals(results.size(), given);
        checkFinal(fsm, Cases.member(play, "final"), Optional.empty());
        assertEquals(new Json.Bool(fsm.hintsRemain()), Cases.member(play, "hints_remaining"));
        Integer tip = tip(ops, fsm);
        Json expectedTip = Cases.member(play, "tip");
        assertEquals(expectedTip, tip == null ? new Json.Null() : new Json.Number(tip.toString()));
        if (!Cases.isNull(Cases.member(play, "agrees"))) {
            checkTree(fsm, Cases.member(recorded, "truth"));
            assertEquals(false, fsm.hintsRemain());
        }
    }

    private static Integer tip(List<Json> ops, Fsm fsm) throws Exception {
        if (fsm.nextSeqNo() == 1 && fsm.nextChecksum() == 0) {
            return -1;
        }
        for (int i = 0; i < ops.size(); i++) {
            byte[] payload = HexFormat.of().parseHex(Cases.text(ops.get(i), "payload"));
            Operation op = OperationCodec.decode(payload);
            if (op.seqNo() + 1 == fsm.nextSeqNo() && Checksum.update(op.checksum(), payload) == fsm.nextChecksum()) {
                return i;
            }
        }
        return null;
    }
}
