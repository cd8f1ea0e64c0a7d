"""The programs in the pages about recording run, and leave what the pages say."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rlog_model.cli.app import app
from rlog_model.hints_files import HintsFiles
from rlog_model.hints_json import hints_to_json

ROOT = Path(__file__).parents[2]


def run_page(name: str, cwd: Path) -> None:
    (program,) = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "docs" / name).read_text("utf-8"), re.M | re.S
    )
    command = [sys.executable, "-W", "error", "-c", program]
    subprocess.run(command, cwd=cwd, env={"PYTHONPATH": str(ROOT)}, check=True)


def test_the_filesystem(tmp_path: Path) -> None:
    run_page("recording.md", tmp_path)
    assert (tmp_path / "database" / "tables" / "one").read_text() == "hello"


@pytest.mark.skipif(find_spec("apsw") is None, reason="apsw is of the extra sqlite")
def test_sqlite(tmp_path: Path) -> None:
    """As the page says: it is run, played with a handoff, and read by another driver."""
    run_page("sqlite.md", tmp_path)
    newest = HintsFiles(tmp_path / "hints").newest()
    assert newest is not None
    assert json.loads(newest[0].read_bytes()) == hints_to_json(newest[1])
    where = ["--store", str(tmp_path / "journals"), "--hints", str(newest[0])]
    result = CliRunner().invoke(app, ["play", str(tmp_path / "recovered"), *where, "--handoff"])
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(tmp_path / "recovered" / "database")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM rows").fetchone() == (1,)
