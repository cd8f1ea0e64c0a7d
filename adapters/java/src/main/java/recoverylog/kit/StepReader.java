package recoverylog.kit;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import recoverylog.bytes.ByteString;
import recoverylog.json.Json;

/** Reads a step, with the defaults of what is left out (ADP-8). */
final class StepReader {
    private static final HexFormat HEX = HexFormat.of();
    // ADP-4 says `do`; it did not yet when this was written.
    private static final List<String> NAME_OF_STEP = List.of("step", "op", "do", "kind", "type", "action");

    private final Json.Object step;

    private StepReader(Json.Object step) {
        this.step = step;
    }

    static Step read(Json value) {
        if (!(value instanceof Json.Object object)) {
            throw new IllegalArgumentException("a step is no object");
        }
        return new StepReader(object).read();
    }

    private Step read() {
        String kind = kind();
        return switch (kind) {
            case "apply" -> new Step.Apply(
                    string("fsm"), hex("payload"), text("log"), number("first_offset"), number("last_offset"));
            case "decode" -> new Step.Decode(hex("payload"));
            case "decode_hints" -> new Step.DecodeHints(hex("encoded"));
            case "unframe" -> new Step.Unframe(hex("data"), number("piece"));
            case "add_segment" -> new Step.AddSegment(string("set"), segment());
            case "intersect" -> new Step.Intersect(
                    string("set"), text("log"), number("first_offset"), number("last_offset"));
            case "new_fsm" -> new Step.NewFsm(string("fsm"), hex("hints"));
            case "build_hints" -> new Step.BuildHints(string("fsm"));
            case "append_raw" -> new Step.AppendRaw(text("log"), hex("data"), number("times", 1));
            case "roll" -> new Step.Roll(text("log"));
            case "prune" -> new Step.Prune(text("log"), number("before"), number("begin"));
            case "read_log" -> new Step.ReadLog(text("log"), number("offset"));
            case "give_hints" -> new Step.GiveHints(string("hints"), hex("encoded"));
            case "play" -> new Step.Play(string("player"), stringOrNull("hints"), textOrNull("log"));
            case "finish_at_write_head" -> new Step.FinishAtWriteHead(string("player"));
            case "inject_handoff" -> new Step.InjectHandoff(string("player"), number("author"));
            case "advance" -> new Step.Advance(
                    string("player"), Optional.ofNullable(stringOrNull("until")).orElse("end"));
            case "handoff_again" -> new Step.HandoffAgain(string("player"));
            case "take_player_hints" -> new Step.TakePlayerHints(string("player"), string("hints"));
            default -> throw new Unsupported("step " + kind);
        };
    }

    private String kind() {
        for (String name : NAME_OF_STEP) {
            String kind = stringOrNull(name);
            if (kind != null) {
                return kind;
            }
        }
        return "";
    }

    private SegmentValue segment() {
        return new SegmentValue(
                number("author"),
                number("first_seq_no"),
                number("first_offset"),
                number("first_checksum"),
                number("last_seq_no"),
                number("last_offset"),
                text("log"));
    }

    private String stringOrNull(String name) {
        return step.get(name).orElse(null) instanceof Json.Text text ? text.value() : null;
    }

    private String string(String name) {
        String value = stringOrNull(name);
        return value == null ? "" : value;
    }

    private byte[] hex(String name) {
        return HEX.parseHex(string(name));
    }

    private long number(String name) {
        return number(name, 0);
    }

    private long number(String name, long absent) {
        String digits = stringOrNull(name);
        return digits == null ? absent : Long.parseLong(digits);
    }

    private ByteString textOrNull(String name) {
        String text = stringOrNull(name);
        if (text != null) {
            return ByteString.ofText(text);
        }
        String hex = stringOrNull(name + "_hex");
        return hex == null ? null : ByteString.ofHex(hex);
    }

    private ByteString text(String name) {
        ByteString text = textOrNull(name);
        return text == null ? ByteString.EMPTY : text;
    }
}
