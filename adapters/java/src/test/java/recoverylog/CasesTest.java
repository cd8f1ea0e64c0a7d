package recoverylog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change;
import recoverylog.codec.Frames;
import recoverylog.codec.Operation;
import recoverylog.codec.OperationCodec;
import recoverylog.fsm.Fsm;
import recoverylog.fsm.Revision;
import recoverylog.hints.Hints;
import recoverylog.hints.HintsCodec;
import recoverylog.hints.HintsJson;
import recoverylog.json.Json;
import recoverylog.segments.Rule;
import recoverylog.segments.Segment;
import recoverylog.segments.SegmentSet;

/** Runs what Gazette answered, family by family (cases.md). */
final class CasesTest {
    private static final HexFormat HEX = HexFormat.of();

    private interface Check {
        void run(Json.Object recorded) throws Exception;
    }

    private static void runAll(String family, int count, Check check) {
        List<String> failures = new ArrayList<>();
        List<Json.Object> cases = Cases.family(family);
        for (Json.Object recorded : cases) {
            try {
                check.run(recorded);
            } catch (Exception | AssertionError e) {
                failures.add(Cases.text(recorded, "id") + ": " + e);
            }
        }
        System.out.println(family + ": " + (cases.size() - failures.size()) + " of " + cases.size() + " agree");
        assertEquals(List.of(), failures);
        assertEquals(count, cases.size());
    }

    private static Operation operation(Json op) {
        return new Operation(
                Cases.number(op, "seq_no"),
                Cases.number(op, "checksum"),
                Cases.number(op, "author"),
                Cases.member(op, "create") instanceof Json.Object o ? new Change.Create(Cases.bytes(o, "path")) : null,
                Cases.member(op, "link") instanceof Json.Object o
                        ? new Change.Link(Cases.number(o, "fnode"), Cases.bytes(o, "path"))
                        : null,
                Cases.member(op, "unlink") instanceof Json.Object o
                        ? new Change.Unlink(Cases.number(o, "fnode"), Cases.bytes(o, "path"))
                        : null,
                Cases.member(op, "write") instanceof Json.Object o
                        ? new Change.Write(Cases.number(o, "fnode"), Cases.number(o, "offset"), Cases.number(o, "length"))
                        : null,
                Cases.member(op, "property") instanceof Json.Object o
                        ? new Change.Property(Cases.bytes(o, "path"), Cases.bytes(o, "content"))
                        : null,
                Cases.number(op, "first_offset"),
                Cases.number(op, "last_offset"),
                Cases.bytes(op, "log"));
    }

    @Test
    void codec() {
        runAll("codec", 300, recorded -> {
            byte[] frame = HEX.parseHex(Cases.text(recorded, "frame"));
            byte[] payload = java.util.Arrays.copyOfRange(frame, Frames.HEADER, frame.length);
            Operation op = operation(Cases.member(recorded, "op"));
            assertEquals(op, OperationCodec.decode(payload));
            assertArrayEquals(payload, OperationCodec.encodeWithMeta(op));
            assertArrayEquals(frame, Frames.frame(payload));
        });
    }

    @Test
    void codecHints() {
        runAll("codec-hints", 100, recorded -> {
            byte[] bytes = HEX.parseHex(Cases.text(recorded, "bytes"));
            Hints hints = HintsJson.read(Cases.member(recorded, "hints"));
            assertEquals(Cases.hints(Cases.member(recorded, "hints")), hints);
            assertEquals(hints, HintsCodec.decode(bytes));
            assertArrayEquals(bytes, HintsCodec.encode(hints));
            assertEquals(hints, Cases.hints(HintsJson.write(hints)));
            Rule rule = RuleTexts.refusal(() -> {
                hints.validate();
                return null;
            });
            assertTrue(RuleTexts.agree(Cases.text(recorded, "validate"), rule), "validate: " + rule);
        });
    }

    private static List<Segment> segments(Json value, String name) {
        return Cases.list(value, name).stream().map(Cases::segment).toList();
    }

    @Test
    void segments() {
        runAll("segments", 1188, recorded -> {
            SegmentSet set = new SegmentSet();
            for (Json add : Cases.list(recorded, "adds")) {
                Segment segment = Cases.segment(Cases.member(add, "segment"));
                assertTrue(RuleTexts.agree(Cases.text(add, "validate"), segment.broken().orElse(null)));
                Rule rule = RuleTexts.refusal(() -> {
                    set.add(segment);
                    return null;
                });
                assertTrue(RuleTexts.agree(Cases.text(add, "error"), rule), "add: " + rule);
                assertEquals(segments(add, "set"), set.segments());
            }
            for (Json asked : Cases.list(recorded, "intersects")) {
                List<Segment> result = null;
                try {
                    result = set.intersect(
                            Cases.bytes(asked, "log"), Cases.number(asked, "first"), Cases.number(asked, "last"));
                } catch (IllegalArgumentException e) {
                    assertEquals("invalid range", Cases.text(asked, "panic"));
                }
                if (!Cases.isNull(Cases.member(asked, "result"))) {
                    assertEquals(segments(asked, "result"), result);
                }
            }
        });
    }

    @Test
    void liveLogSegments() {
        runAll("live-log-segments", 300, recorded -> {
            Hints hints = Cases.hints(Cases.member(recorded, "hints"));
            Rule invalid = RuleTexts.refusal(() -> {
                hints.validate();
                return null;
            });
            assertTrue(RuleTexts.agree(Cases.text(recorded, "validate"), invalid), "validate: " + invalid);
            Rule refused = RuleTexts.refusal(hints::flatten);
            assertTrue(RuleTexts.agree(Cases.text(recorded, "error"), refused), "flatten: " + refused);
            if (refused == null) {
                Hints.Flattened flattened = hints.flatten();
                assertEquals(segments(recorded, "set"), flattened.segments());
                List<String> nodes = Cases.list(recorded, "nodes").stream().map(n -> ((Json.Text) n).value()).toList();
                assertEquals(nodes, flattened.fnodes().stream().map(String::valueOf).toList());
            }
            Json begun = Cases.member(recorded, "new_fsm");
            Rule notBegun = RuleTexts.refusal(() -> new Fsm(hints, Revision.R2023_12));
            assertTrue(RuleTexts.agree(Cases.text(begun, "error"), notBegun), "new_fsm: " + notBegun);
            if (notBegun == null) {
                Fsm fsm = new Fsm(hints, Revision.R2023_12);
                assertEquals(Cases.text(begun, "next_seq_no"), Long.toUnsignedString(fsm.nextSeqNo()));
                assertEquals(Cases.number(begun, "next_checksum"), fsm.nextChecksum());
            }
        });
    }

    @Test
    void fsmPlain() {
        FsmCase.Differences differences = FsmCase.Differences.read();
        runAll("fsm-plain", 1000, recorded -> {
            Fsm fsm = new Fsm(Hints.ofLog(ByteString.ofText("a/log")), Revision.R2023_12);
            for (Json op : Cases.list(recorded, "ops")) {
                FsmCase.offer(fsm, op, op);
            }
            FsmCase.checkFinal(fsm, Cases.member(recorded, "final"), differences.of(Cases.text(recorded, "id")));
        });
        assertEquals(28, differences.used());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsm-hinted", "fsm-tampered"})
    void fsmPlays(String family) {
        runAll(family, family.equals("fsm-hinted") ? 714 : 150, recorded -> {
            FsmCase.checkTruth(recorded);
            Hints hints = Cases.hints(Cases.member(recorded, "hints"));
            Rule rule = RuleTexts.refusal(() -> new Fsm(hints, Revision.R2023_12));
            assertTrue(RuleTexts.agree(Cases.text(recorded, "new_fsm_error"), rule), "new_fsm: " + rule);
            for (Json play : Cases.list(recorded, "plays")) {
                FsmCase.checkPlay(recorded, hints, play);
            }
        });
    }
}
