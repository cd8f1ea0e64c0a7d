"""The tools for a stuck recovery, over each log that Gazette recorded, and damaged copies of it.

On what is whole they agree with what Gazette's own player came to. On what is damaged each gives a
report or one error, and an exit code: never a traceback.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from rlog_model.cli.app import app
from rlog_model.hints_json import hints_to_json
from rlog_model.journal.codec import decode
from rlog_model.journal.file import FileStore
from rlog_model.journal.fragment import FragmentFile
from rlog_model.player import Player
from tests.samples import ALL, SAMPLES, Seen, Told

EVERY: Final = sorted(sample.name for sample in SAMPLES.glob("*/"))
NO_LIVE_FILE: Final = {str(one) for one in ALL if not one.parsed("json").live_nodes}


def rlog(*arguments: str | Path) -> Result:
    """Run a command which must not break."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    assert result.exit_code in (0, 1), result.output
    assert result.output.strip()
    return result


def last_line(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[-1])


def journals(sample: Path) -> dict[str, int]:
    """The logs of a sample, with their heads."""
    told = json.loads((sample / "log.json").read_bytes())
    return {journal["name"]: int(journal["write_head"]) for journal in told["journals"]}


@pytest.mark.parametrize("name", EVERY)
def test_inspect_accounts_for_every_byte(name: str) -> None:
    """Of each log: on a branch, a copy, on none, or in a gap."""
    for log, head in journals(SAMPLES / name).items():
        store = SAMPLES / name / "fragments"
        result = rlog("inspect", "--store", store, "--log", log, "--json")
        *sights, end = [json.loads(line) for line in result.stdout.splitlines()]
        assert int(end["head"]) == head
        assert result.exit_code == (1 if name == "pruned-middle" else 0)
        at = 0
        for sight in sights:
            found = sight.get("gap") or sight["operation"]
            stray = found.get("relation") in ("nobodys", "unfollowed", "unknown")
            assert int(found["first_offset"]) == at
            at = int(found["last_offset"]) if not stray else at
            at = max(at, int(found["last_offset"]))
        assert at == head
        on_branches = sum(b["operations"] + b["copies"] for b in end["branches"])
        assert on_branches + end["stray"] == end["operations"]


@pytest.mark.parametrize("one", ALL, ids=str)
def test_tools_agree_with_gazettes_player(one: Told) -> None:
    """Hints that Gazette played are said to play, and to lead where they led it."""
    given = "--store", one.store, "--hints", one.hints
    end = last_line(rlog("explain", *given, "--json"))
    came_to = str(one.next_seq_no), str(one.next_checksum)
    assert (end["plays"], end["next_seq_no"], end["next_checksum"]) == (True, *came_to)
    lint = last_line(rlog("hints", "lint", one.hints, "--store", one.store, "--json"))
    assert (lint["fails"], lint["diagnosis"]) == (False, None)
    shown = last_line(rlog("hints", "show", one.hints, "--store", one.store, "--json"))
    assert shown["files"] == len(one.parsed("json").live_nodes)
    log = one.parsed("json").log
    branches = last_line(rlog("inspect", *given, "--log", log, "--tree", "--json"))
    assert branches["alive"]["next_seq_no"] == came_to[0]
    assert branches["failure"] is None
    prune = rlog("prune", *given, "--dry-run", "--json")
    assert prune.exit_code == (1 if str(one) in NO_LIVE_FILE else 0)


def fragments(store: Path) -> list[Path]:
    return [f for f in sorted(store.rglob("*")) if FragmentFile.parse(f.name)]


def truncated(store: Path) -> None:
    """The last fragment of each log is gone."""
    for folder in {f.parent for f in fragments(store)}:
        fragments(folder)[-1].unlink()


def missing(store: Path) -> None:
    """A fragment in the middle is gone."""
    found = fragments(store)
    found[len(found) // 2].unlink()


def damaged(store: Path) -> None:
    """A fragment does not hold what its name says."""
    found = fragments(store)
    file = found[len(found) // 2]
    file.write_bytes(file.read_bytes()[:-3] + b"???")


def garbled(store: Path) -> None:
    """Bytes of a fragment are others, and its name agrees: as of a writer that was at fault."""
    drawn = random.Random(7)
    for file in fragments(store):
        parsed = FragmentFile.parse(file.name)
        assert parsed is not None
        with file.open("rb") as opened:
            content = bytearray(b"".join(decode(parsed.codec, opened)))
        for _ in range(4):
            content[drawn.randrange(len(content))] ^= 0x40
        digest = sha1(content, usedforsecurity=False).hexdigest()
        name = FragmentFile(parsed.begin, parsed.end, digest, ".raw").name
        file.unlink()
        (file.parent / name).write_bytes(content)


DAMAGES: Final[tuple[Callable[[Path], None], ...]] = (truncated, missing, damaged, garbled)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", EVERY)
def test_damaged_logs_are_told(name: str, damage: Callable[[Path], None], tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(SAMPLES / name / "fragments", store, copy_function=shutil.copyfile)
    damage(store)
    for log in journals(SAMPLES / name):
        rlog("inspect", "--store", store, "--log", log)
    hints = sorted((SAMPLES / name / "hints").glob("*.json"))
    plays: list[bool] = []
    leads_to_files: list[bool] = []
    for file in hints:
        explained = rlog("explain", "--store", store, "--hints", file, "--json")
        end = last_line(explained)
        leads_to_files.append(bool(end.get("plays") and end["files"]))
        linted = rlog("hints", "lint", file, "--store", store)
        assert explained.exit_code == linted.exit_code
        plays.append(linted.exit_code == 0)
        rlog("prune", "--dry-run", "--store", store, "--hints", file)
    given = [argument for file in hints for argument in ("--hints", str(file))]
    recovered = rlog("recover", tmp_path / "target", "--store", store, *given)
    # Hints without a live file play into nothing where the log lost its beginning: no recovery.
    recovers = any(leads_to_files) or all(plays)
    assert recovered.exit_code == (0 if recovers else 1)
    assert (tmp_path / "target").is_dir() == recovers


def _other_checksum(segment: dict[str, str]) -> None:
    segment["first_checksum"] = str(int(segment["first_checksum"]) ^ 1)


def _other_author(segment: dict[str, str]) -> None:
    segment["author"] = "4711"


def _beyond(segment: dict[str, str]) -> None:
    segment["first_offset"] = str(1 << 40)
    segment["last_offset"] = "0"


def _longer(segment: dict[str, str]) -> None:
    segment["last_seq_no"] = str(1 << 40)


LIES: Final[tuple[Callable[[dict[str, str]], None], ...]] = (
    _other_checksum,
    _other_author,
    _beyond,
    _longer,
)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
@pytest.mark.parametrize("name", EVERY)
def test_hints_that_lie_are_told(
    name: str, lie: Callable[[dict[str, str]], None], tmp_path: Path
) -> None:
    """They don't play, whatever the lie: and the first operation that is missing is named."""
    one = next(o for o in reversed(ALL) if o.sample.name == name and str(o) not in NO_LIVE_FILE)
    hints = json.loads(one.hints.read_bytes())
    for node in hints["live_nodes"]:
        for segment in node["segments"]:
            lie(segment)
    file = tmp_path / "hints.json"
    file.write_text(json.dumps(hints))
    lint = rlog("hints", "lint", file, "--store", one.store, "--json")
    assert lint.exit_code == 1
    told = last_line(lint)
    errors = [f for f in told["findings"] if f["level"] == "error"]
    assert bool(told["diagnosis"]) != bool(errors)
    if told["diagnosis"]:
        assert told["diagnosis"]["rule"].startswith("PLAY-")
        assert told["diagnosis"]["advice"]
    explained = rlog("explain", "--store", one.store, "--hints", file)
    assert explained.exit_code == 1
    assert rlog("prune", "--store", one.store, "--hints", file, "--dry-run").exit_code == 1
    rlog("hints", "diff", one.hints, file)
    target = tmp_path / "target"
    recovered = rlog(
        *("recover", target, "--store", one.store, "--hints", file, "--hints", one.hints)
    )
    assert recovered.exit_code == 0
    assert target.is_dir()


def copied(name: str, to: Path) -> Path:
    shutil.copytree(SAMPLES / name / "fragments", to, copy_function=shutil.copyfile)
    return to


@pytest.mark.parametrize("name", EVERY)
def test_what_prune_leaves_plays(name: str, tmp_path: Path) -> None:
    """By the hints that it was given, into the recorder's own directory. Hints of a player, which
    know where segments end, leave no more."""
    one = next(o for o in reversed(ALL) if o.sample.name == name and str(o) not in NO_LIVE_FILE)
    store = copied(name, tmp_path / "store")
    player = Player(one.parsed("json"), tmp_path / "before", FileStore(store))
    player.finish_at_write_head()
    player.play()
    exact = tmp_path / "exact.json"
    exact.write_text(json.dumps(hints_to_json(player.build_hints())))
    sizes: list[int] = []
    for number, hints in enumerate((one.hints, exact)):
        assert rlog("prune", "--store", store, "--hints", hints).exit_code == 0
        sizes.append(len(fragments(store)))
        target = tmp_path / f"target{number}"
        assert rlog("play", target, "--store", store, "--hints", hints).exit_code == 0
        assert Seen.of(target) == Seen.recorded(one.tree)
    assert sizes[1] <= sizes[0]


def test_prune_deletes_what_gazette_could(tmp_path: Path) -> None:
    """Of ``churn``, by its newest hints: it leaves ``pruned-middle``, which Gazette played."""
    store = copied("churn", tmp_path / "store")
    hints = SAMPLES / "churn/hints/gen3.json"
    assert rlog("prune", "--store", store, "--hints", hints).exit_code == 0
    left = {f.name for f in fragments(store)}
    assert left == {f.name for f in fragments(SAMPLES / "pruned-middle/fragments")}
