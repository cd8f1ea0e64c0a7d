"""The configurations that TLC runs, and what each must show: ``spec/tla/manifest.json``.

Rules
-----
* A configuration *holds* with exactly this many distinct states, and this depth, which is compared
  where one worker ran: with more it is no exact number. Or it *violates* exactly the invariant or
  property that is named.
* One that violates is there to show that its check can fail; or it is a *witness*: its invariant
  says that something is never reached, and its trace shows how it is reached.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen

from spec.tlc.output import Result, Verdict
from spec.tlc.run import TLA

MANIFEST: Final = TLA / "manifest.json"
SESSIONS: Final = ("short", "long")

_VIOLATIONS: Final = (Verdict.INVARIANT, Verdict.ACTION, Verdict.TEMPORAL)


class BadManifest(ValueError):
    """The manifest is not as it must be; the text says where."""


@frozen
class Holds:
    """All that is checked holds."""

    distinct: int
    depth: int

    def difference(self, found: Result) -> str:
        """What is otherwise in a result, or nothing."""
        if found.verdict is not Verdict.HOLDS:
            return f"it must hold, and: {told(found)}"
        pairs = [("distinct", self.distinct, found.distinct)]
        if found.exact:
            pairs.append(("depth", self.depth, found.depth))
        return ", ".join(
            f"{name} is {is_now}, and {was} in the manifest"
            for name, was, is_now in pairs
            if was != is_now
        )


@frozen
class Violates:
    """The named invariant or property is violated."""

    name: str
    witness: bool = False
    """Whether the violation shows what can be reached, and not what a check finds."""

    def difference(self, found: Result) -> str:
        """What is otherwise in a result, or nothing."""
        if found.verdict in _VIOLATIONS and found.violated == self.name:
            return ""
        return f"it must end with a violation of {self.name}, and: {told(found)}"


@frozen
class Configuration:
    """One run of TLC."""

    name: str
    module: str
    """The file of the module, such as ``MCSegments.tla``."""

    cfg: str
    """The file of the configuration."""

    session: str
    """One of ``SESSIONS``."""

    shows: str
    """What it shows, in a sentence."""

    clauses: tuple[str, ...]
    """The clauses which the invariants and properties are."""

    expect: Holds | Violates
    equality: str | None = None
    """Which comparison with the model takes its states: a name of ``spec.equality``."""

    deadlock: bool = False
    """Whether a state without a next one is an error."""


def read(file: Path = MANIFEST) -> tuple[Configuration, ...]:
    """The configurations of a file, in their order.

    Raises:
        BadManifest: it has something that no manifest has, or lacks something.
    """
    try:
        content: object = json.loads(file.read_text("utf-8"))
    except ValueError as wrong:
        raise BadManifest(f"{file.name} is no JSON: {wrong}") from None
    if not isinstance(content, list):
        raise BadManifest(f"{file.name} must be a list of configurations")
    found = tuple(_configuration(item, f"{file.name}[{n}]") for n, item in enumerate(content))
    names = [configuration.name for configuration in found]
    for name in names:
        if names.count(name) > 1:
            raise BadManifest(f"{file.name} has two configurations {name}")
    return found


def write(configurations: Iterable[Configuration], file: Path = MANIFEST) -> None:
    """Write a manifest."""
    content = [_json(configuration) for configuration in configurations]
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def renewed(configuration: Configuration, found: Result) -> Configuration:
    """The configuration with the counts of a result, where both say that it holds."""
    if found.verdict is not Verdict.HOLDS or not isinstance(configuration.expect, Holds):
        return configuration
    return attrs.evolve(configuration, expect=Holds(found.distinct, found.depth))


def told(found: Result) -> str:
    """A verdict in words."""
    if found.verdict is Verdict.HOLDS:
        return f"it holds, with {found.distinct} states and depth {found.depth}"
    told = f"{found.violated}: {found.verdict.value}" if found.violated else found.verdict.value
    if found.verdict in (Verdict.ERROR, Verdict.ASSUMPTION, Verdict.TIME_LIMIT):
        return f"{told}: {found.text or 'TLC said nothing'}"
    return told


def _configuration(item: object, where: str) -> Configuration:
    fields = _Fields(_object(item, where), where)
    found = Configuration(
        name=fields.text("name"),
        module=fields.text("module"),
        cfg=fields.text("cfg"),
        session=fields.text("session"),
        shows=fields.text("shows"),
        clauses=fields.texts("clauses"),
        expect=_expect(fields.take("expect"), f"{where}.expect"),
        equality=fields.text("equality") if fields.get("equality") else None,
        deadlock=fields.truth("deadlock"),
    )
    fields.require_no_others({"equality"})
    if found.session not in SESSIONS:
        raise BadManifest(f"{where}.session must be one of {', '.join(SESSIONS)}")
    return found


def _expect(item: object, where: str) -> Holds | Violates:
    fields = _Fields(_object(item, where), where)
    expect: Holds | Violates
    if fields.get("violates") is not None:
        expect = Violates(fields.text("violates"), fields.truth("witness"))
    elif fields.truth("holds"):
        expect = Holds(fields.number("distinct"), fields.number("depth"))
    else:
        raise BadManifest(f'{where} must have "holds": true, or "violates"')
    fields.require_no_others(set())
    return expect


def _json(configuration: Configuration) -> dict[str, object]:
    expect = configuration.expect
    if isinstance(expect, Holds):
        told: dict[str, object] = {
            "holds": True,
            "distinct": expect.distinct,
            "depth": expect.depth,
        }
    else:
        told = {"violates": expect.name} | ({"witness": True} if expect.witness else {})
    return {
        "name": configuration.name,
        "module": configuration.module,
        "cfg": configuration.cfg,
        "session": configuration.session,
        "shows": configuration.shows,
        "clauses": list(configuration.clauses),
        "expect": told,
        "equality": configuration.equality,
    } | ({"deadlock": True} if configuration.deadlock else {})


@attrs.define
class _Fields:
    """The fields of an object of JSON, each taken once."""

    content: Mapping[str, object]
    where: str
    taken: set[str] = attrs.field(factory=set)

    def get(self, name: str) -> object:
        self.taken.add(name)
        return self.content.get(name)

    def take(self, name: str) -> object:
        if (value := self.get(name)) is None:
            raise BadManifest(f"{self.where} has no {name}")
        return value

    def text(self, name: str) -> str:
        value = self.take(name)
        if not isinstance(value, str) or not value:
            raise BadManifest(f"{self.where}.{name} must be text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.take(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadManifest(f"{self.where}.{name} must be a list of texts")
        return tuple(str(item) for item in value)

    def number(self, name: str) -> int:
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadManifest(f"{self.where}.{name} must be a number")
        return value

    def truth(self, name: str) -> bool:
        value = self.get(name)
        if value not in (None, True, False):
            raise BadManifest(f"{self.where}.{name} must be true or false")
        return bool(value)

    def require_no_others(self, besides: set[str]) -> None:
        if others := sorted(set(self.content) - self.taken - besides):
            raise BadManifest(f"{self.where} has a field that no manifest has: {others[0]}")


def _object(item: object, where: str) -> Mapping[str, object]:
    if not isinstance(item, dict):
        raise BadManifest(f"{where} must be an object")
    return {str(name): value for name, value in item.items()}
