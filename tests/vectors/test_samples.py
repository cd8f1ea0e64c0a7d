"""Every log that Gazette recorded is played, from all of its hints, to the recorded tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rlog_model.hints_json import hints_to_json
from rlog_model.journal.file import FileStore
from rlog_model.player import Player
from rlog_model.wire import encode_hints
from tests.samples import ALL, BY_NAME, SAMPLES, Seen, Told

every_one = pytest.mark.parametrize("one", ALL, ids=str)


def play(one: Told, form: str, target: Path) -> tuple[int, int]:
    """Play into ``target``; the end of the branch."""
    with FileStore(one.store) as store:
        player = Player(one.parsed(form), target, store)
        player.finish_at_write_head()
        fsm = player.play()
    return fsm.next_seq_no, fsm.next_checksum


def test_no_sample_and_no_hints_are_missing() -> None:
    """Else the tests below would say less than they seem to."""
    assert len({one.sample for one in ALL}) == 17
    assert len(BY_NAME) == len(ALL) == 46
    assert {one.hints for one in ALL} == set(SAMPLES.glob("*/hints/*.json"))
    protobufs = {one.hints.with_suffix(".pb.hex") for one in ALL}
    assert protobufs == set(SAMPLES.glob("*/hints/*.pb.hex"))


@every_one
def test_both_forms_of_the_hints_are_the_same_hints_and_are_written_as_gazette_writes_them(
    one: Told,
) -> None:
    """JSON and protobuf decode to equal values, and encode to what was read."""
    hints = one.parsed("json")
    assert hints == one.parsed("protobuf")
    assert hints_to_json(hints) == one.json
    assert encode_hints(hints) == one.protobuf


@every_one
@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_hints_play_to_the_recorders_own_directory(one: Told, form: str, tmp_path: Path) -> None:
    """Files, contents and hard links are those of the recorder; the branch ends where Gazette's
    player ended; and nothing but the target is left.
    """
    assert play(one, form, tmp_path / "target") == (one.next_seq_no, one.next_checksum)
    assert Seen.of(tmp_path / "target") == Seen.recorded(one.tree)
    assert [p.name for p in tmp_path.iterdir()] == ["target"]


@every_one
def test_contents_that_the_samples_hold_in_full_are_played_byte_for_byte(
    one: Told, tmp_path: Path
) -> None:
    """Where a small file's bytes are recorded, they are those of the played file. (A digest that
    was made wrongly on both sides would pass the test above.)
    """
    play(one, "json", tmp_path / "target")
    files = json.loads(one.tree.read_bytes())["files"]
    for path, file in files.items():
        if "hex" in file:
            assert (tmp_path / "target" / path[1:]).read_bytes().hex() == file["hex"]
        else:
            assert int(file["size"]) > 256


@pytest.mark.parametrize(
    "name", ["desync-zero", "forked-three-end", "duplicates-end", "handoff-C", "zombies-R3-mid"]
)
@pytest.mark.parametrize("size", [1, 7, 100])
def test_the_size_of_reads_changes_nothing(
    name: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever reads cut frames, raw bytes and garbage, the same tree and branch come of them."""
    monkeypatch.setattr("rlog_model.player.READ_SIZE", size)
    one = BY_NAME[name]
    assert play(one, "json", tmp_path / "target") == (one.next_seq_no, one.next_checksum)
    assert Seen.of(tmp_path / "target") == Seen.recorded(one.tree)
