"""What differs between the model and Gazette in a case, and which differences are meant.

Rules
-----
* A test compares all that its case says, and collects what differs, by name.
* ``known_differences.json`` lists the cases in which the model differs on purpose, with what it
  does there and why. A case that is listed must differ in just that way, any other in none: so an
  entry that is no longer true fails its test.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

from attrs import define, field

from tests.cases import Case

LIST: Final = Path(__file__).parent / "known_differences.json"


@define
class Comparison:
    """Collects what differs in one case."""

    ours: dict[str, Any] = field(factory=dict)
    """What the model says where it differs, by the name of what was compared."""

    gazettes: dict[str, Any] = field(factory=dict)
    """What Gazette says in the same places."""

    def check(self, what: str, ours: object, gazettes: object) -> None:
        """Compare one answer; what was compared before under the name stays as it is."""
        if ours != gazettes and what not in self.ours:
            self.ours[what] = ours
            self.gazettes[what] = gazettes

    def verify(self, case: Case) -> None:
        """Accept what differs in the case, if it is just what is listed.

        Raises:
            AssertionError: it isn't.
        """
        stated = known_differences().get(case["id"], {}).get("ours", {})
        assert self.ours == stated, f"{case['id']}: Gazette has {self.gazettes}"


@functools.cache
def known_differences() -> dict[str, dict[str, Any]]:
    """The entries of the list, by the id of their case."""
    entries = json.loads(LIST.read_text("utf-8"))["differences"]
    by_case = {entry["case"]: entry for entry in entries}
    assert len(by_case) == len(entries), "a case is listed twice"
    return by_case
