package recoverylog.adapter;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import recoverylog.bytes.ByteString;
import recoverylog.fsm.Revision;
import recoverylog.hints.Hints;
import recoverylog.kit.Digests;
import recoverylog.kit.Glue;
import recoverylog.kit.Refused;
import recoverylog.player.Content;
import recoverylog.player.Player;
import recoverylog.player.Request;
import recoverylog.player.Tree;
import recoverylog.segments.RefusedException;

/** A player of this implementation, as the kit asks for it. */
final class OwnPlayer implements Glue.PlayerGlue {
    private final Player player;

    OwnPlayer(Hints hints, Revision revision) throws Refused {
        try {
            player = new Player(hints, revision);
        } catch (RefusedException e) {
            throw Values.refused(e);
        }
    }

    @Override
    public String nextSeqNo() {
        return Long.toUnsignedString(player.fsm().nextSeqNo());
    }

    @Override
    public String nextChecksum() {
        return Long.toString(player.fsm().nextChecksum());
    }

    @Override
    public Glue.Ask ask() {
        Request request = player.request();
        if (request instanceof Request.Head head) {
            return new Glue.Ask.Head(head.log());
        }
        if (request instanceof Request.Read read) {
            return new Glue.Ask.Read(read.log(), read.offset(), read.waits());
        }
        if (request instanceof Request.Append append) {
            return new Glue.Ask.Append(append.log(), append.frame(), append.author());
        }
        return new Glue.Ask.Ended(request instanceof Request.Failed failed ? failed.failure().label() : null);
    }

    @Override
    public void head(long head) {
        player.head(head);
    }

    @Override
    public void bytes(byte[] bytes) {
        player.bytes(bytes);
    }

    @Override
    public void hole(long last) {
        player.hole(last);
    }

    @Override
    public void noBytes() {
        player.noBytes();
    }

    @Override
    public void appended(long end) {
        player.appended(end);
    }

    @Override
    public boolean isTailing() {
        return player.isTailing();
    }

    @Override
    public boolean hasWish() {
        return player.hasWish();
    }

    @Override
    public void finishAtWriteHead() {
        player.finishAtWriteHead();
    }

    @Override
    public void injectHandoff(long author) {
        player.handOff(author);
    }

    @Override
    public ByteString log() {
        return player.log();
    }

    @Override
    public Glue.DecodedHints takeHints() throws Refused {
        try {
            return OwnGlue.decoded(player.takeHints().orElseThrow(() -> new Refused("HintsNotPlayed")));
        } catch (RefusedException e) {
            throw Values.refused(e);
        }
    }

    @Override
    public Glue.PlayedTree tree() {
        Tree tree = player.tree().orElseThrow();
        List<Glue.PlayedFile> files = new ArrayList<>();
        tree.files().forEach((path, content) -> files.add(
                new Glue.PlayedFile(path, content.size(), sha256(content))));
        return new Glue.PlayedTree(files, tree.sameFile());
    }

    private static String sha256(Content content) {
        MessageDigest digest = Digests.sha256();
        content.forEachPart(digest::update);
        return HexFormat.of().formatHex(digest.digest());
    }
}
