"""What holds for every history that an FSM is offered."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rlog_model import crc32c
from rlog_model.fsm import FSM
from rlog_model.hints import FSMHints, HintRule, InvalidHints
from rlog_model.identity import Author
from rlog_model.outcome import is_transition
from tests.property.histories import LOG, Branch, Offer, branches, logs, play


def seen(fsm: FSM) -> object:
    """What a player would leave behind: the tree, and where the branch goes on."""
    nodes = {fnode: state.links for fnode, state in fsm.live_nodes.items()}
    links, properties = dict(fsm.links), dict(fsm.properties)
    return links, nodes, properties, fsm.next_seq_no, fsm.next_checksum


def hints_of(fsm: FSM) -> FSMHints | None:
    """The hints of a state; none if the branch has moved and no file is live."""
    if fsm.live_nodes or fsm.arrival is None or fsm.arrival.first_seq_no == 1:
        return fsm.build_hints()
    with pytest.raises(InvalidHints) as invalid:
        fsm.build_hints()
    assert invalid.value.rule is HintRule.NO_LIVE_FILE
    return None


Log = tuple[Branch, FSM, tuple[Offer, ...]]


@pytest.mark.clause("THM-3", "SEQ-4")
@given(logs())
def test_what_others_append_behind_an_operation_changes_nothing(drawn: Log) -> None:
    branch, _, log = drawn
    assert play(branch.states[0], log) == branch.end


@pytest.mark.clause("SEQ-1")
@given(branches())
def test_checksum_is_that_of_all_payloads(branch: Branch) -> None:
    checksum = crc32c.INITIAL
    for offer, state in zip(branch.offers, branch.states, strict=False):
        assert state.next_checksum == checksum == offer.op.checksum
        checksum = crc32c.update(checksum, offer.payload)
    joined = b"".join(offer.payload for offer in branch.offers)
    assert branch.end.next_checksum == checksum == crc32c.update(crc32c.INITIAL, joined)


@pytest.mark.clause("TRN-1")
@given(branches(several_logs=True))
def test_files_links_and_properties_agree(branch: Branch) -> None:
    for fsm in branch.states:
        links = {path: f for f, state in fsm.live_nodes.items() for path in state.links}
        assert dict(fsm.links) == links
        assert all(state.links for state in fsm.live_nodes.values())
        assert not links.keys() & dict(fsm.properties).keys()
        for fnode, state in fsm.live_nodes.items():
            assert state.segments[0].first_seq_no == fnode
            ends = [n for s in state.segments for n in (s.first_seq_no, s.last_seq_no)]
            assert ends == sorted(ends)
            assert ends[-1] < fsm.next_seq_no


@pytest.mark.clause("THM-2", "HNT-12")
@given(logs())
def test_hinted_play_reaches_what_the_branch_without_hints_does(drawn: Log) -> None:
    branch, hinted, log = drawn
    fsm = play(FSM.from_hints(hinted.build_hints()), log)
    assert fsm.remaining.segment is None
    assert fsm.remaining.fnode is None
    assert seen(fsm) == seen(branch.end)
    assert dict(fsm.live_nodes) == dict(branch.end.live_nodes)
    assert fsm.build_hints() == branch.end.build_hints()


@given(logs(), st.data())
def test_hints_of_a_recorder_lead_there_too(drawn: Log, data: st.DataObject) -> None:
    """It knows lower bounds of first offsets, and no last offsets."""
    branch, hinted, log = drawn
    recorder, bound = FSM.from_hints(FSMHints(LOG)), 0
    for offer in branch.offers[: hinted.next_seq_no - 1]:
        bound = data.draw(st.integers(bound, offer.op.first_offset))
        op = attrs.evolve(offer.op, first_offset=bound, last_offset=0)
        recorder = recorder.apply(op, offer.payload).fsm
    fsm = play(FSM.from_hints(recorder.build_hints()), log)
    assert fsm.remaining.segment is None
    assert seen(fsm) == seen(branch.end)


@pytest.mark.clause("HNT-12", "LOG-5")
@given(logs(several_logs=True))
def test_hinted_play_over_several_logs(drawn: Log) -> None:
    branch, hinted, log = drawn
    if (hints := hints_of(hinted)) is None:
        return
    fsm = play(FSM.from_hints(hints), log)
    assert fsm.remaining.segment is None
    assert seen(fsm) == seen(branch.end)
    assert dict(fsm.live_nodes) == dict(branch.end.live_nodes)


def read_logs(hints: FSMHints, offers: tuple[Offer, ...]) -> FSM:
    """The FSM behind what a player reads: the log of each hinted segment from its first offset on,
    and then the rest of the hints' own log."""
    fsm, log, offset = FSM.from_hints(hints), hints.log, 0
    while True:
        if (segment := fsm.remaining.segment) is not None:
            offset = (
                segment.first_offset if segment.log != log else max(offset, segment.first_offset)
            )
            log = segment.log
        ahead = [o for o in offers if o.op.log == log and o.op.first_offset >= offset]
        if not ahead:
            return fsm
        fsm, offset = fsm.apply(ahead[0].op, ahead[0].payload).fsm, ahead[0].op.last_offset


@given(logs(several_logs=True))
def test_player_of_several_logs_reads_all_of_the_branch_that_matters(drawn: Log) -> None:
    """It ends where the branch leaves the hints' log: no hint can lead it on from there."""
    branch, hinted, _ = drawn
    if (hints := hints_of(hinted)) is None:
        return
    passed = hinted.next_seq_no - 1
    left = [i for i, o in enumerate(branch.offers) if i >= passed and o.op.log != hints.log]
    fsm = read_logs(hints, branch.offers)
    assert fsm.remaining.segment is None
    assert seen(fsm) == seen(branch.states[left[0] if left else -1])


@pytest.mark.clause("TRN-4")
@given(logs(several_logs=True), st.integers(0, 40), st.sampled_from((0, 1)))
def test_rejected_operation_changes_nothing(drawn: Log, index: int, wrong: int) -> None:
    _, hinted, log = drawn
    assume(log)
    op = attrs.evolve(
        log[index % len(log)].op,
        seq_no=hinted.next_seq_no + wrong,
        checksum=hinted.next_checksum ^ 1,
    )
    step = hinted.apply(op, log[index % len(log)].payload)
    assert not is_transition(step.outcome)
    assert step.fsm is hinted


@pytest.mark.clause("FSM-1")
@given(logs())
def test_a_stranger_is_never_believed_while_hints_remain(drawn: Log) -> None:
    """However well he knows the next sequence number and checksum."""
    _, hinted, log = drawn
    fsm = FSM.from_hints(hinted.build_hints())
    for offer in log:
        if fsm.remaining.segment is not None:
            op = attrs.evolve(
                offer.op,
                author=Author(0x99),
                seq_no=fsm.next_seq_no,
                checksum=fsm.next_checksum,
            )
            assert fsm.apply(op, offer.payload).fsm is fsm
        fsm = fsm.apply(offer.op, offer.payload).fsm
