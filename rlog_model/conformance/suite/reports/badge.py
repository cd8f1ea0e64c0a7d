"""A badge, in the flat style that everybody knows, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from rlog_model.conformance.suite.record import Record
from rlog_model.conformance.suite.reports import summary

GREEN: Final = "#3c7d0e"
RED: Final = "#c4402c"
ORANGE: Final = "#b25b14"
GREY: Final = "#6b6b6b"
"""Colours on which white text can be read."""

_NARROW: Final = "fijlrt|,.!:' I"
_WIDE: Final = "mwMW"


def render(records: Sequence[Record], *, label: str = "recovery log") -> str:
    """The badge of runs: how many vectors passed, or failed; or that one is incomplete."""
    told, colour = message(records)
    left, right = _width(label), _width(told)
    width = left + right
    texts = _text(left / 2, label) + _text(left + right / 2, told)
    title = escape(f"{label}: {told}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img"'
        f' aria-label="{title}"><title>{title}</title>'
        '<linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#bbb"'
        ' stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/></linearGradient>'
        f'<clipPath id="r"><rect width="{width}" height="20" rx="3" fill="#fff"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#555"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        f'<rect width="{width}" height="20" fill="url(#s)"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif"'
        f' font-size="11">{texts}</g></svg>\n'
    )


def message(records: Sequence[Record]) -> tuple[str, str]:
    """What a badge says of runs, and its colour. The worst comes first."""
    failed = sum(result.failed for record in records for result in record.results)
    passed = sum(summary.tally(record.results).passed for record in records)
    verdicts = {summary.verdict(record) for record in records}
    if not records or "incomplete" in verdicts:
        return "incomplete", ORANGE
    if failed:
        return f"{failed:,} failed", RED
    if "fails" in verdicts:
        return "broken", RED
    if "untested" in verdicts or not passed:
        return "untested", GREY
    return f"{passed:,} passed", GREEN


def _width(told: str) -> int:
    """Of text in Verdana of 11 px, with a margin: nearly."""
    return 12 + round(sum(4.2 if c in _NARROW else 10 if c in _WIDE else 6.8 for c in told))


def _text(middle: float, told: str) -> str:
    told = escape(told)
    shadow = f'<text x="{middle:g}" y="15" fill="#010101" fill-opacity=".3">{told}</text>'
    return f'{shadow}<text x="{middle:g}" y="14">{told}</text>'
