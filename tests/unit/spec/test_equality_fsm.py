"""The comparison of the FSM, without TLC: with states that it reached before.

``printed/branch-old-properties.dump`` is all that ``Machine.check`` dumps of that configuration;
``branch-pending.dump`` and ``branch-one-log.dump`` are some of the states of these, with each sort
of answer among them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rlog_model import crc32c
from rlog_model.conformance.mutants import catalog
from rlog_model.conformance.mutants.mutant import Layer
from rlog_model.identity import Author, Fnode
from rlog_model.operation import Create, RecordedOp, Write
from spec import not_visible
from spec.equality.__main__ import EQUALITIES, is_as_listed, verdict
from spec.equality.equality import Constants, Plain, compare
from spec.equality.fsm import EQUALITY, states_of_model
from spec.equality.histories import FOREIGN, Histories, OneOfTwo
from spec.tlc import cfg, manifest
from spec.tlc.manifest import Holds
from spec.tlc.run import TLA
from spec.tlc.states import states_of_dump

PRINTED = Path(__file__).parent / "printed"


def constants(name: str) -> Constants:
    configuration = next(c for c in manifest.read() if c.name == name)
    return cfg.constants(TLA / configuration.module, TLA / configuration.cfg)


def stored(name: str) -> frozenset[Plain]:
    return frozenset(map(EQUALITY.project, states_of_dump(PRINTED / f"{name}.dump")))


def explored(name: str) -> frozenset[Plain]:
    return frozenset(reached.state for reached in states_of_model(constants(name)))


@pytest.mark.clause("TRN-10", "RVN-2")
def test_the_model_reaches_the_states_of_tlc() -> None:
    name = "branch-old-properties"
    assert compare(EQUALITY, constants(name), stored(name)).equal


def test_another_model_does_not() -> None:
    name = "branch-old-properties"
    found = compare(EQUALITY, {**constants(name), "PropertyMayChange": True}, stored(name))
    assert found.only_in_spec
    assert found.only_in_model
    assert "property" in str(found.only_in_model[0].way)


@pytest.mark.parametrize("name", ["branch-pending", "branch-one-log"])
def test_the_model_reaches_stored_states_of_each_sort(name: str) -> None:
    states = stored(name)
    assert len(states) > 5
    assert states <= explored(name)


@pytest.mark.parametrize("name", ["branch-pending", "branch-one-log", "branch-hinted"])
def test_as_many_states_as_the_manifest_says(name: str) -> None:
    expected = next(c.expect for c in manifest.read() if c.name == name)
    assert isinstance(expected, Holds)
    assert len(explored(name)) == expected.distinct


def test_every_state_is_told_in_words() -> None:
    for state in stored("branch-pending") | stored("branch-one-log"):
        assert EQUALITY.show(state).startswith("FSM begun hinted: log a/log; next_seq_no ")


def test_a_checksum_is_of_the_history_that_was_offered() -> None:
    histories = Histories()
    create = RecordedOp(1, crc32c.INITIAL, Author(1), Create("/a"))
    behind = crc32c.update(create.checksum, histories.offered(create))
    write = RecordedOp(2, behind, Author(2), Write(Fnode(1), 0, 1))
    history = ((1, "create", "/a", 0, "none"), (2, "write", "none", 1, "none"))
    assert histories.of(crc32c.update(behind, histories.offered(write))) == history
    assert histories.of(behind) == history[:1]
    assert histories.of(behind + 1) == ("of no history", behind + 1)
    assert histories.of(histories.foreign(2)) == ((FOREIGN, "none", "none", 0, "none"),) * 2
    assert histories.of(histories.foreign(-1)) == ()


def test_one_checksum_of_two_histories_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    histories = Histories()
    monkeypatch.setattr(crc32c, "update", lambda checksum, payload: 7)
    histories.offered(RecordedOp(1, crc32c.INITIAL, Author(1)))
    with pytest.raises(OneOfTwo, match="0x00000007 is the checksum of two histories"):
        histories.offered(RecordedOp(1, crc32c.INITIAL, Author(2)))


def test_every_layer_that_is_judged_is_one() -> None:
    layers = {layer.value for layer in Layer}
    for entry in EQUALITIES.values():
        assert set(entry.layers) <= layers


def test_what_is_not_visible_is_a_mutant_that_is_judged() -> None:
    judged = {layer for entry in EQUALITIES.values() for layer in entry.layers}
    for name, reason in not_visible.MUTANTS.items():
        assert catalog.mutant_named(name).layer.value in judged
        assert reason


def test_a_mutant_is_either_rejected_or_listed() -> None:
    listed = next(iter(not_visible.MUTANTS))
    seen = "in branch-files:\nonly the model reaches at least 1, such as:"
    assert is_as_listed("author-not-asked", seen)
    assert verdict("author-not-asked", seen) == "branch-files"
    assert not is_as_listed("author-not-asked", None)
    assert verdict("author-not-asked", None) == "NOT SEEN"
    assert is_as_listed(listed, None)
    assert verdict(listed, None) == f"not visible: {not_visible.MUTANTS[listed]}"
    assert not is_as_listed(listed, seen)
    assert verdict(listed, seen) == "LISTED, YET SEEN in branch-files"
