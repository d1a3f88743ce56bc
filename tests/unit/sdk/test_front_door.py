# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The public face stays light, complete and honest about its extras."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import adseal

ROOT = Path(__file__).resolve().parents[3]
PARTS = {
    "adseal": ROOT / "sdk/adseal",
    "adseal_templates": ROOT / "templates/adseal_templates",
    "adseal_generator": ROOT / "generator/adseal_generator",
    "adseal_provenance": ROOT / "provenance/adseal_provenance",
}
HEAVY = ("torch", "diffusers", "transformers", "cv2", "moviepy", "boto3", "av", "PIL", "c2pa", "sqlalchemy")


def _in_fresh_python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


def test_importing_adseal_loads_nothing_heavy() -> None:
    loaded = _in_fresh_python(f"import adseal, sys; print([m for m in {HEAVY!r} if m in sys.modules])")
    assert loaded == "[]"


def test_importing_adseal_takes_less_than_300_milliseconds() -> None:
    code = "import time; t = time.process_time(); import adseal; print(time.process_time() - t)"
    assert min(float(_in_fresh_python(code)) for _ in range(3)) < 0.3


def test_showing_the_help_loads_no_model_library() -> None:
    code = (
        "import sys; sys.argv = ['adseal', '--help']\n"
        "from adseal.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert _in_fresh_python(code).splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", adseal.__all__)
def test_every_public_name_can_be_reached(name: str) -> None:
    assert getattr(adseal, name) is not None
    assert name in dir(adseal)


def test_the_public_names_are_sorted_and_an_unknown_name_is_an_attribute_error() -> None:
    assert sorted(adseal.__all__) == adseal.__all__
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = adseal.nonsense  # type: ignore[attr-defined]


def _imports(file: Path) -> list[tuple[str, bool]]:
    """(imported top-level package, whether at module level) of one file; type-checking imports left out."""
    found: list[tuple[str, bool]] = []

    def walk(node: ast.AST, top: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import):
                found.extend((alias.name.split(".")[0], top) for alias in child.names)
            elif isinstance(child, ast.ImportFrom) and child.module and child.level == 0:
                found.append((child.module.split(".")[0], top))
            walk(child, top and not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)))

    walk(ast.parse(file.read_text(encoding="utf-8")), True)
    return found


@pytest.mark.parametrize(
    ("part", "forbidden"),
    [
        ("adseal_templates", {"adseal", "adseal_generator", "adseal_provenance"}),
        ("adseal_provenance", {"adseal", "adseal_generator", "adseal_templates"}),
        ("adseal_generator", {"adseal", "adseal_provenance"}),
    ],
)
def test_imports_between_the_parts_run_one_way(part: str, forbidden: set[str]) -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in PARTS[part].rglob("*.py")
        for name, _ in _imports(file)
        if name in forbidden
    ]
    assert wrong == []


def test_the_front_door_reaches_the_heavy_parts_only_inside_functions() -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {name} at module level"
        for file in PARTS["adseal"].rglob("*.py")
        for name, top in _imports(file)
        if top and name in ("adseal_generator", "adseal_provenance", *HEAVY)
    ]
    assert wrong == []


def test_every_extra_named_in_a_hint_exists() -> None:
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    named = {
        extra
        for part in PARTS.values()
        for file in part.rglob("*.py")
        for extra in re.findall(r"adseal\[([a-z0-9]+)\]", file.read_text(encoding="utf-8"))
    }
    assert named, "no hint names an extra: the pattern is wrong"
    assert named <= extras


def test_every_error_has_a_code_and_says_what_it_is() -> None:
    from adseal.errors import every_error

    def family(kind: type[Exception]) -> list[type[Exception]]:
        return [kind, *(k for child in kind.__subclasses__() for k in family(child))]

    for base in every_error():
        for kind in family(base):
            code = getattr(kind, "code", None) or getattr(kind, "default_code", None)
            assert isinstance(code, str), kind
            assert kind.__doc__, kind
