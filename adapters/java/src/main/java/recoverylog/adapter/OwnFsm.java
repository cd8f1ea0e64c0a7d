package recoverylog.adapter;

import java.util.ArrayList;
import java.util.List;
import recoverylog.bytes.ByteString;
import recoverylog.codec.MalformedException;
import recoverylog.codec.Operation;
import recoverylog.codec.OperationCodec;
import recoverylog.fsm.Fsm;
import recoverylog.fsm.Outcome;
import recoverylog.fsm.Revision;
import recoverylog.hints.Hints;
import recoverylog.kit.Glue;
import recoverylog.kit.HintsValue;
import recoverylog.kit.Refused;
import recoverylog.segments.RefusedException;

/** An FSM of this implementation, as the kit asks for it. */
final class OwnFsm implements Glue.FsmGlue {
    private final Fsm fsm;

    OwnFsm(Hints hints, Revision revision) throws Refused {
        try {
            fsm = new Fsm(hints, revision);
        } catch (RefusedException e) {
            throw Values.refused(e);
        }
    }

    @Override
    public String nextSeqNo() {
        return Long.toUnsignedString(fsm.nextSeqNo());
    }

    @Override
    public String nextChecksum() {
        return Long.toString(fsm.nextChecksum());
    }

    @Override
    public String apply(byte[] payload, ByteString log, long first, long last) throws Refused {
        Operation op;
        try {
            op = OperationCodec.decode(payload).attached(first, last, log);
        } catch (MalformedException e) {
            throw new Refused("MalformedOp");
        }
        Outcome outcome = fsm.apply(op, payload);
        if (outcome instanceof Outcome.Applied) {
            return "done";
        }
        return (outcome instanceof Outcome.Rejected ? "rejected: " : "untracked: ") + outcome.label();
    }

    @Override
    public HintsValue buildHints() throws Refused {
        try {
            return Values.hints(fsm.buildHints());
        } catch (RefusedException e) {
            throw Values.refused(e);
        }
    }

    @Override
    public Glue.FsmState state() {
        List<Glue.NodeState> nodes = new ArrayList<>();
        fsm.files().forEach((fnode, file) -> nodes.add(
                new Glue.NodeState(fnode, List.copyOf(file.links()), Values.segments(file.segments()))));
        return new Glue.FsmState(fsm.log(), fsm.links(), nodes, fsm.properties(), fsm.hintsRemain());
    }
}
