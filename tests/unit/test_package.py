"""What is installed is what is meant: version, command, types, dependencies."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import rlog_model
from tests.unit.test_purity import MORE, PURE, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel that would be published, built from this checkout."""
    made = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    (path,) = made.glob("*.whl")
    return zipfile.ZipFile(path)


def described(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def core_requirements(wheel: zipfile.ZipFile) -> set[str]:
    required = [Requirement(text) for text in described(wheel).get_all("Requires-Dist", [])]
    return {
        requirement.name
        for requirement in required
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }


def test_installed_version_is_the_one_that_the_package_states() -> None:
    assert metadata.version("rlog-model") == rlog_model.__version__


def test_command_is_rlog() -> None:
    (command,) = metadata.entry_points(group="console_scripts", name="rlog")
    assert command.value == "rlog_model.cli:main"
    assert command.dist is not None
    assert command.dist.name == "rlog-model"


def test_wheel_says_that_the_package_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "rlog_model/py.typed" in wheel.namelist()
    assert "rlog_model/_proto/recoverylog_pb2.pyi" in wheel.namelist()


def test_wheel_holds_the_package_its_vectors_and_its_license_alone(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    package = {name for name in wheel.namelist() if not name.startswith(info)}
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "rlog_model").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    vectors = {
        f"rlog_model/conformance/vectors/{file.name}" for file in (ROOT / "spec/vectors").iterdir()
    }
    assert package == files | vectors
    assert f"{info}/licenses/LICENSE" in wheel.namelist()


def test_wheel_needs_the_python_that_is_said(wheel: zipfile.ZipFile) -> None:
    assert described(wheel)["Requires-Python"] == ">=3.11"


def test_model_alone_needs_four_packages(wheel: zipfile.ZipFile) -> None:
    assert core_requirements(wheel) == {"attrs", "crcmod", "protobuf", "rpds-py"}


def test_pure_modules_import_without_the_extras() -> None:
    """In an interpreter that refuses every package but those of the model alone."""
    modules = [
        ".".join(("rlog_model", *Path(file).with_suffix("").parts))
        for file in PURE
        if "hypothesis" not in MORE.get(file, ())
    ]
    program = """
import importlib, sys

ALLOWED = {"attr", "attrs", "crcmod", "google", "rlog_model", "rpds", *sys.stdlib_module_names}

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in ALLOWED and not name.startswith("_"):
            raise ImportError(name + " is no dependency of the model")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, *modules], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
