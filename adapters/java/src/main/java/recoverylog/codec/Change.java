package recoverylog.codec;

import recoverylog.bytes.ByteString;

/** What an operation does: one of the members of ENC-3. */
public sealed interface Change {
    /** A new, empty file, linked at a path (ENC-3). */
    record Create(ByteString path) implements Change {}

    /** One more path of a file (ENC-3). */
    record Link(long fnode, ByteString path) implements Change {}

    /** One path of a file less (ENC-3). */
    record Unlink(long fnode, ByteString path) implements Change {}

    /** Bytes of a file, which follow the frame as raw bytes (ENC-3). */
    record Write(long fnode, long offset, long length) implements Change {}

    /** The whole content of a property (ENC-3). */
    record Property(ByteString path, ByteString content) implements Change {}
}
