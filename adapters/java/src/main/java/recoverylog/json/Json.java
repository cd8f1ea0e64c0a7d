package recoverylog.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JSON value, as it stands in a text: a number is its digits, and an object can have a member twice (HNT-16). */
public sealed interface Json {
    /** A string. */
    record Text(String value) implements Json {}

    /** A number, as it is written. */
    record Number(String digits) implements Json {}

    /** A bool. */
    record Bool(boolean value) implements Json {}

    /** A null. */
    record Null() implements Json {}

    /** A list. */
    record Array(List<Json> elements) implements Json {}

    /** One member of an object. */
    record Member(String name, Json value) {}

    /** An object, its members in the order of the text. */
    record Object(List<Member> members) implements Json {
        /** The first member of a name, or none. */
        public Optional<Json> get(String name) {
            for (Member member : members) {
                if (member.name().equals(name)) {
                    return Optional.of(member.value());
                }
            }
            return Optional.empty();
        }
    }

    /** A string. */
    static Json of(String value) {
        return new Text(value);
    }

    /** Begins an object. */
    static ObjectBuilder object() {
        return new ObjectBuilder();
    }

    /** Puts an object together, member by member. */
    final class ObjectBuilder {
        private final List<Member> members = new ArrayList<>();

        /** One more member. */
        public ObjectBuilder put(String name, Json value) {
            members.add(new Member(name, value));
            return this;
        }

        /** One more member, which is a string. */
        public ObjectBuilder put(String name, String value) {
            return put(name, new Text(value));
        }

        /** The object. */
        public Object build() {
            return new Object(members);
        }
    }
}
