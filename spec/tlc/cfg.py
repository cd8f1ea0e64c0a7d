"""The constants of a configuration, read from its ``.cfg`` file, where they are stated once.

A constant has a value there, ``N = 3``, or the name of a definition of the module, ``N <- Few``. A
definition counts if it is a value on one line. Other substitutions are of operators: no constants.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from spec.tlc.values import NoValue, Value, parse

_CONSTANT: Final = re.compile(r"^\s*(?:CONSTANTS?\s+)?(\w+)\s*(=|<-)\s*(.+?)\s*$", re.MULTILINE)
_COMMENT: Final = re.compile(r"\\\*.*")


def constants(module: Path, cfg: Path) -> dict[str, Value]:
    """The constants by their names."""
    return constants_in(module.read_text("utf-8"), cfg.read_text("utf-8"))


def texts(cfg: str) -> dict[str, str]:
    """What stands behind ``=`` or ``<-``, by the names of the constants."""
    return {name: text for name, _, text in _CONSTANT.findall(_COMMENT.sub("", cfg))}


def constants_in(module: str, cfg: str) -> dict[str, Value]:
    """As ``constants``, of texts.

    Raises:
        NoValue: what stands behind ``=`` is no value.
    """
    found: dict[str, Value] = {}
    for name, sign, text in _CONSTANT.findall(_COMMENT.sub("", cfg)):
        if sign == "=":
            found[name] = parse(text)
        elif (value := _defined(module, text)) is not None:
            found[name] = value
    return found


def _defined(module: str, name: str) -> Value | None:
    definition = re.search(rf"^{re.escape(name)} == (.+)$", module, re.MULTILINE)
    if definition is None:
        return None
    try:
        return parse(definition[1].strip())
    except NoValue:
        return None
