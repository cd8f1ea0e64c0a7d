"""The process in which atheris fuzzes a target: ``__main__`` starts it."""

from __future__ import annotations

import importlib
import sys

import atheris


def main(name: str, arguments: list[str]) -> None:
    # What was imported before is not instrumented: so nothing of the model is.
    with atheris.instrument_imports(include=["rlog_model"]):
        target = importlib.import_module(f"fuzz.{name}")
    atheris.Setup([f"fuzz.{name}", *arguments], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
