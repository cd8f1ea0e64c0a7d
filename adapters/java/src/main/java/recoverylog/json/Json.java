package recoverylog.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JSON value, as it stands in a text: a number is its digits, and an object can have a member twice (HNT-16). */
public sealed interface Json {
    /** A string (HNT-16). */
    record Text(String value) implements Json {}

    /** A number, as it is written (HNT-16). */
    record Number(String digits) implements Json {}

    /** A bool (HNT-16). */
    record Bool(boolean value) implements Json {}

    /** A null (HNT-16). */
    record Null() implements Json {}

    /** A list (HNT-16). */
    record Array(List<Json> elements) implements Json {}

    /** One member of an object (HNT-16). */
    record Member(String name, Json value) {}

    /** An object, its members in the order of the text (HNT-16). */
    record Object(List<Member> members) implements Json {
        /** The first member of a name, or none (HNT-16). */
        public Optional<Json> get(String name) {
            for (Member member : members) {
                if (member.name().equals(name)) {
                    return Optional.of(member.value());
                }
            }
            return Optional.empty();
        }
    }

    /** A string (HNT-16). */
    static Json of(String value) {
        return new Text(value);
    }

    /** Begins an object (HNT-16). */
    static ObjectBuilder object() {
        return new ObjectBuilder();
    }

    /** Puts an object together, member by member (HNT-16). */
    final class ObjectBuilder {
        private final List<Member> members = new ArrayList<>();

        /** One more member (HNT-16). */
        public ObjectBuilder put(String name, Json value) {
            members.add(new Member(name, value));
            return this;
        }

        /** One more member, which is a string (HNT-16). */
        public ObjectBuilder put(String name, String value) {
            return put(name, new Text(value));
        }

        /** The object (HNT-16). */
        public Object build() {
            return new Object(members);
        }
    }
}
