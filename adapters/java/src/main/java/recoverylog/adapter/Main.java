package recoverylog.adapter;

import java.io.FileInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import recoverylog.kit.Adapter;

/** The adapter of this implementation (ADP). */
public final class Main {
    private Main() {}

    /** Answers the requests on standard input (ADP-1). */
    public static void main(String[] args) throws IOException {
        // Not System.in and System.out, which lock, and copy once more, for each line.
        try (FileInputStream in = new FileInputStream(FileDescriptor.in);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            new Adapter(new OwnGlue()).serve(in, out);
        }
    }
}
