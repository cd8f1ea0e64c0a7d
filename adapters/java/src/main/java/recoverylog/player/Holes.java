package recoverylog.player;

import java.util.List;
import recoverylog.bytes.ByteString;
import recoverylog.fsm.Fsm;
import recoverylog.segments.Segment;

/** Which holes of a log may be read over (PLAY-5). */
final class Holes {
    private final Segment lastHinted;

    Holes(List<Segment> hinted) {
        lastHinted = hinted.isEmpty() ? null : hinted.get(hinted.size() - 1);
    }

    /** Whether what is hinted may still lie behind a hole of the log that ends at an offset (PLAY-5). */
    boolean mayBeReadOver(Fsm fsm, ByteString log, long end) {
        if (fsm.hintedSegments().isEmpty()) {
            return false;
        }
        Segment next = fsm.hintedSegments().get(0);
        boolean nextWasInIt = next.isEndKnown() && next.lastOffset() <= end;
        boolean lastMayBeginInIt =
                lastHinted.log().equals(log) && lastHinted.firstOffset() < end && !lastHinted.isEndKnown();
        return !nextWasInIt && !lastMayBeginInIt;
    }
}
