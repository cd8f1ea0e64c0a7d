package recoverylog.kit;

import java.util.ArrayList;
import java.util.List;
import recoverylog.json.Json;

/** The steps of FSMs (ADP-17 to ADP-19). */
final class FsmSteps {
    private final Glue glue;
    private final Named<Glue.FsmGlue> fsms = new Named<>("fsms");

    FsmSteps(Glue glue) {
        this.glue = glue;
    }

    Observation begin(Step.NewFsm step) throws Refused, Impossible {
        fsms.refuseTaken(step.fsm());
        Glue.FsmGlue fsm = glue.newFsm(step.hints());
        fsms.put(step.fsm(), fsm);
        return Observation.done().show(fsm);
    }

    Observation apply(Step.Apply step) throws Refused, Impossible {
        Glue.FsmGlue fsm = fsms.get(step.fsm());
        return Observation.of(fsm.apply(step.payload(), step.log(), step.first(), step.last())).show(fsm);
    }

    Observation build(Step.BuildHints step) throws Refused, Impossible {
        Glue.FsmGlue fsm = fsms.get(step.fsm());
        HintsValue hints = fsm.buildHints();
        return Observation.done().show(fsm).show("hints", hints.json());
    }

    void snapshot(Json.ObjectBuilder snapshot) {
        fsms.show(snapshot, FsmSteps::shown);
    }

    private static Json shown(Glue.FsmGlue fsm) {
        Glue.FsmState state = fsm.state();
        List<Json> links = new ArrayList<>();
        state.links().forEach((path, fnode) -> links.add(
                Shown.text(Json.object(), "path", path).put("fnode", Long.toString(fnode)).build()));
        List<Json> properties = new ArrayList<>();
        state.properties().forEach((path, content) ->
                properties.add(new HintsValue.PropertyValue(path, content).json()));
        Json.ObjectBuilder out = Json.object()
                .put("next_seq_no", fsm.nextSeqNo())
                .put("next_checksum", fsm.nextChecksum());
        Shown.text(out, "log", state.log())
                .put("links", new Json.Array(links))
                .put("nodes", Shown.list(state.nodes(), FsmSteps::shown))
                .put("properties", new Json.Array(properties))
                .put("hints_remain", new Json.Bool(state.hintsRemain()));
        try {
            out.put("hints", fsm.buildHints().json());
        } catch (Refused e) {
            out.put("hints_refused", e.outcome());
        }
        return out.build();
    }

    private static Json shown(Glue.NodeState node) {
        return Json.object()
                .put("fnode", Long.toString(node.fnode()))
                .put("links", Shown.list(node.links(), Shown::path))
                .put("segments", Shown.list(node.segments(), SegmentValue::json))
                .build();
    }
}
