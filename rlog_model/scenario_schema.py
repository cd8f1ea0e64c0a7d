"""The scenario language as JSON Schema, made of the step classes.

What it makes is committed as ``scenario.schema.json``, for whoever writes or reads scenarios in
another language. To bring that up to date: ``python -m rlog_model.scenario_schema``, into the file.

A scenario that ``scenario.loads`` takes is valid by the schema. The other way round the schema
tells what it can: it doesn't know that 1.0 is no integer, or that a member is given twice.
"""

from __future__ import annotations

import json
from typing import Final

import attrs

from rlog_model.revision import CURRENT, REVISIONS
from rlog_model.scenario import MEMBERS, SCENARIO_VERSION, STEPS, Scenario, Step
from rlog_model.scenario_fields import Choice, Json, Member, Text

SCHEMA_ID: Final = f"rlog-model:scenario:{SCENARIO_VERSION}"
"""The name of the schema."""


def schema() -> dict[str, Json]:
    """The JSON Schema, of draft 2020-12."""
    kinds = sorted(STEPS)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A scenario of rlog-model",
        "description": _description(Scenario),
        "type": "object",
        "properties": {
            "rlog_scenario": {
                "description": "The version of the scenario language.",
                "const": SCENARIO_VERSION,
            },
            "title": {**Text().schema(), "default": ""},
            "revision": {
                "description": "The name of the revision of the protocol.",
                **Choice(tuple(REVISIONS)).schema(),
                "default": CURRENT.name,
            },
            "steps": {
                "description": "What happens, in this order.",
                "type": "array",
                "items": {"$ref": "#/$defs/step"},
            },
        },
        "required": ["rlog_scenario", "steps"],
        "additionalProperties": False,
        "$defs": {
            "step": {
                "type": "object",
                "properties": {"do": {"enum": list(kinds)}},
                "required": ["do"],
                # Only the kind that is meant is looked at, so that an error is told about it.
                "allOf": [
                    {
                        "if": {"properties": {"do": {"const": kind}}, "required": ["do"]},
                        "then": {"$ref": f"#/$defs/{kind}"},
                    }
                    for kind in kinds
                ],
            },
            **{kind: _step(STEPS[kind]) for kind in kinds},
        },
    }


def dumps() -> str:
    """The schema as the text of ``scenario.schema.json``."""
    return json.dumps(schema(), indent=2) + "\n"


def _step(kind: type[Step]) -> dict[str, Json]:
    members = MEMBERS[kind.do]
    required: list[Json] = ["do", *(m.name for m in members if m.default is attrs.NOTHING)]
    return {
        "description": _description(kind),
        "type": "object",
        "properties": {
            "do": {"const": kind.do},
            **{member.name: _member(member) for member in members},
        },
        "required": required,
        "additionalProperties": False,
    }


def _member(member: Member) -> dict[str, Json]:
    match member.default:
        case None | bool() | int() | str() as default:
            return {**member.rule.schema(), "default": default}
        case _:
            return member.rule.schema()


def _description(of: type[object]) -> str:
    """What a class says of itself, without markup, on one line."""
    return " ".join((of.__doc__ or "").replace("``", "'").split())


if __name__ == "__main__":
    print(dumps(), end="")
