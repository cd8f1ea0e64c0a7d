package recoverylog.kit;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import recoverylog.json.Json;

/** The things of one sort that a scenario has made, by their names. */
final class Named<T> {
    private final String sort;
    private final SortedMap<String, T> things = new TreeMap<>();

    Named(String sort) {
        this.sort = sort;
    }

    T get(String name) throws Impossible {
        T thing = things.get(name);
        if (thing == null) {
            throw new Impossible("there is no such " + sort);
        }
        return thing;
    }

    /** The thing of a name, which is there as soon as it is named. */
    T getOr(String name, Function<String, T> made) {
        return things.computeIfAbsent(name, made);
    }

    void refuseTaken(String name) throws Impossible {
        if (things.containsKey(name)) {
            throw new Impossible("there is such a " + sort);
        }
    }

    void put(String name, T thing) {
        things.put(name, thing);
    }

    /** Shows all of them in a snapshot, if there is any to be shown; null is not (ADP-31). */
    void show(Json.ObjectBuilder snapshot, Function<T, Json> shown) {
        Json.ObjectBuilder out = Json.object();
        for (Map.Entry<String, T> thing : things.entrySet()) {
            Json value = shown.apply(thing.getValue());
            if (value != null) {
                out.put(thing.getKey(), value);
            }
        }
        Json.Object all = out.build();
        if (!all.members().isEmpty()) {
            snapshot.put(sort, all);
        }
    }
}
