package recoverylog.codec;

import recoverylog.bytes.ByteString;

/**
 * A {@code RecordedOp} (ENC-3). A member that is not set is null; the last three fields are the meta-fields (ENC-6).
 * Author and checksum are held as longs from 0 to 2^32 - 1.
 */
public record Operation(
        long seqNo,
        long checksum,
        long author,
        Change.Create create,
        Change.Link link,
        Change.Unlink unlink,
        Change.Write write,
        Change.Property property,
        long firstOffset,
        long lastOffset,
        ByteString log) {

    /** An operation that does nothing, as a handoff and a move append it (ENC-3). */
    public static Operation noOp(long seqNo, long checksum, long author) {
        return new Operation(seqNo, checksum, author, null, null, null, null, null, 0, 0, ByteString.EMPTY);
    }

    /** The member that counts, or null for a no-op (ENC-4). */
    public Change change() {
        if (create != null) {
            return create;
        }
        if (link != null) {
            return link;
        }
        if (unlink != null) {
            return unlink;
        }
        if (write != null) {
            return write;
        }
        return property;
    }

    /** How many raw bytes follow the frame, whether or not the write is the change (ENC-5). */
    public long rawLength() {
        return write == null ? 0 : Math.max(0, write.length());
    }

    /** The same operation, with what its reader knows in place of what its payload claims (ENC-6). */
    public Operation attached(long first, long last, ByteString log) {
        return new Operation(seqNo, checksum, author, create, link, unlink, write, property, first, last, log);
    }
}
