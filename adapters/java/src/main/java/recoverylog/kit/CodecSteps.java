package recoverylog.kit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import recoverylog.json.Json;

/** The steps of the codec (ADP-12 to ADP-14). */
final class CodecSteps {
    private final Glue glue;

    CodecSteps(Glue glue) {
        this.glue = glue;
    }

    Observation decode(Step.Decode step) throws Refused {
        return Observation.done().show("encoded", glue.decode(step.payload()));
    }

    Observation decodeHints(Step.DecodeHints step) throws Refused {
        Glue.DecodedHints decoded = glue.decodeHints(step.encoded());
        return Observation.done().show("hints", decoded.hints().json()).show("encoded", decoded.encoded());
    }

    Observation unframe(Step.Unframe step) {
        List<Glue.Piece> found = glue.unframe(pieces(step.data(), step.piece()));
        return Observation.done().show("frames", Shown.list(found, CodecSteps::shown));
    }

    private static Json shown(Glue.Piece piece) {
        Json.ObjectBuilder out = Json.object()
                .put("first_offset", Long.toString(piece.first()))
                .put("last_offset", Long.toString(piece.last()));
        return (piece.payload() == null ? out : out.put("payload", Shown.hex(piece.payload()))).build();
    }

    private static List<byte[]> pieces(byte[] data, long piece) {
        int length = piece <= 0 || piece > data.length ? data.length : (int) piece;
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < data.length; at += length) {
            pieces.add(Arrays.copyOfRange(data, at, Math.min(data.length, at + length)));
        }
        return pieces;
    }
}
