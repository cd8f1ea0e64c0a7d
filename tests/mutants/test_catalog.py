"""The mutants are what they claim to be: each changes its module, once, and every rule has one."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from functools import cache
from types import ModuleType
from typing import Final

import attrs
import pytest

from rlog_model import outcome, playback, recording
from rlog_model.conformance.mutants.catalog import MUTANTS, UnknownMutant, mutant_named
from rlog_model.conformance.mutants.mutant import Layer, Mutant, NotThereOnce
from rlog_model.hints import HintRule
from rlog_model.segment import PairRule, SegmentRule

EACH: Final = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


@cache
def source_of(module: str) -> str:
    return inspect.getsource(importlib.import_module(module))


@cache
def tree_of(source: str) -> str:
    return ast.dump(ast.parse(source))


def ids_in(module: ModuleType, prefix: str) -> set[str]:
    """The ids with which lines of a module's docstring begin."""
    return set(re.findall(rf"^({prefix}-\d+) ", module.__doc__ or "", re.MULTILINE))


RULES: Final = (
    {kind.rule for kind in outcome.OUTCOMES}
    | ids_in(recording, "REC")
    | ids_in(playback, "PLAY")
    | {f"SEGMENT:{rule.name}" for rule in SegmentRule}
    | {f"PAIR:{rule.name}" for rule in PairRule}
    | {f"HINTS:{rule.name}" for rule in HintRule}
)


def test_the_rules_are_found() -> None:
    assert {"FSM-0", "FSM-8", "REC-1", "REC-12", "PLAY-1", "PLAY-9"} <= RULES
    assert ids_in(outcome, "FSM") | {outcome.Applied.rule} == {k.rule for k in outcome.OUTCOMES}


@EACH
def test_a_mutant_changes_its_module_once(mutant: Mutant) -> None:
    source = source_of(mutant.module)
    changed = mutant.apply(source)  # raises where its text isn't there exactly once
    compile(changed, mutant.module, "exec")
    assert tree_of(changed) != tree_of(source)


@EACH
def test_a_mutant_is_small_and_told(mutant: Mutant) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", mutant.name)
    assert max(text.strip("\n").count("\n") for text in (mutant.old, mutant.new)) < 7
    assert mutant.defect.endswith(".")
    assert mutant.defect == mutant.defect.strip()


def test_no_mutant_is_there_twice() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(m.module, m.old, m.new) for m in MUTANTS}) == len(MUTANTS)
    changed = [(m.module, tree_of(m.apply(source_of(m.module)))) for m in MUTANTS]
    assert len(set(changed)) == len(MUTANTS)


def test_every_rule_has_a_mutant_and_no_other_is_named() -> None:
    assert {rule for mutant in MUTANTS for rule in mutant.rules} == RULES


def test_every_layer_has_mutants() -> None:
    assert {mutant.layer for mutant in MUTANTS} == set(Layer)


def test_a_mutant_is_found_by_its_name() -> None:
    for mutant in MUTANTS:
        assert mutant_named(mutant.name) is mutant


def test_an_unknown_name_is_told_with_what_is_near() -> None:
    with pytest.raises(UnknownMutant) as unknown:
        mutant_named("checksum-not-compare")
    assert unknown.value.near[0] == "checksum-not-compared"
    assert "checksum-not-compared" in str(unknown.value)
    with pytest.raises(UnknownMutant, match=r"'zzz'$"):
        mutant_named("zzz")


@pytest.mark.parametrize(("source", "count"), [("a b", 0), ("a c c", 2)])
def test_text_that_is_not_there_once_is_an_error(source: str, count: int) -> None:
    mutant = attrs.evolve(MUTANTS[0], old="c", new="d")
    with pytest.raises(NotThereOnce) as error:
        mutant.apply(source)
    assert error.value.count == count
    assert mutant.name in str(error.value)
