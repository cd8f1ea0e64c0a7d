"""What all reports tell of a record, whatever their format.

Rules
-----
* A vector counts under each capability that it requires, so these rows add up to more than there
  are vectors. The same is true of prefixes of clauses.
* *Untested* is never added to passed. A ``may`` that fails counts as failed, and as *allowed*: it
  does not fail the run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from attrs import frozen

from rlog_model.conformance.suite.capabilities import CAPABILITIES
from rlog_model.conformance.suite.record import FAILED, KNOWN, PASSED, UNTESTED, Record, Result
from rlog_model.conformance.suite.reports import text
from rlog_model.conformance.suite.vector import LEVELS

NO_CAPABILITY: Final = "(none)"
"""The row of vectors that require nothing, or name no clause."""

_FURTHER: Final = ("several_logs", "properties")
"""Capabilities that only say more about another one."""


VERDICTS: Final = {
    "passes": "passes",
    "fails": "does not pass",
    "incomplete": "no verdict",
    "untested": "no verdict: nothing was tested",
}
"""Verdicts in words."""


@frozen
class Tally:
    """How many vectors came out how."""

    passed: int = 0
    failed: int = 0
    known: int = 0
    untested: int = 0
    allowed: int = 0
    """Of those that failed, how many are at level ``may``."""

    @property
    def tested(self) -> int:
        """How many were run."""
        return self.passed + self.failed + self.known


def verdict(record: Record) -> str:
    """``incomplete``, ``passes`` or ``fails``; a run which tested nothing is ``untested``."""
    if not record.complete:
        return "incomplete"
    if record.passes:
        return "passes"
    right = not record.broken and not any(result.failed for result in record.results)
    return "untested" if right and not tally(record.results).tested else "fails"


def tally(results: Iterable[Result]) -> Tally:
    """Count results."""
    counted: dict[str, int] = defaultdict(int)
    for result in results:
        counted[result.status] += 1
        counted["allowed"] += result.status == FAILED and not result.failed
    named = (PASSED, FAILED, KNOWN, UNTESTED, "allowed")
    return Tally(*(counted[name] for name in named))


def words(counted: Tally) -> str:
    """A tally in words. What is nought is left out, but for *passed*."""
    told = [f"{counted.passed:,} passed"]
    allowed = f" ({counted.allowed:,} of them may)" if counted.allowed else ""
    if counted.failed:
        told.append(f"{counted.failed:,} failed{allowed}")
    if counted.known:
        told.append(f"{counted.known:,} known")
    if counted.untested:
        told.append(f"{counted.untested:,} untested")
    return ", ".join(told)


def incomplete(record: Record) -> str:
    """What is said of a record that is incomplete."""
    return (
        f"incomplete: the run did not come to its end. {len(record.results):,} of"
        f" {text.counted(record.head.vectors, 'vector')} have a result; it is no pass"
    )


def remarks(record: Record) -> tuple[str, ...]:
    """What else is to be known of a run: what broke beside vectors, and what was never run."""
    told = [text.clean(one) for one in record.broken]
    if record.complete and (missing := not_run(record)):
        told.append(f"{text.counted(missing, 'vector')} of the run have no result")
    if allowed := tally(record.results).allowed:
        told.append(f"{text.counted(allowed, 'failure')} at level may: that fails no run")
    return tuple(told)


def implementation(record: Record) -> str:
    """What was run: ``my-log 1.4.0 (go)``."""
    head = record.head
    return text.value(f"{head.implementation} {head.version} ({head.language})")


def by_capability(record: Record) -> dict[str, Tally]:
    """Results by the capabilities which they require, in the order of ``CAPABILITIES``."""
    return _by(record, lambda r: r.requires or (NO_CAPABILITY,), CAPABILITIES)


def by_level(record: Record) -> dict[str, Tally]:
    """Results by how much they bind, from ``must`` on."""
    return _by(record, lambda r: (r.level,), LEVELS)


def by_prefix(record: Record) -> dict[str, Tally]:
    """Results by the prefixes of their clauses, ``SEG`` for ``SEG-3``, in alphabetical order."""
    return _by(record, lambda r: {_prefix(c) for c in r.clauses} or {NO_CAPABILITY}, ())


def main_capability(result: Result) -> str:
    """The capability that says most about a vector."""
    own = [name for name in result.requires if name not in _FURTHER]
    return (own or list(result.requires) or [NO_CAPABILITY])[0]


def not_run(record: Record) -> int:
    """How many vectors of the run have no result."""
    return max(0, record.head.vectors - len(record.results))


def _by(
    record: Record, keys: Callable[[Result], Iterable[str]], order: Sequence[str]
) -> dict[str, Tally]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in record.results:
        for key in keys(result):
            found[key].append(result)
    ranks = {name: rank for rank, name in enumerate(order)}
    names = sorted(found, key=lambda name: (ranks.get(name, len(ranks)), name))
    return {name: tally(found[name]) for name in names}


def _prefix(clause: str) -> str:
    return clause.split("-")[0]
