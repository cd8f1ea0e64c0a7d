"""The manifest of TLC's configurations, and the comparison with the model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from spec.clauses import clauses
from spec.equality.__main__ import EQUALITIES, told
from spec.equality.equality import Constants, Equality, Plain, Reached, Way, compare
from spec.tlc import manifest
from spec.tlc.manifest import BadManifest, Holds, Violates
from spec.tlc.output import Result, Verdict
from spec.tlc.run import TLA

CONFIGURATIONS = manifest.read()
_TAG = re.compile(r"\\\* \[([A-Z]+-\d+(?:, [A-Z]+-\d+)*)\]")


def test_every_file_is_in_the_manifest() -> None:
    assert {c.cfg for c in CONFIGURATIONS} == {file.name for file in TLA.glob("*.cfg")}
    for configuration in CONFIGURATIONS:
        assert (TLA / configuration.module).exists()


def test_every_clause_is_one() -> None:
    defined = {clause.id for clause in clauses()}
    for configuration in CONFIGURATIONS:
        assert set(configuration.clauses) <= defined, configuration.name
    for file in TLA.glob("*.tla"):
        for tag in _TAG.findall(file.read_text("utf-8")):
            assert set(tag.split(", ")) <= defined, file.name


def test_what_violates_is_checked() -> None:
    for configuration in CONFIGURATIONS:
        if isinstance(configuration.expect, Violates):
            assert configuration.expect.name in (TLA / configuration.cfg).read_text("utf-8")


def test_every_comparison_has_configurations() -> None:
    assert {c.equality for c in CONFIGURATIONS if c.equality} == set(EQUALITIES)


def test_written_as_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    manifest.write(CONFIGURATIONS, file)
    assert manifest.read(file) == CONFIGURATIONS
    assert file.read_text("utf-8") == manifest.MANIFEST.read_text("utf-8")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"session": "never"}, "session"),
        ({"expect": {}}, "violates"),
        ({"expect": {"holds": True, "distinct": "1", "depth": 1}}, "distinct"),
        ({"name": ""}, "name"),
        ({"clauses": "SEG-1"}, "clauses"),
        ({"more": 1}, "more"),
    ],
)
def test_refuses_another_manifest(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    file = tmp_path / "manifest.json"
    manifest.write(CONFIGURATIONS[:1], file)
    content: list[dict[str, object]] = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps([content[0] | changed]))
    with pytest.raises(BadManifest, match=said):
        manifest.read(file)


def test_tells_what_differs() -> None:
    held = Result(Verdict.HOLDS, distinct=5, depth=3)
    assert Holds(5, 3).difference(held) == ""
    assert "distinct is 5, and 4" in Holds(4, 3).difference(held)
    assert "depth is 3, and 2" in Holds(5, 2).difference(held)
    assert Holds(5, 2).difference(attrs.evolve(held, exact=False)) == ""
    assert "must end with a violation of Never" in Violates("Never").difference(held)
    violated = Result(Verdict.INVARIANT, violated="Never")
    assert Violates("Never").difference(violated) == ""
    assert Violates("Other").difference(violated)
    assert "must hold" in Holds(5, 3).difference(violated)


def equality_of(*states: Plain) -> Equality:
    def reached(constants: Constants) -> Iterator[Reached]:
        way = None
        for state in states:
            if state == "broken":
                raise RuntimeError("it broke")
            way = Way(way, f"to {state}")
            yield Reached(state, way)

    return Equality("numbers", reached, lambda state: 0, str)


def test_equal_sets_are_equal() -> None:
    assert compare(equality_of(1, 2, 1), {}, frozenset({1, 2})).equal


def test_tells_the_states_of_either_side() -> None:
    equality = equality_of(1, 2)
    found = compare(equality, {}, frozenset({1, 3}))
    assert (found.in_both, found.only_in_spec) == (1, [3])
    assert list(told(equality, found)) == [
        "only the model reaches 1, such as:",
        "- 2",
        "    to 1",
        "    to 2",
        "only the specification reaches 1, such as:",
        "- 3",
    ]


def test_ends_at_so_many_states() -> None:
    found = compare(equality_of(1, 2, 3), {}, frozenset({4}), most=2)
    assert (found.whole, len(found.only_in_model), found.only_in_spec) == (False, 2, [])


def test_a_model_that_breaks_differs() -> None:
    found = compare(equality_of(1, "broken"), {}, frozenset({1}))
    assert not found.equal
    assert found.broke == "RuntimeError: it broke"
