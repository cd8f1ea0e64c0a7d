"""The page that tells what TLC checks."""

from __future__ import annotations

from spec.tlc import manifest, page
from spec.tlc.manifest import Holds


def test_the_page_has_each_configuration_once() -> None:
    told = page.markdown(manifest.read())
    for configuration in manifest.read():
        rows = [row for row in told.splitlines() if row.startswith(f"| `{configuration.name}`")]
        assert len(rows) == 1
        assert configuration.shows in rows[0]
        if isinstance(configuration.expect, Holds):
            assert f"| {configuration.expect.distinct:,} |" in rows[0]
        else:
            assert configuration.expect.name in rows[0]


def test_only_bounds_that_are_not_usual_are_told() -> None:
    rows = page.markdown(manifest.read()).splitlines()
    [usual] = [row for row in rows if row.startswith("Bounds") and "Recorders `2`" in row]
    assert "Operations `4`" in usual
    [race] = [row for row in rows if row.startswith("| `world-race` |")]
    assert "Operations `5`" in race
    assert "Recorders" not in race


def test_clauses_are_in_their_order() -> None:
    [tails] = [
        row for row in page.markdown(manifest.read()).splitlines() if "`world-tails`" in row
    ][:1]
    assert "PLAY-2, PLAY-6, PLAY-10, PLAY-17" in tails
