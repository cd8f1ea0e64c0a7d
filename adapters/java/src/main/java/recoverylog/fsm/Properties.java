package recoverylog.fsm;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change.Property;
import recoverylog.codec.Paths;

/** The properties of an FSM, and which of them only hints have named so far (TRN-1, TRN-10, TRN-11). */
final class Properties {
    private final SortedMap<ByteString, ByteString> contents = new TreeMap<>();
    private final SortedSet<ByteString> pending = new TreeSet<>();

    /** All hinted properties, pending; of two at one path the last counts (HNT-1, TRN-2). */
    Properties(List<Property> hinted) {
        for (Property property : hinted) {
            contents.put(property.path(), property.content());
            pending.add(property.path());
        }
    }

    /** All of them, pending ones too (TRN-1). */
    SortedMap<ByteString, ByteString> contents() {
        return Collections.unmodifiableSortedMap(contents);
    }

    /** The content of a property which is not pending, or null (FSM-6). */
    ByteString settled(ByteString path) {
        return pending.contains(path) ? null : contents.get(path);
    }

    /** Takes away the pending ones that clash with a path (TRN-11). */
    void yieldTo(ByteString path) {
        pending.removeIf(held -> {
            boolean clash = Paths.clash(held, path);
            if (clash) {
                contents.remove(held);
            }
            return clash;
        });
    }

    /** What an applied property does; {@code hinted} as of before it (TRN-10). */
    void set(Property property, boolean hinted) {
        if (hinted) {
            contents.putIfAbsent(property.path(), property.content());
        } else {
            contents.put(property.path(), property.content());
        }
        pending.remove(property.path());
    }
}
