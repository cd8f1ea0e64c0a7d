package recoverylog.player;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import recoverylog.bytes.ByteString;
import recoverylog.codec.Change;
import recoverylog.codec.FrameReader;
import recoverylog.codec.Frames;
import recoverylog.codec.MalformedException;
import recoverylog.codec.Operation;
import recoverylog.codec.OperationCodec;
import recoverylog.fsm.Fsm;
import recoverylog.fsm.Outcome;
import recoverylog.fsm.Revision;
import recoverylog.hints.Hints;
import recoverylog.segments.RefusedException;
import recoverylog.segments.Segment;

/**
 * Rebuilds files from a log: a machine that asks for one thing at a time, and is given the answer (PLAY).
 *
 * <p>{@link #request} says what it asks for. What has ended asks for nothing more.
 */
public final class Player {
    private static final long UNKNOWN = -1;

    private final Set<ByteString> logs;
    private final Fsm fsm;
    private final Holes holes;
    private final SortedMap<Long, Content> contents = new TreeMap<>();
    private final Map<Long, Failure> tooLong = new HashMap<>();
    private final Map<ByteString, Long> heads = new HashMap<>();

    private ByteString log;
    private FrameReader reader;
    private Request request;
    private Tree tree;

    private FrameReader.Frame held;
    private boolean headAskedForHeld;
    private Change.Write writing;
    private long writtenOfIt;

    private Wish wish;
    private long wishedHead = UNKNOWN;
    private Operation appended;

    /** Begins with hints, or refuses them (HNT-5). */
    public Player(Hints hints, Revision revision) throws RefusedException {
        logs = hints.logs();
        fsm = new Fsm(hints, revision);
        holes = new Holes(fsm.hintedSegments());
        log = hints.log();
        reader = new FrameReader(0);
        play();
    }

    /** What it asks for now (PLAY-18). */
    public Request request() {
        return request;
    }

    /** The FSM that it has come to (TRN-1). */
    public Fsm fsm() {
        return fsm;
    }

    /** The log that it reads (PLAY-3). */
    public ByteString log() {
        return log;
    }

    /** What was laid out, once the play is complete (PLAY-15). */
    public Optional<Tree> tree() {
        return Optional.ofNullable(tree);
    }

    /** Whether it is complete, or failed (PLAY-15). */
    public boolean hasEnded() {
        return request instanceof Request.Complete || request instanceof Request.Failed;
    }

    /** Whether there is a wish (PLAY-14). */
    public boolean hasWish() {
        return wish != null;
    }

    /** Whether it plays what is appended as it comes (PLAY-13). */
    public boolean isTailing() {
        return !hasEnded() && headsAreTold() && !isHinted() && reader.end() >= heads.get(log);
    }

    /** Its lasting hints, or why there are none; none at all before it has read its own hints (PLAY-16). */
    public Optional<Hints> takeHints() throws RefusedException {
        if (request instanceof Request.Failed || !headsAreTold() || isHinted()) {
            return Optional.empty();
        }
        return Optional.of(fsm.buildLastingHints());
    }

    /** Asks it to be complete at the write head; refused where there is a wish (PLAY-7, PLAY-14). */
    public void finishAtWriteHead() {
        wish(new Wish.Finish());
    }

    /** Asks it to hand off to an author, who is not 0; refused where there is a wish (PLAY-8, PLAY-14, HOF-5). */
    public void handOff(long author) {
        if (author == 0) {
            throw new IllegalArgumentException("author 0 is no author");
        }
        wish(new Wish.HandOff(author));
    }

    private void wish(Wish wanted) {
        if (wish != null || hasEnded()) {
            throw new IllegalStateException("there is a wish already, or the play has ended");
        }
        wish = wanted;
        play();
    }

    /** Answers a {@link Request.Head} (PLAY-1). */
    public void head(long head) {
        Request.Head asked = (Request.Head) request;
        boolean first = !headsAreTold();
        heads.put(asked.log(), head);
        Optional<Segment> beyond = fsm.hintedSegments().stream()
                .filter(s -> s.log().equals(asked.log()))
                .filter(s -> s.firstOffset() >= head || s.lastOffset() > head)
                .findFirst();
        if (beyond.isPresent()) {
            fail(new Failure.HintsBeyondHead(asked.log(), beyond.get(), head));
            return;
        }
        if (held != null) {
            headAskedForHeld = true;
        } else if (!first) {
            wishedHead = head;
        }
        play();
    }

    /** Answers a {@link Request.Read} by bytes, one or more, at the offset that was asked for (JRN-6). */
    public void bytes(byte[] bytes) {
        if (!(request instanceof Request.Read)) {
            throw new IllegalStateException("no bytes were asked for");
        }
        reader.feed(bytes);
        play();
    }

    /** Answers a {@link Request.Read} by a jump to a later offset (PLAY-5). */
    public void hole(long last) {
        Request.Read asked = (Request.Read) request;
        if (writing != null || !holes.mayBeReadOver(fsm, log, last)) {
            fail(new Failure.HoleInLog(log, asked.offset(), last, fsm.nextSeqNo()));
            return;
        }
        reader.seek(last);
        play();
    }

    /** Answers a {@link Request.Read}: there are no bytes yet (PLAY-18, case 5). */
    public void noBytes() {
        Request.Read asked = (Request.Read) request;
        if (asked.waits()) {
            return;
        }
        if (asked.offset() < heads.get(log)) {
            fail(new Failure.LogEndsEarly(log, asked.offset(), heads.get(log)));
            return;
        }
        heads.put(log, asked.offset());
        if (reader.isUnfinished()) {
            reader.rejectUnfinished();
        }
        play();
    }

    /** Answers a {@link Request.Append}: it has landed, and ends at an offset (PLAY-8). */
    public void appended(long end) {
        Request.Append asked = (Request.Append) request;
        appended = Operation.noOp(fsm.nextSeqNo(), fsm.nextChecksum(), asked.author());
        heads.merge(log, end, Math::max);
        wishedHead = end;
        play();
    }

    private boolean headsAreTold() {
        return heads.keySet().containsAll(logs);
    }

    private boolean isHinted() {
        return !fsm.hintedSegments().isEmpty();
    }

    private void fail(Failure failure) {
        contents.clear();
        request = new Request.Failed(failure);
    }

    private void complete() {
        Optional<Failure> problem = Tree.problem(fsm, log).or(this::overlong);
        if (problem.isPresent()) {
            fail(problem.get());
            return;
        }
        tree = Tree.of(fsm, contents);
        request = new Request.Complete();
    }

    /** Why a live file is too long to be laid out, if one is (PLAY-12). */
    private Optional<Failure> overlong() {
        return fsm.files().keySet().stream().filter(tooLong::containsKey).findFirst().map(tooLong::get);
    }

    /** Reads what is at hand, and says what is asked for next. */
    private void play() {
        request = null;
        for (ByteString named : logs) {
            if (!heads.containsKey(named)) {
                request = new Request.Head(named);
                return;
            }
        }
        while (request == null) {
            goToPlace();
            if (!readOne() && request == null) {
                ask();
            }
        }
    }

    /** Goes to where the next segment begins (PLAY-3). */
    private void goToPlace() {
        if (held != null || writing != null || !isHinted()) {
            return;
        }
        Segment next = fsm.hintedSegments().get(0);
        if (!next.log().equals(log)) {
            log = next.log();
            reader = new FrameReader(next.firstOffset());
        }
        reader.seek(next.firstOffset());
    }

    /** Reads one frame or raw bytes; false where the bytes at hand hold no more, or the head is asked for. */
    private boolean readOne() {
        if (held != null) {
            return offer(held);
        }
        FrameReader.Found found = reader.next();
        if (found instanceof FrameReader.Frame frame) {
            return offer(frame);
        }
        if (found instanceof FrameReader.Raw raw) {
            write(raw);
        }
        return found != null;
    }

    private void write(FrameReader.Raw raw) {
        contents.get(writing.fnode()).write(writing.offset() + writtenOfIt, raw.bytes());
        writtenOfIt += raw.bytes().length;
        if (reader.rawLeft() == 0) {
            writing = null;
        }
    }

    /** Offers a frame to the FSM (PLAY-4), or asks for the head before (PLAY-11). */
    private boolean offer(FrameReader.Frame frame) {
        Operation op;
        try {
            op = OperationCodec.decode(frame.payload());
        } catch (MalformedException e) {
            reader.reject();
            return true;
        }
        // A sum beyond an int64 is beyond every head, as is the greatest int64.
        long end = op.rawLength() > Long.MAX_VALUE - frame.last() ? Long.MAX_VALUE : frame.last() + op.rawLength();
        op = op.attached(frame.first(), end, log);
        if (fsm.judge(op) instanceof Outcome.Rejected) {
            settleHeld();
            reader.doubt();
            return true;
        }
        if (end > reader.end() && end > heads.get(log)) {
            if (headAskedForHeld) {
                settleHeld();
                reader.reject();
                return true;
            }
            held = frame;
            request = new Request.Head(log);
            return false;
        }
        settleHeld();
        apply(op, frame);
        return true;
    }

    private void settleHeld() {
        held = null;
        headAskedForHeld = false;
    }

    private void apply(Operation op, FrameReader.Frame frame) {
        if (fsm.apply(op, frame.payload()) instanceof Outcome.Applied) {
            change(op);
        }
        if (writing == null) {
            // No applied write brings these raw bytes: they are passed over, at hand or not (PLAY-4).
            reader.seek(op.lastOffset());
        }
    }

    /** Does to the files what an applied operation says (PLAY-12). */
    private void change(Operation op) {
        Change change = op.change();
        if (change instanceof Change.Create) {
            contents.put(op.seqNo(), new Content());
        } else if (change instanceof Change.Unlink unlink && !fsm.files().containsKey(unlink.fnode())) {
            contents.remove(unlink.fnode());
        } else if (change instanceof Change.Write write && op.rawLength() > 0) {
            begin(write, op.firstOffset());
        } else if (change == null && isOwn(op)) {
            complete();
        }
    }

    private void begin(Change.Write write, long logOffset) {
        Failure failure = new Failure.UnplayableWrite(log, logOffset, write.fnode(), write.offset());
        boolean fits = write.offset() >= 0 && write.offset() <= Long.MAX_VALUE - write.length();
        if (!fits) {
            fail(failure);
            return;
        }
        if (write.offset() + write.length() > Content.MAX_SIZE) {
            tooLong.put(write.fnode(), failure);
        }
        writing = write;
        writtenOfIt = 0;
        reader.raw(write.length());
    }

    private boolean isOwn(Operation op) {
        return appended != null && op.author() == appended.author() && op.seqNo() == appended.seqNo();
    }

    /** What is asked for once all bytes at hand are read (PLAY-18, cases 2 to 5), or a frame that ends here is rejected. */
    private void ask() {
        long head = heads.get(log);
        if (isHinted() && reader.end() >= head) {
            if (!rejectedUnfinishedBefore(head)) {
                Segment next = fsm.hintedSegments().get(0);
                fail(new Failure.HintsRemain(log, next, fsm.nextSeqNo(), fsm.nextChecksum(), head));
            }
        } else if (!isHinted() && wish != null && wishedHead == UNKNOWN) {
            request = new Request.Head(log);
        } else if (!isHinted() && wish != null && reader.end() >= wishedHead && writing == null) {
            if (!rejectedUnfinishedBefore(wishedHead)) {
                fulfil();
            }
        } else {
            boolean waits = reader.end() >= head && wish == null && !reader.isUnfinished() && reader.rawLeft() == 0;
            request = new Request.Read(log, reader.end(), waits);
        }
    }

    private boolean rejectedUnfinishedBefore(long head) {
        boolean isOne = reader.isUnfinished() && reader.position() < head;
        if (isOne) {
            reader.rejectUnfinished();
        }
        return isOne;
    }

    private void fulfil() {
        if (wish instanceof Wish.Finish) {
            complete();
        } else if (fsm.isFull()) {
            fail(new Failure.BranchFull(log));
        } else if (appended != null) {
            // It has read to the end of its append, and another operation was there first, or none (HOF-4).
            appended = null;
            wishedHead = UNKNOWN;
        } else if (wish instanceof Wish.HandOff handOff) {
            Operation noOp = Operation.noOp(fsm.nextSeqNo(), fsm.nextChecksum(), handOff.author());
            request = new Request.Append(log, Frames.frame(OperationCodec.encode(noOp)), handOff.author());
        }
    }
}
