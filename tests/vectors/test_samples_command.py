"""``rlog play``, over the logs that Gazette recorded: what it makes, prints, and ends with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from rlog_model.cli.app import app
from rlog_model.cli.exit_code import ExitCode
from tests.samples import BY_NAME, Seen, Told


def rlog_play(one: Told, target: Path, *more: str, hints: Path | None = None) -> Result:
    arguments = [str(target), "--store", str(one.store), "--hints", str(hints or one.hints)]
    return CliRunner().invoke(app, ["play", *arguments, *more])


@pytest.mark.parametrize("name", ["forked-three-end", "codecs-zstd-end"])
def test_the_command_plays(name: str, tmp_path: Path) -> None:
    """``rlog play`` makes the recorder's directory and says how far it came."""
    one = BY_NAME[name]
    result = rlog_play(one, tmp_path / "target")
    assert result.exit_code == ExitCode.CONFORMS, result.output
    assert Seen.of(tmp_path / "target") == Seen.recorded(one.tree)
    assert f"{one.next_seq_no - 1:,}" in result.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("name", ["forked-three-end", "single-zero"])
def test_the_command_tells_json(name: str, tmp_path: Path) -> None:
    """``--json`` prints one object, and nothing else, with the counts and the end of the branch.

    An empty directory that is there already is as good as none.
    """
    one = BY_NAME[name]
    (tmp_path / "target").mkdir()
    result = rlog_play(one, tmp_path / "target", "--json")
    assert result.exit_code == ExitCode.CONFORMS, result.output
    told = json.loads(result.stdout)
    hints = one.parsed("json")
    assert (told["next_seq_no"], told["next_checksum"]) == (
        str(one.next_seq_no),
        str(one.next_checksum),
    )
    assert told["files"] + told["properties"] == len(Seen.recorded(one.tree).files)
    assert (told["log"], told["target"]) == (hints.log, str(tmp_path / "target"))


@pytest.mark.parametrize("written", ["protobuf", "json with a space before it"])
def test_the_command_reads_hints_in_both_forms(written: str, tmp_path: Path) -> None:
    """Protobuf bytes are hints as JSON is; white space before JSON is no matter."""
    one = BY_NAME["forked-two-mid"]
    content = one.protobuf if written == "protobuf" else b" \n" + one.hints.read_bytes()
    (tmp_path / "hints").write_bytes(content)
    result = rlog_play(one, tmp_path / "target", hints=tmp_path / "hints")
    assert result.exit_code == ExitCode.CONFORMS, result.output
    assert Seen.of(tmp_path / "target") == Seen.recorded(one.tree)


def test_missing_hints_are_a_mistake_of_usage(tmp_path: Path) -> None:
    """Exit code 2, and no target."""
    one = BY_NAME["single-end"]
    result = rlog_play(one, tmp_path / "target", hints=tmp_path / "nothing.json")
    assert result.exit_code == ExitCode.USAGE
    assert list(tmp_path.iterdir()) == []


GARBAGE: Final = {
    "empty object within": b'{"log": {}}',
    "truncated JSON": b'{"log": "a/log", ',
    "a misspelled member": b'{"log": "a/log", "live_node": []}',
    "bytes": b"\xff\xff\xff\xff",
    "text": b"these are no hints",
    "JSON, but a list": b"[]",
}


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_hints_that_are_none_are_a_mistake_of_usage(
    garbage: bytes, more: tuple[str, ...], tmp_path: Path
) -> None:
    """Exit code 2, the file is named, and there is no target."""
    (tmp_path / "hints").write_bytes(garbage)
    result = rlog_play(BY_NAME["single-end"], tmp_path / "target", *more, hints=tmp_path / "hints")
    assert result.exit_code == ExitCode.USAGE, result.output
    assert str(tmp_path / "hints") in result.output.replace("\n", "")
    assert [p.name for p in tmp_path.iterdir()] == ["hints"]


def test_a_target_that_is_not_empty_is_a_mistake_of_usage(tmp_path: Path) -> None:
    """Exit code 2, and what is in the target stays as it is."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "mine").write_text("precious")
    result = rlog_play(BY_NAME["single-end"], tmp_path / "target")
    assert result.exit_code == ExitCode.USAGE
    assert "no empty directory" in result.stderr
    assert [p.relative_to(tmp_path) for p in tmp_path.rglob("*")] == [
        Path("target"),
        Path("target/mine"),
    ]
    assert (tmp_path / "target" / "mine").read_text() == "precious"


@pytest.mark.parametrize("name", ["pruned-gen3", "pruned-middle-gen3"])
def test_a_pruned_log_can_not_be_played_from_hints_that_name_only_the_log(
    name: str, tmp_path: Path
) -> None:
    """Exit code 1, it is called a loss of data, and nothing is left."""
    one = BY_NAME[name]
    (tmp_path / "hints").write_text(json.dumps({"log": one.parsed("json").log}))
    result = rlog_play(one, tmp_path / "target", "--json", hints=tmp_path / "hints")
    assert result.exit_code == ExitCode.DIFFERS, result.output
    told = json.loads(result.stdout)
    assert told["error"] == "HoleInLog"
    assert "data loss" in told["message"]
    assert [p.name for p in tmp_path.iterdir()] == ["hints"]


def test_hints_that_name_no_log_can_not_be_played(tmp_path: Path) -> None:
    """They are hints in form, and lead nowhere: exit code 1."""
    (tmp_path / "hints").write_text("{}")
    result = rlog_play(BY_NAME["single-end"], tmp_path / "target", hints=tmp_path / "hints")
    assert result.exit_code == ExitCode.DIFFERS
    assert "can't be played" in result.stderr.replace("\n", " ")


def test_a_target_without_a_parent_is_usage(tmp_path: Path) -> None:
    """It says what to do; and nothing is made."""
    result = rlog_play(BY_NAME["single-end"], tmp_path / "no" / "target")
    assert result.exit_code == ExitCode.USAGE
    assert "make it first" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_fragment_ends_the_play(tmp_path: Path) -> None:
    """Exit code 1, a damaged file is named, and nothing is left."""
    one = BY_NAME["codecs-gzip-end"]
    shutil.copytree(one.store, tmp_path / "store")
    damaged = list((tmp_path / "store").rglob("*.gz"))
    for file in damaged:
        file.chmod(0o644)
        file.write_bytes(file.read_bytes()[:-9])
    arguments = ["--store", str(tmp_path / "store"), "--hints", str(one.hints), "--json"]
    result = CliRunner().invoke(app, ["play", str(tmp_path / "target"), *arguments])
    assert result.exit_code == ExitCode.DIFFERS, result.output
    told = json.loads(result.stdout)
    assert told["error"] == "CorruptFragment"
    assert any(file.name in told["message"] for file in damaged)
    assert [p.name for p in tmp_path.iterdir()] == ["store"]


def test_a_log_that_the_store_does_not_have_is_usage(tmp_path: Path) -> None:
    """Not an empty directory, which would look like what the log holds."""
    hints = tmp_path / "hints.json"
    hints.write_text('{"log": "no/such/log", "properties": [{"path": "/a", "content": "b"}]}')
    target = tmp_path / "target"
    arguments = [str(target), "--store", str(tmp_path), "--hints", str(hints)]
    result = CliRunner().invoke(app, ["play", *arguments])
    assert result.exit_code == 2
    assert f"no folder {tmp_path}/no/such/log" in result.output
    assert not target.exists()


def test_a_target_is_named_as_it_is(tmp_path: Path) -> None:
    """Brackets are no markup."""
    hints = tmp_path / "hints.json"
    hints.write_text('{"log": "a/log"}')
    (tmp_path / "a/log").mkdir(parents=True)
    target = tmp_path / "x[red]y[bold"
    target.mkdir(mode=0o700)
    arguments = [str(target), "--store", str(tmp_path), "--hints", str(hints)]
    result = CliRunner().invoke(app, ["play", *arguments])
    assert (result.exit_code, str(target) in result.output) == (0, True)
    assert target.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", [b"[" * 100_000, b"6633", b"[]", b"\xff\xfe"])
def test_what_are_no_hints_is_told(tmp_path: Path, content: bytes) -> None:
    hints = tmp_path / "hints"
    hints.write_bytes(content)
    arguments = [str(tmp_path / "t"), "--store", str(tmp_path), "--hints", str(hints)]
    result = CliRunner().invoke(app, ["play", *arguments])
    assert result.exit_code == 2
    assert str(hints) in result.output
