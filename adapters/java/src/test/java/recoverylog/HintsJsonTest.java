package recoverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import recoverylog.bytes.ByteString;
import recoverylog.hints.Hints;
import recoverylog.hints.HintsJson;
import recoverylog.hints.JsonPlaceException;
import recoverylog.json.JsonWriter;

/** Hints as JSON (HNT-13 to HNT-17). */
final class HintsJsonTest {
    @Test
    void readsEveryForm() throws JsonPlaceException {
        Hints hints = HintsJson.read("{\"properties\":[{\"contentHex\":\"FF\",\"path\":\"/p\"}],\"log\":null,"
                + "\"liveNodes\":[{\"fnode\":7,\"segments\":[{\"author\":\"0010\",\"firstSeqNo\":\"-0\"}]}]}");
        assertEquals(7, hints.liveNodes().get(0).fnode());
        assertEquals(10, hints.liveNodes().get(0).segments().get(0).author());
        assertEquals(ByteString.ofHex("ff"), hints.properties().get(0).content());
        assertEquals(
                "{\"log\":\"\",\"live_nodes\":[{\"fnode\":\"7\",\"segments\":[{\"author\":\"10\",\"first_seq_no\":\"0\","
                        + "\"first_offset\":\"0\",\"first_checksum\":\"0\",\"last_seq_no\":\"0\",\"last_offset\":\"0\","
                        + "\"log\":\"\"}]}],\"properties\":[{\"path\":\"/p\",\"content_hex\":\"ff\"}]}",
                JsonWriter.write(HintsJson.write(hints)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[]|hints",
        "nonsense|hints",
        "{\"log\":\"a\"} {}|hints",
        "{\"logs\":\"a\"}|logs",
        "{\"log\":\"a\",\"logHex\":\"00\"}|logHex",
        "{\"log\":\"a\",\"log\":\"a\"}|log",
        "{\"log_hex\":\"0\"}|log_hex",
        "{\"log\":\"\\ud800\"}|log",
        "{\"log\":7}|log",
        "{\"live_nodes\":{}}|live_nodes",
        "{\"liveNodes\":[null]}|live_nodes[0]",
        "{\"liveNodes\":[{},{\"fnode\":1.0}]}|live_nodes[1].fnode",
        "{\"liveNodes\":[{\"fnode\":1e3}]}|live_nodes[0].fnode",
        "{\"liveNodes\":[{\"fnode\":true}]}|live_nodes[0].fnode",
        "{\"liveNodes\":[{\"fnode\":\"9223372036854775808\"}]}|live_nodes[0].fnode",
        "{\"liveNodes\":[{\"segments\":[{\"author\":-1}]}]}|live_nodes[0].segments[0].author",
        "{\"liveNodes\":[{\"segments\":[{\"author\":\"4294967296\"}]}]}|live_nodes[0].segments[0].author",
        "{\"liveNodes\":[{\"segments\":[{\"lastOfset\":1}]}]}|live_nodes[0].segments[0].lastOfset",
        "{\"properties\":[{\"contentHex\":\"xx\"}]}|properties[0].content_hex",
        "{\"properties\":[{\"path\":3}],\"live_nodes\":3}|live_nodes"
    })
    void tellsThePlaceOfTheFirstWrongMember(String text, String place) {
        assertEquals(place, assertThrows(JsonPlaceException.class, () -> HintsJson.read(text)).place());
    }
}
