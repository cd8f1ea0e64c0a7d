"""``rlog promote``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, NoReturn

import attrs
import typer

from rlog_model import scenario as scenarios
from rlog_model.cli.exit_code import ExitCode
from rlog_model.conformance.suite import vector as vectors
from rlog_model.conformance.suite.clauses_of import clauses_of

FILE: Final = "promoted.jsonl.gz"
"""Where vectors are that have no other source than a scenario."""

_CLAUSE: Final = re.compile(r"[A-Z]+-[1-9][0-9]*")
_ID: Final = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)+")


def command(
    file: Annotated[Path, typer.Argument(help="A scenario, as JSON.", exists=True, dir_okay=False)],
    id: Annotated[
        str, typer.Option(help="The id of the vector, for good: as in 'plays/hole-in-the-branch'.")
    ],
    folder: Annotated[
        Path,
        typer.Option("--vectors", help="The folder of the vectors.", exists=True, file_okay=False),
    ] = Path("spec/vectors"),
    clause: Annotated[
        list[str] | None,
        typer.Option(help="A clause that it is about, beside those that its steps tell."),
    ] = None,
    level: Annotated[
        str, typer.Option(help="What its failure means: must, should or may.")
    ] = "must",
    title: Annotated[str, typer.Option(help="What it shows, in a sentence.")] = "",
    source: Annotated[str, typer.Option(help="Where it comes from, for people.")] = "",
) -> None:
    """Make a vector of a scenario: what the model shows of it is what must be shown from now on.

    `rlog promote rlog-failure-1.json --id plays/hole-in-the-branch --title "..."`
    """
    if not _ID.fullmatch(id) or level not in vectors.LEVELS:
        _usage("an id is of small letters, digits and '-', with a '/'; a level must, should or may")
    for one in clause or ():
        if not _CLAUSE.fullmatch(one):
            _usage(f"{one!r} is no clause: they are as SEG-3")
    try:
        scenario = scenarios.loads(file.read_bytes())
        known = list(vectors.load(folder))
    except (scenarios.MalformedScenario, vectors.MalformedVector, OSError) as error:
        _usage(f"{file}: {error}")
    same = scenarios.to_json(attrs.evolve(scenario, title=""), digits=True)
    for other in known:
        if other.id == id:
            _usage(f"there is a vector {id} already: ids are permanent")
        if {**other.scenario, "title": ""} == same:
            _usage(f"vector {other.id} is of the same steps already")
    if title:
        scenario = attrs.evolve(scenario, title=title)
    provenance = {"made_by": "hand", "source": source or "promoted"}
    if not scenario.title:
        _usage("a vector needs a title: give one by --title")
    made = vectors.made(scenario, id, clauses=(), provenance=provenance, level=level)
    made = attrs.evolve(made, clauses=clauses_of(made, clause or ()))
    if not made.requires:
        _usage("the scenario has no step that could tell anything")
    target = folder / FILE
    before = list(vectors.load_file(target)) if target.exists() else []
    vectors.dump(sorted([*before, made], key=lambda vector: vector.id), target)
    typer.echo(f"{id}: {made.steps} steps, needs {', '.join(made.requires) or 'nothing'}")
    typer.echo(f"about {', '.join(made.clauses) or 'no clause'}; written to {target}")


def _usage(problem: str) -> NoReturn:
    typer.echo(problem, err=True)
    raise typer.Exit(ExitCode.USAGE)
