package recoverylog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import recoverylog.bytes.ByteString;
import recoverylog.fsm.Revision;
import recoverylog.hints.Hints;
import recoverylog.hints.HintsCodec;
import recoverylog.hints.HintsJson;
import recoverylog.json.Json;
import recoverylog.json.JsonReader;
import recoverylog.player.Player;
import recoverylog.player.Request;
import recoverylog.player.Tree;

/** Plays the logs that Gazette recorded, and compares the trees (THM-1, PLAY). */
final class SamplesTest {
    static Stream<Path> samples() throws Exception {
        try (Stream<Path> paths = Files.list(Cases.root().resolve("tests/data/gazette/samples"))) {
            return paths.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void playsAsGazette(Path sample) throws Exception {
        Map<ByteString, SampleLog> logs = SampleLog.readAll(sample);
        List<Json> plays = ((Json.Array) JsonReader.read(Files.readAllBytes(sample.resolve("played.json")))).elements();
        for (Json play : plays) {
            Hints hints = HintsJson.read(Files.readAllBytes(sample.resolve(Cases.text(play, "hints"))));
            String hex = Files.readString(sample.resolve(Cases.text(play, "hints").replace(".json", ".pb.hex")));
            assertArrayEquals(HexFormat.of().parseHex(hex.trim()), HintsCodec.encode(hints));
            for (int piece : new int[] {Integer.MAX_VALUE, 997}) {
                Player player = new Player(hints, Revision.R2023_12);
                player.finishAtWriteHead();
                run(player, logs, piece);
                assertTrue(player.request() instanceof Request.Complete, sample + " " + player.request());
                Json store = Cases.member(play, "store");
                assertEquals(Cases.number(store, "next_seq_no"), player.fsm().nextSeqNo());
                assertEquals(Cases.number(store, "next_checksum"), player.fsm().nextChecksum());
                Json truth = JsonReader.read(Files.readAllBytes(sample.resolve(Cases.text(play, "truth"))));
                compare(truth, player.tree().orElseThrow());
                Player again = new Player(player.takeHints().orElseThrow(), Revision.R2023_12);
                again.finishAtWriteHead();
                run(again, logs, piece);
                compare(truth, again.tree().orElseThrow());
            }
        }
        System.out.println(sample.getFileName() + ": " + plays.size() + " plays agree");
    }

    private static void run(Player player, Map<ByteString, SampleLog> logs, int piece) {
        while (!player.hasEnded()) {
            if (player.request() instanceof Request.Head head) {
                player.head(logs.get(head.log()).head());
            } else if (player.request() instanceof Request.Read read) {
                SampleLog.Fragment fragment = logs.get(read.log()).at(read.offset());
                if (fragment == null) {
                    player.noBytes();
                } else if (fragment.begin() > read.offset()) {
                    player.hole(fragment.begin());
                } else {
                    int from = (int) (read.offset() - fragment.begin());
                    int to = (int) Math.min(fragment.bytes().length, (long) from + piece);
                    player.bytes(Arrays.copyOfRange(fragment.bytes(), from, to));
                }
            }
        }
    }

    private static void compare(Json truth, Tree tree) throws Exception {
        Map<String, String> expected = new TreeMap<>();
        for (Json.Member file : ((Json.Object) Cases.member(truth, "files")).members()) {
            expected.put(file.name(), Cases.text(file.value(), "size") + " " + Cases.text(file.value(), "sha256"));
        }
        Map<String, String> actual = new TreeMap<>();
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        tree.files().forEach((path, content) -> {
            content.forEachPart(sha::update);
            actual.put(path.toString(), content.size() + " " + HexFormat.of().formatHex(sha.digest()));
        });
        assertEquals(expected, actual);
        List<List<String>> same = new ArrayList<>();
        for (Json paths : Cases.list(truth, "same_inode")) {
            same.add(((Json.Array) paths).elements().stream().map(p -> ((Json.Text) p).value()).toList());
        }
        assertEquals(same, tree.sameFile().stream().map(l -> l.stream().map(Object::toString).toList()).toList());
    }
}
