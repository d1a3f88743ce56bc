# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The document on verdicts and the code agree: every verdict, every state, and every (state, code) of an axis."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from adseal_provenance.verdicts import axes
from adseal_provenance.verdicts.evidence import CredentialEvidence
from adseal_provenance.verdicts.report import AXES, SignerKind, State, Verdict
from adseal_provenance.watermark.model import Mark

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "provenance/adseal_provenance"
DOCUMENT = (ROOT / "docs/verdicts.md").read_text(encoding="utf-8")
Pair = tuple[str, str]


def _rows(columns: int) -> list[list[str]]:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCUMENT.splitlines()
        if line[:1] == "|"
    ]
    return [row for row in rows if len(row) == columns and not set(row[0]) <= set("-")]


def _documented() -> set[Pair]:
    return {(row[2], row[1].strip("`")) for row in _rows(4) if row[1].startswith("`")}


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _family(node: ast.JoinedStr) -> set[Pair]:
    """What a code that ends in a variable can be."""
    prefix = _text(node.values[0])
    if prefix == "credential_":
        statuses = set(get_args(CredentialEvidence.model_fields["status"].annotation))
        return {("not_checked", f"credential_{s}") for s in statuses - {"present", "absent", "unreadable"}}
    if prefix == "signer_":
        return {(axes._VOUCHED[kind][0], f"signer_{kind}") for kind in get_args(SignerKind)}
    assert prefix == "mark_", f"a new family of codes: {prefix}"
    return {("pass", f"mark_{method}") for method in get_args(Mark.model_fields["method"].annotation)}


def _pairs_of(node: ast.AST) -> set[Pair]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "_integrity":
            state, code = (_text(argument) for argument in node.args[:2])
            return {(state, code)} if state and code else set()
        if node.func.id == "Axis":
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            code_node = given["code"]
            if isinstance(code_node, ast.JoinedStr):
                return _family(code_node)
            state, code = _text(given["state"]), _text(code_node)
            assert (state is None) == (code is None), ast.unparse(node)
            return {(state, code)} if state and code else set()
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "(state, code, sentence)":
        assert isinstance(node.value, ast.Tuple)
        state, code = (_text(part) for part in node.value.elts[:2])
        assert state and code, ast.unparse(node)
        return {(state, code)}
    return set()


def _made() -> Iterator[Pair]:
    for name in ("axes", "axes_media", "verdict"):
        for node in ast.walk(ast.parse((PACKAGE / "verdicts" / f"{name}.py").read_text(encoding="utf-8"))):
            yield from _pairs_of(node)


def test_the_table_of_codes_has_every_code_with_its_state_and_no_other() -> None:
    made, documented = set(_made()), _documented()
    assert len(made) > 40, "the search for codes finds too little"
    assert made == documented, (made - documented, documented - made)


def test_no_other_module_makes_an_axis() -> None:
    others = {
        file.name
        for file in PACKAGE.rglob("*.py")
        if re.search(r"\bAxis\(", file.read_text(encoding="utf-8").replace("class Axis(", ""))
    }
    assert others == {"axes.py", "axes_media.py", "verdict.py"}


def test_every_verdict_every_state_and_every_axis_is_explained() -> None:
    assert {row[0].strip("`") for row in _rows(2) if row[0].strip("`") in get_args(Verdict)} == set(
        get_args(Verdict)
    )
    assert {row[0].strip("`") for row in _rows(3) if row[0].startswith("`")} == set(get_args(State))
    named = {name for row in _rows(4) for name in re.findall(r"`(\w+)`", row[0])}
    assert named == set(AXES)
