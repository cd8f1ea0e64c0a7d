"""docs/tools.md shows what the tools print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs_console import commands, rendered

ROOT = Path(__file__).parents[2]


def test_the_page_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of each command. To renew it, put what is expected here in the page's place."""
    page = (ROOT / "docs/tools.md").read_text("utf-8")
    assert len(list(commands(page))) > 10
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    assert page == rendered(page)
