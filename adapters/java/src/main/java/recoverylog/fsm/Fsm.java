package recoverylog.fsm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change;
import recoverylog.codec.Checksum;
import recoverylog.codec.Operation;
import recoverylog.hints.FnodeSegments;
import recoverylog.hints.Hints;
import recoverylog.segments.RefusedException;
import recoverylog.segments.Rule;
import recoverylog.segments.Segment;

/** The state of one branch (TRN-1). */
public final class Fsm {
    private final Revision revision;
    private final HintsToRead hinted;
    private final Properties properties;
    private final SortedMap<Long, LiveFile> files = new TreeMap<>();
    private final SortedMap<ByteString, Long> links = new TreeMap<>();

    private ByteString log;
    private long nextSeqNo = 1;
    private long nextChecksum;
    private Segment arrival;
    private boolean fromBeginning = true;

    /** Begins with hints, or refuses them (TRN-2, HNT-5). */
    public Fsm(Hints hints, Revision revision) throws RefusedException {
        if (hints.log().isEmpty()) {
            throw new RefusedException(Rule.NO_LOG);
        }
        Hints.Flattened flattened = hints.flatten();
        boolean oneLog = flattened.segments().stream().allMatch(s -> s.log().equals(hints.log()));
        if (!revision.hasSeveralLogs() && !oneLog) {
            throw new RefusedException(Rule.ONE_LOG);
        }
        this.revision = revision;
        log = hints.log();
        hinted = new HintsToRead(flattened);
        properties = new Properties(hints.properties());
        if (hinted.hasSegments()) {
            skipTo(hinted.nextSegment());
            fromBeginning = nextSeqNo == 1;
        }
    }

    /** The log of the last transition, or the hints' (TRN-1). */
    public ByteString log() {
        return log;
    }

    /** The number that the next operation must have, unsigned, for it can be 2^63 (TRN-1, SEQ-5). */
    public long nextSeqNo() {
        return nextSeqNo;
    }

    /** The checksum that the next operation must carry (TRN-1). */
    public long nextChecksum() {
        return nextChecksum;
    }

    /** The live files, by fnode (TRN-1). */
    public SortedMap<Long, LiveFile> files() {
        return Collections.unmodifiableSortedMap(files);
    }

    /** The file that is linked at each path (TRN-1). */
    public SortedMap<ByteString, Long> links() {
        return Collections.unmodifiableSortedMap(links);
    }

    /** The content of each property, pending ones too (TRN-1). */
    public SortedMap<ByteString, ByteString> properties() {
        return properties.contents();
    }

    /** The hinted segments that were not read yet (TRN-1). */
    public List<Segment> hintedSegments() {
        return hinted.remainingSegments();
    }

    /** Whether hinted segments or hinted fnodes remain (TRN-15). */
    public boolean hintsRemain() {
        return hinted.hasSegments() || hinted.hasFnodes();
    }

    /** Whether the branch can't go on, since its next number is beyond an int64 (SEQ-5). */
    public boolean isFull() {
        return nextSeqNo == Long.MIN_VALUE;
    }

    /** What would become of an operation; the state stays as it is (FSM-0 to FSM-8). */
    public Outcome judge(Operation op) {
        boolean isHinted = hinted.hasSegments();
        if (isHinted && op.author() != hinted.nextSegment().author()) {
            return new Outcome.NotHintedAuthor(hinted.nextSegment().author(), op.author());
        }
        // A full branch expects 2^63, which has the same bits as the lowest number that an operation can have (SEQ-5).
        if (op.seqNo() != nextSeqNo || isFull()) {
            return new Outcome.WrongSeqNo(nextSeqNo, op.seqNo());
        }
        if (op.checksum() != nextChecksum) {
            return new Outcome.ChecksumMismatch(nextChecksum, op.checksum());
        }
        Change change = op.change();
        boolean isNextFnode = hinted.isNextFnode(op.seqNo());
        if (isNextFnode && !(change instanceof Change.Create)) {
            return new Outcome.ExpectedHintedFnode(op.seqNo());
        }
        if (change instanceof Change.Create create) {
            Optional<Outcome> taken = taken(create.path());
            boolean untracked = isHinted && !isNextFnode;
            return taken.orElse(untracked ? new Outcome.FnodeNotTracked(op.seqNo()) : Outcome.APPLIED);
        }
        if (change instanceof Change.Link link) {
            Optional<Outcome> taken = taken(link.path());
            return taken.orElseGet(() -> tracked(link.fnode()));
        }
        if (change instanceof Change.Unlink unlink) {
            LiveFile file = files.get(unlink.fnode());
            boolean noSuchLink = file != null && !file.links().contains(unlink.path());
            return noSuchLink ? new Outcome.NoSuchLink(unlink.fnode(), unlink.path()) : tracked(unlink.fnode());
        }
        if (change instanceof Change.Write write) {
            return tracked(write.fnode());
        }
        return change instanceof Change.Property property ? judge(property) : Outcome.APPLIED;
    }

    private Outcome judge(Change.Property property) {
        Long fnode = links.get(property.path());
        if (fnode != null) {
            return new Outcome.LinkExists(property.path(), fnode);
        }
        ByteString content = properties.settled(property.path());
        boolean changes = content != null && !content.equals(property.content());
        return changes && !revision.propertiesChange()
                ? new Outcome.PropertyExists(property.path(), content)
                : Outcome.APPLIED;
    }

    private Optional<Outcome> taken(ByteString path) {
        Long fnode = links.get(path);
        if (fnode != null) {
            return Optional.of(new Outcome.LinkExists(path, fnode));
        }
        ByteString content = properties.settled(path);
        return content == null ? Optional.empty() : Optional.of(new Outcome.PropertyExists(path, content));
    }

    private Outcome tracked(long fnode) {
        return files.containsKey(fnode) ? Outcome.APPLIED : new Outcome.FnodeNotTracked(fnode);
    }

    /** Offers an operation, with its meta-fields attached and the payload that it was read from (TRN-4, TRN-5). */
    public Outcome apply(Operation op, byte[] payload) {
        Outcome outcome = judge(op);
        if (outcome instanceof Outcome.Transition) {
            if (outcome instanceof Outcome.Applied) {
                change(op);
            }
            advance(op, payload);
        }
        return outcome;
    }

    private void change(Operation op) {
        Change change = op.change();
        if (change instanceof Change.Create create) {
            files.put(op.seqNo(), new LiveFile(create.path(), op));
            occupy(create.path(), op.seqNo());
        } else if (change instanceof Change.Link link) {
            LiveFile file = files.get(link.fnode());
            file.link(link.path());
            file.extend(op);
            occupy(link.path(), link.fnode());
        } else if (change instanceof Change.Unlink unlink) {
            unlink(unlink, op);
        } else if (change instanceof Change.Write write) {
            files.get(write.fnode()).extend(op);
        } else if (change instanceof Change.Property property) {
            if (!hinted.hasSegments()) {
                properties.yieldTo(property.path());
            }
            properties.set(property, hinted.hasSegments());
        }
    }

    private void occupy(ByteString path, long fnode) {
        links.put(path, fnode);
        if (!hinted.hasSegments()) {
            properties.yieldTo(path);
        }
    }

    private void unlink(Change.Unlink unlink, Operation op) {
        LiveFile file = files.get(unlink.fnode());
        links.remove(unlink.path());
        file.unlink(unlink.path());
        if (file.links().isEmpty()) {
            files.remove(unlink.fnode());
        } else {
            file.extend(op);
        }
    }

    private void advance(Operation op, byte[] payload) {
        if (!op.log().equals(log)) {
            arrival = Segment.of(op);
            fromBeginning &= op.seqNo() == 1;
            log = op.log();
        }
        nextSeqNo = op.seqNo() + 1;
        nextChecksum = Checksum.update(op.checksum(), payload);
        if (hinted.consume(op.seqNo())) {
            skipTo(hinted.nextSegment());
        }
    }

    private void skipTo(Segment segment) {
        nextSeqNo = segment.firstSeqNo();
        nextChecksum = segment.firstChecksum();
    }

    /** The hints of this state, or why there are none (HNT-7 to HNT-10). */
    public Hints buildHints() throws RefusedException {
        if (arrival != null && files.isEmpty() && !fromBeginning) {
            throw new RefusedException(Rule.NO_LIVE_FILE);
        }
        List<FnodeSegments> nodes = new ArrayList<>();
        boolean leadsHere = arrival == null || files.isEmpty();
        for (Map.Entry<Long, LiveFile> entry : files.entrySet()) {
            LiveFile file = entry.getValue();
            leadsHere |= arrival != null && file.lastSegment().lastSeqNo() >= arrival.firstSeqNo();
            nodes.add(new FnodeSegments(entry.getKey(), named(file.segments())));
        }
        if (!leadsHere) {
            // No live file has an operation since the branch came here, so the way here is hinted (HNT-8).
            FnodeSegments greatest = nodes.remove(nodes.size() - 1);
            List<Segment> segments = new ArrayList<>(greatest.segments());
            segments.addAll(named(List.of(arrival)));
            nodes.add(new FnodeSegments(greatest.fnode(), segments));
        }
        List<Change.Property> all = new ArrayList<>();
        properties.contents().forEach((path, content) -> all.add(new Change.Property(path, content)));
        Hints hints = new Hints(log, nodes, all);
        hints.flatten();
        return hints;
    }

    /** Hints that can be handed out, or why there are none (HNT-11). */
    public Hints buildLastingHints() throws RefusedException {
        if (files.isEmpty() && !fromBeginning) {
            throw new RefusedException(Rule.NO_LIVE_FILE);
        }
        return buildHints();
    }

    private List<Segment> named(List<Segment> segments) {
        return segments.stream().map(s -> s.log().equals(log) ? s.inLog(ByteString.EMPTY) : s).toList();
    }
}
