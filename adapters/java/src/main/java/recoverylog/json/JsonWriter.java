package recoverylog.json;

/** Writes a JSON text, on one line (HNT-13). */
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";

    private JsonWriter() {}

    /** The text of a value (HNT-13). */
    public static String write(Json value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /** Writes the text of a value behind what is there (HNT-13). */
    public static void write(Json value, StringBuilder out) {
        if (value instanceof Json.Text text) {
            quote(text.value(), out);
        } else if (value instanceof Json.Number number) {
            out.append(number.digits());
        } else if (value instanceof Json.Bool bool) {
            out.append(bool.value());
        } else if (value instanceof Json.Array array) {
            String separator = "[";
            for (Json element : array.elements()) {
                out.append(separator);
                write(element, out);
                separator = ",";
            }
            out.append(array.elements().isEmpty() ? "[]" : "]");
        } else if (value instanceof Json.Object object) {
            String separator = "{";
            for (Json.Member member : object.members()) {
                out.append(separator);
                quote(member.name(), out);
                out.append(':');
                write(member.value(), out);
                separator = ",";
            }
            out.append(object.members().isEmpty() ? "{}" : "}");
        } else {
            out.append("null");
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // Surrogates are escaped since a lone one has no UTF-8.
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(HEX.charAt(c >>> shift & 0xf));
                }
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
