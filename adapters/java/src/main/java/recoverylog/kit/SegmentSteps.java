package recoverylog.kit;

import recoverylog.json.Json;

/** The steps of sets of segments (ADP-15, ADP-16). */
final class SegmentSteps {
    private final Glue glue;
    private final Named<Glue.SetGlue> sets = new Named<>("sets");

    SegmentSteps(Glue glue) {
        this.glue = glue;
    }

    private Glue.SetGlue set(String name) {
        return sets.getOr(name, n -> glue.newSet());
    }

    Observation add(Step.AddSegment step) throws Refused {
        Glue.SetGlue set = set(step.set());
        set.add(step.segment());
        return Observation.done().show(set.segments());
    }

    Observation intersect(Step.Intersect step) throws Impossible {
        if (step.first() > step.last()) {
            throw new Impossible("no range");
        }
        return Observation.done().show(set(step.set()).intersect(step.log(), step.first(), step.last()));
    }

    void snapshot(Json.ObjectBuilder snapshot) {
        sets.show(snapshot, set -> set.segments().isEmpty() ? null : Shown.list(set.segments(), SegmentValue::json));
    }
}
