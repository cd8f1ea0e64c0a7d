package recoverylog.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a JSON text whole (HNT-16). */
public final class JsonReader {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            // What names a request holds is for nobody to fill a table with.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JsonReader() {}

    /** The value that UTF-8 bytes are the text of; refused where they are no UTF-8 or no JSON (HNT-16). */
    public static Json read(byte[] utf8) throws IOException {
        return read(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    }

    /** The value that a text is; refused where it is no JSON (HNT-16). */
    public static Json read(String text) throws IOException {
        try (JsonParser in = FACTORY.createParser(text)) {
            in.nextToken();
            Json value = value(in);
            if (in.nextToken() != null) {
                throw new IOException("something follows the value");
            }
            return value;
        }
    }

    private static Json value(JsonParser in) throws IOException {
        JsonToken token = in.currentToken();
        if (token == null) {
            throw new IOException("no value");
        }
        return switch (token) {
            case VALUE_STRING -> new Json.Text(in.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Number(in.getText());
            case VALUE_TRUE -> new Json.Bool(true);
            case VALUE_FALSE -> new Json.Bool(false);
            case VALUE_NULL -> new Json.Null();
            case START_ARRAY -> array(in);
            case START_OBJECT -> object(in);
            default -> throw new IOException("no value");
        };
    }

    private static Json array(JsonParser in) throws IOException {
        List<Json> elements = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(in));
        }
        return new Json.Array(elements);
    }

    private static Json object(JsonParser in) throws IOException {
        List<Json.Member> members = new ArrayList<>();
        String name;
        while ((name = in.nextFieldName()) != null) {
            in.nextToken();
            members.add(new Json.Member(name, value(in)));
        }
        return new Json.Object(members);
    }
}
