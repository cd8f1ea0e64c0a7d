package recoverylog.kit;

import java.util.ArrayList;
import java.util.List;
import recoverylog.json.Json;

/** Executes one scenario by an implementation (ADP-4). */
final class Scenario {
    private final Logs logs = new Logs();
    private final CodecSteps codec;
    private final SegmentSteps segments;
    private final FsmSteps fsms;
    private final PlayerSteps players;

    Scenario(Glue glue, String revision) {
        glue.begin(revision);
        codec = new CodecSteps(glue);
        segments = new SegmentSteps(glue);
        fsms = new FsmSteps(glue);
        players = new PlayerSteps(glue, logs);
    }

    /** The observations of all steps, and the snapshot behind them. */
    Json.ObjectBuilder run(List<Json> steps, Json.ObjectBuilder answer) {
        List<Json> observations = new ArrayList<>(steps.size());
        for (Json step : steps) {
            observations.add(observe(StepReader.read(step)).json());
        }
        Json.ObjectBuilder snapshot = Json.object();
        segments.snapshot(snapshot);
        fsms.snapshot(snapshot);
        players.snapshot(snapshot);
        logs.snapshot(snapshot);
        return answer.put("observations", new Json.Array(observations)).put("snapshot", snapshot.build());
    }

    private Observation observe(Step step) {
        try {
            return execute(step);
        } catch (Refused e) {
            return Observation.of(e.outcome());
        } catch (Impossible e) {
            return Observation.of("impossible");
        }
    }

    private Observation execute(Step step) throws Refused, Impossible {
        if (step instanceof Step.Apply apply) {
            return fsms.apply(apply);
        } else if (step instanceof Step.NewFsm begin) {
            return fsms.begin(begin);
        } else if (step instanceof Step.BuildHints build) {
            return fsms.build(build);
        } else if (step instanceof Step.Decode decode) {
            return codec.decode(decode);
        } else if (step instanceof Step.DecodeHints decode) {
            return codec.decodeHints(decode);
        } else if (step instanceof Step.Unframe unframe) {
            return codec.unframe(unframe);
        } else if (step instanceof Step.AddSegment add) {
            return segments.add(add);
        } else if (step instanceof Step.Intersect intersect) {
            return segments.intersect(intersect);
        } else if (step instanceof Step.AppendRaw append) {
            return logs.append(append);
        } else if (step instanceof Step.Roll roll) {
            return logs.roll(roll);
        } else if (step instanceof Step.Prune prune) {
            return logs.prune(prune);
        } else if (step instanceof Step.ReadLog read) {
            return logs.read(read);
        } else if (step instanceof Step.GiveHints give) {
            return players.give(give);
        } else if (step instanceof Step.Play play) {
            return players.play(play);
        } else if (step instanceof Step.FinishAtWriteHead finish) {
            return players.finish(finish);
        } else if (step instanceof Step.InjectHandoff inject) {
            return players.inject(inject);
        } else if (step instanceof Step.Advance advance) {
            return players.advance(advance);
        } else if (step instanceof Step.HandoffAgain again) {
            return players.again(again);
        } else if (step instanceof Step.TakePlayerHints take) {
            return players.take(take);
        }
        throw new IllegalStateException("no step: " + step);
    }
}
