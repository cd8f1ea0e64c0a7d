package recoverylog.kit;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The registers of a journal: a set of labels, of which a name may have several values (JRN-4, JRN-5). */
public final class Registers {
    /** One name and one value of it (JRN-4). */
    public record Label(String name, String value) {}

    private final SortedMap<String, SortedSet<String>> values = new TreeMap<>();

    /** The value of the register {@code author} that fences an author (AUT-2). */
    public static String fence(long author) {
        return author == 0 ? "" : Long.toString(author, 32);
    }

    /** All values of each name (JRN-4). */
    public SortedMap<String, SortedSet<String>> values() {
        return values;
    }

    /** Whether a check passes; without any register every check does (JRN-5). */
    public boolean pass(List<Label> include, List<Label> exclude) {
        if (values.isEmpty()) {
            return true;
        }
        for (Label label : exclude) {
            if (has(label)) {
                return false;
            }
        }
        for (Label label : include) {
            // One of the values that are listed for the name is enough.
            if (include.stream().noneMatch(l -> l.name().equals(label.name()) && has(l))) {
                return false;
            }
        }
        return true;
    }

    /** Takes labels away, then replaces all values of each name of the union (JRN-4). */
    public void change(List<Label> subtract, List<Label> union) {
        for (Label label : subtract) {
            SortedSet<String> held = values.get(label.name());
            if (held != null && held.remove(label.value()) && held.isEmpty()) {
                values.remove(label.name());
            }
        }
        for (Label label : union) {
            values.remove(label.name());
        }
        for (Label label : union) {
            values.computeIfAbsent(label.name(), name -> new TreeSet<>()).add(label.value());
        }
    }

    private boolean has(Label label) {
        SortedSet<String> held = values.get(label.name());
        return held != null && (label.value().isEmpty() || held.contains(label.value()));
    }
}
