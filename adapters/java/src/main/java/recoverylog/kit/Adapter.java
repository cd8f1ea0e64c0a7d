package recoverylog.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import recoverylog.json.Json;
import recoverylog.json.JsonReader;
import recoverylog.json.JsonWriter;

/** Speaks the adapter protocol for an implementation (ADP-1 to ADP-6). */
public final class Adapter {
    private static final long PROTOCOL = 1;
    private static final int BUFFER = 1 << 16;

    private final Glue glue;
    private boolean ended;

    /** Speaks for an implementation (ADP-1). */
    public Adapter(Glue glue) {
        this.glue = glue;
    }

    /** Answers request after request, until the last one or the end of the input (ADP-2, ADP-6). */
    public void serve(InputStream in, OutputStream out) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), BUFFER);
        String line;
        while (!ended && (line = lines.readLine()) != null) {
            StringBuilder answer = new StringBuilder();
            JsonWriter.write(answer((Json.Object) JsonReader.read(line)), answer);
            out.write(answer.append('\n').toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private Json answer(Json.Object request) {
        Json id = request.get("id").orElseThrow();
        try {
            Json.ObjectBuilder answer = Json.object().put("id", id);
            if (request.get("run").orElse(null) instanceof Json.Object run) {
                return run(run, answer).build();
            }
            if (request.get("hello").orElse(null) instanceof Json.Object hello) {
                return hello(hello, answer).build();
            }
            ended = true;
            return answer.put("bye", Json.object().build()).build();
        } catch (Unsupported e) {
            return Json.object().put("id", id).put("unsupported", e.getMessage()).build();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // Whatever it was, the next run begins from nothing (ADP-5).
            e.printStackTrace();
            return Json.object().put("id", id).put("broke", e.toString()).build();
        }
    }

    private Json.ObjectBuilder hello(Json.Object hello, Json.ObjectBuilder answer) {
        Json.Object range = hello.get("protocol").orElse(null) instanceof Json.Object r ? r : Json.object().build();
        if (number(range, "least") > PROTOCOL || number(range, "most") < PROTOCOL) {
            ended = true;
            return answer.put("unsupported", "only version " + PROTOCOL + " of the protocol is known");
        }
        Glue.Hello own = glue.hello();
        Json.ObjectBuilder out = Json.object()
                .put("protocol", new Json.Number(Long.toString(PROTOCOL)))
                .put("implementation", own.implementation())
                .put("version", own.version())
                .put("language", own.language())
                .put("revision", own.revision())
                .put("capabilities", Shown.list(own.capabilities(), Json::of));
        return answer.put("hello", out.build());
    }

    private static long number(Json.Object object, String name) {
        return object.get(name).orElse(null) instanceof Json.Number number ? Long.parseLong(number.digits()) : PROTOCOL;
    }

    private Json.ObjectBuilder run(Json.Object run, Json.ObjectBuilder answer) {
        String revision = run.get("revision").orElse(null) instanceof Json.Text text
                ? text.value()
                : glue.hello().revision();
        List<Json> steps = run.get("steps").orElse(null) instanceof Json.Array array ? array.elements() : List.of();
        return new Scenario(glue, revision).run(steps, answer);
    }
}
