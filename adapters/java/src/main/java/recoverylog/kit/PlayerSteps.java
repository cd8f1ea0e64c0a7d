package recoverylog.kit;

import java.util.List;
import recoverylog.json.Json;

/** The steps of players (ADP-22 to ADP-28). */
final class PlayerSteps {
    private static final class Played {
        final Glue.PlayerGlue glue;
        private byte[] appended;

        Played(Glue.PlayerGlue glue) {
            this.glue = glue;
        }
    }

    private final Glue glue;
    private final Logs logs;
    private final Named<byte[]> hints = new Named<>("hints");
    private final Named<Played> players = new Named<>("players");

    PlayerSteps(Glue glue, Logs logs) {
        this.glue = glue;
        this.logs = logs;
    }

    Observation give(Step.GiveHints step) throws Refused, Impossible {
        hints.refuseTaken(step.hints());
        Glue.DecodedHints decoded = glue.decodeHints(step.encoded());
        hints.put(step.hints(), step.encoded());
        return Observation.done().show("hints", decoded.hints().json());
    }

    Observation play(Step.Play step) throws Refused, Impossible {
        players.refuseTaken(step.player());
        if (step.hints() == null && step.log() == null) {
            throw new Impossible("neither hints nor a log");
        }
        Glue.PlayerGlue player = step.hints() == null
                ? glue.newPlayerOfLog(step.log())
                : glue.newPlayer(hints.get(step.hints()));
        players.put(step.player(), new Played(player));
        return shown(player);
    }

    private static Observation shown(Glue.PlayerGlue player) {
        return shown("done", player);
    }

    private static Observation shown(String outcome, Glue.PlayerGlue player) {
        return Observation.of(outcome).show(player).show("status", status(player));
    }

    /** ADP-24. */
    private static String status(Glue.PlayerGlue player) {
        if (player.ask() instanceof Glue.Ask.Ended ended) {
            return ended.failure() == null ? "complete" : "failed: " + ended.failure();
        }
        if (player.ask() instanceof Glue.Ask.Append) {
            return "appending";
        }
        return player.isTailing() ? "tailing" : "reading";
    }

    private static boolean hasEnded(Glue.PlayerGlue player) {
        return player.ask() instanceof Glue.Ask.Ended;
    }

    private Glue.PlayerGlue wishing(String name) throws Impossible {
        Glue.PlayerGlue player = players.get(name).glue;
        if (hasEnded(player) || player.hasWish()) {
            throw new Impossible("the player has ended, or has a wish");
        }
        return player;
    }

    Observation finish(Step.FinishAtWriteHead step) throws Impossible {
        Glue.PlayerGlue player = wishing(step.player());
        player.finishAtWriteHead();
        return shown(player);
    }

    Observation inject(Step.InjectHandoff step) throws Impossible {
        Glue.PlayerGlue player = wishing(step.player());
        if (step.author() == 0) {
            throw new Impossible("author 0 is no author");
        }
        player.injectHandoff(step.author());
        return shown(player);
    }

    Observation advance(Step.Advance step) throws Impossible {
        Played played = players.get(step.player());
        if (hasEnded(played.glue)) {
            throw new Impossible("the player has ended");
        }
        boolean goesOn = true;
        while (goesOn) {
            goesOn = advanceOnce(played, step.until());
        }
        return shown(played.glue);
    }

    /** Does what the player asks for; false where it has ended, waits, or has come to where it was to be advanced (ADP-26). */
    private boolean advanceOnce(Played played, String until) {
        Glue.Ask ask = played.glue.ask();
        if (ask instanceof Glue.Ask.Head head) {
            played.glue.head(logs.get(head.log()).head());
            return true;
        }
        if (ask instanceof Glue.Ask.Append append && !until.equals("append")) {
            played.appended = append.data();
            played.glue.appended(append(append));
            return true;
        }
        return ask instanceof Glue.Ask.Read read && read(played.glue, read, until);
    }

    private long append(Glue.Ask.Append append) {
        MemoryLog log = logs.get(append.log());
        String fence = Registers.fence(append.author());
        log.registers().change(
                List.of(), List.of(new Registers.Label("author", fence)));
        return log.append(append.data());
    }

    private boolean read(Glue.PlayerGlue player, Glue.Ask.Read read, String until) {
        MemoryLog.Found found = logs.get(read.log()).read(read.offset());
        if (found instanceof MemoryLog.Bytes bytes) {
            player.bytes(bytes.bytes());
            return true;
        }
        if (found instanceof MemoryLog.Hole hole) {
            player.hole(hole.last());
            return true;
        }
        if (read.waits() || until.equals("head") && player.isTailing()) {
            return false;
        }
        player.noBytes();
        return true;
    }

    Observation again(Step.HandoffAgain step) throws Impossible {
        Played played = players.get(step.player());
        if (played.appended == null) {
            throw new Impossible("the player has appended nothing");
        }
        return Observation.done().show("head", logs.get(played.glue.log()).append(played.appended));
    }

    Observation take(Step.TakePlayerHints step) throws Impossible {
        Glue.PlayerGlue player = players.get(step.player()).glue;
        hints.refuseTaken(step.hints());
        boolean isComplete = player.ask() instanceof Glue.Ask.Ended ended && ended.failure() == null;
        if (!isComplete && !player.isTailing()) {
            throw new Impossible("the player is neither complete nor tailing");
        }
        try {
            Glue.DecodedHints taken = player.takeHints();
            hints.put(step.hints(), taken.encoded());
            return shown(player).show("hints", taken.hints().json());
        } catch (Refused e) {
            return shown(e.outcome(), player);
        }
    }

    void snapshot(Json.ObjectBuilder snapshot) {
        players.show(snapshot, played -> snapshot(played.glue));
    }

    private static Json snapshot(Glue.PlayerGlue player) {
        String status = status(player);
        Json.ObjectBuilder out = Json.object().put("status", status);
        if (status.equals("complete")) {
            Glue.PlayedTree tree = player.tree();
            out.put("files", Shown.list(tree.files(), file -> Shown.text(Json.object(), "path", file.path())
                    .put("size", Long.toString(file.size()))
                    .put("sha256", file.sha256())
                    .build()));
            out.put("same_file", Shown.list(tree.sameFile(), links -> Shown.list(links, Shown::path)));
        }
        return out.build();
    }
}
