"""The corpus: what it keeps, what a scenario reaches, and that less of it reaches as much."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import attrs
import pytest

from rlog_model import scenario as s
from rlog_model.conformance.corpus import Corpus, Kept, cover, digest, read
from rlog_model.conformance.features import features_of
from rlog_model.conformance.fuzz import minimise_corpus
from rlog_model.scenario import Scenario, loads

LOG = "logs/one"
START = s.StartRecorder("r", LOG, 1)
SHORT = Scenario((START, s.Create("r", "/a")))
LONG = Scenario((START, s.Create("r", "/a"), s.TakeHints("r", "h"), s.Play("p", "h")))
WRITTEN = [
    loads(file.read_bytes())
    for file in resources.files("rlog_model.conformance").joinpath("scenarios").iterdir()
    if file.name.endswith(".json")
]


def corpus_of(directory: Path, *scenarios: Scenario) -> Corpus:
    corpus = Corpus(directory)
    for scenario in scenarios:
        corpus.keep(scenario, features_of(scenario), "")
    return corpus


def test_features_tell_steps_their_outcomes_and_what_follows_what() -> None:
    found = features_of(
        Scenario(
            (
                START,
                s.Unlink("r", "/none"),
                s.Create("r", "/a"),
                s.Create("nobody", "/a"),
                s.TakeHints("r", "h"),
                s.Play("p", "h"),
                s.FinishAtWriteHead("p"),
                s.Advance("p"),
            )
        )
    )
    assert "create: done" in found
    assert "create: impossible" in found
    assert "unlink: refused: RecordingRefused NOT_FOUND" in found
    assert "advance to complete" in found
    assert "create, then take_hints" in found, "what did nothing stands between nothing"
    assert "create, then create" not in found
    assert {"take_hints: files 1", "take_hints: segments 1", "take_hints: logs 1"} <= found
    assert "play x 1" in found


@pytest.mark.parametrize("scenario", WRITTEN)
def test_features_of_more_steps_are_more(scenario: Scenario) -> None:
    """All but the counts of the whole."""
    shorter = attrs.evolve(scenario, steps=scenario.steps[:-1])
    lost = features_of(shorter) - features_of(scenario)
    assert all(" x " in feature for feature in lost)


def test_only_what_is_new_is_kept(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    features = features_of(LONG)
    assert corpus.keep(LONG, features, "why") == features
    assert not corpus.keep(LONG, features, "again")
    assert not corpus.keep(SHORT, features_of(SHORT) & features, "less")
    files = list(tmp_path.iterdir())
    assert [file.stem for file in files] == [digest(LONG)]
    assert loads(files[0].read_bytes()) == attrs.evolve(LONG, title="why")
    assert len(corpus) == 1


def test_a_corpus_is_bounded(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, most=2)
    for scenario in WRITTEN:
        corpus.keep(scenario, features_of(scenario), "")
    assert len(corpus) == len(list(tmp_path.iterdir())) == 2


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    corpus_of(tmp_path, *WRITTEN)
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "notes.txt").write_text("not a scenario")
    found, ignored = read(tmp_path)
    assert {digest(one) for one in found.values()} <= {digest(one) for one in WRITTEN}
    assert [file.name for file in ignored] == ["broken.json"]
    assert "no JSON" in ignored[tmp_path / "broken.json"]


def test_a_name_is_that_of_the_steps() -> None:
    assert digest(SHORT) == digest(attrs.evolve(SHORT, title="a title"))
    assert digest(SHORT) != digest(LONG)
    assert digest(SHORT) != digest(attrs.evolve(SHORT, revision="other"))


def test_the_cover_is_greedy() -> None:
    def kept(steps: int, *features: str) -> Kept:
        return Kept(Scenario((START,) * steps), frozenset(features))

    reached = {
        Path("a"): kept(1, "1", "2"),
        Path("b"): kept(9, "1", "2", "3"),
        Path("c"): kept(1, "4"),
        Path("d"): kept(2, "4"),
        Path("e"): kept(1),
    }
    assert cover(reached) == [Path("b"), Path("c")]
    assert cover({}) == []


def test_a_minimised_corpus_reaches_as_much(tmp_path: Path) -> None:
    """With fewer scenarios, each smaller: and it is made of what the files hold."""
    corpus = corpus_of(tmp_path / "corpus", *WRITTEN)
    redundant = {loads(file.read_bytes()) for file in (tmp_path / "corpus").iterdir()}
    (tmp_path / "corpus" / "by-hand.json").write_text(s.dumps(SHORT))
    (tmp_path / "corpus" / "broken.json").write_text("{")
    before = sum(len(one.steps) for one in redundant)

    small, removed, ignored = minimise_corpus(tmp_path, 60.0)
    assert small.covered == corpus.covered | features_of(SHORT)
    assert removed >= 1
    assert [file.name for file in ignored] == ["broken.json"]
    scenarios, _ = read(tmp_path / "corpus")
    assert len(scenarios) == len(small) == len(redundant) + 1 - removed
    assert all(file.stem == digest(one) for file, one in scenarios.items())
    assert sum(len(one.steps) for one in scenarios.values()) < before
    reached = set[str]().union(*map(features_of, scenarios.values()))
    assert reached >= corpus.covered


def test_a_corpus_that_is_small_stays(tmp_path: Path) -> None:
    corpus_of(tmp_path / "corpus", *WRITTEN)
    minimise_corpus(tmp_path, 60.0)
    files = {file: file.read_bytes() for file in (tmp_path / "corpus").iterdir()}
    minimise_corpus(tmp_path, 60.0)
    again = {file: file.read_bytes() for file in (tmp_path / "corpus").iterdir()}
    assert len(again) <= len(files)
    assert minimise_corpus(tmp_path / "nothing", 1.0)[1] == 0
