# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What YAML is read, how, and that nothing but CampaignError ever comes out of it."""

from pathlib import Path

import pytest
from example_copy import EXAMPLE
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adseal_templates import CampaignError, load_brief, load_campaign
from adseal_templates.yaml_source import SourceLimits, parse_source


def parsed(text: str | bytes, **limits: int) -> object:
    raw = text.encode() if isinstance(text, str) else text
    return parse_source(raw, file="a.yaml", folder=Path(), limits=SourceLimits(**limits)).data


def refused(text: str | bytes, **limits: int) -> str:
    with pytest.raises(CampaignError) as caught:
        parsed(text, **limits)
    return str(caught.value)


def test_scalars_are_read_by_the_core_schema() -> None:
    text = "{a: no, b: 12:30, c: 2026-11, d: 08, e: 1.5, f: true, g: ~, h: '5', i: 0x10, j: 1e3}"
    assert parsed(text) == {
        "a": "no", "b": "12:30", "c": "2026-11", "d": 8, "e": 1.5, "f": True,
        "g": None, "h": "5", "i": "0x10", "j": 1000.0,
    }  # fmt: skip


def test_lines_point_at_values_and_keys() -> None:
    source = parse_source(b"a:\n  b:\n    - 1\n    - 2\nc: >-\n  text\n", file="a", folder=Path())
    assert [source.line(p) for p in ((), ("a",), ("a", "b"), ("a", "b", 1), ("c",))] == [1, 1, 2, 4, 5]
    assert source.line(("a", "b", 7, "x")) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3: a: is given twice, first on line 1"),
        ("a: [1, 2\n", "a.yaml:2: is not valid YAML"),
        ("a: b: c\n", "a.yaml:1: is not valid YAML: mapping values are not allowed here"),
        ("a: !!python/object/apply:os.system [ls]\n", "a.yaml:1: a: carries the tag !!python"),
        ("a: !secret x\n", "carries the tag !secret"),
        ("a: &x [*x]\n", "a.yaml:1: a[0]: refers to itself through an alias"),
        ("a: *x\n", "found undefined alias 'x'"),
        ("? [a]\n: 1\n", "has a field name that is not text"),
        ('a: "\\ud800"\n', "a.yaml:1: a: holds the control character U+D800"),
        ('\n"\\x07": 1\n', "a.yaml:2: \\x07: holds the control character U+0007"),
        ('a: "\\UFFFFFFFF"\n', "is not valid YAML"),
        ("a: \x07\n", "a.yaml:1: holds the unprintable character U+0007"),
        (b"ok: 1\na: \xff\n", "a.yaml:2: is not UTF-8 text"),
        ("a: 1\n---\nb: 2\n", "is not valid YAML: but found another document"),
        ("\ta: 1\n", "is not valid YAML"),
    ],
)
def test_bad_yaml_is_refused_with_its_line(text: str | bytes, says: str) -> None:
    assert says in refused(text)


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "larger than 256 KiB" in refused("# " + "x" * 300_000)


def test_deep_nesting_is_refused_before_it_can_exhaust_the_stack() -> None:
    assert "nested deeper than 24 levels" in refused("[" * 100_000)
    assert "nested deeper than 24 levels" in refused("\n".join(" " * n + "a:" for n in range(60)))


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "more than 20000 values once aliases are expanded" in refused("\n".join(lines))


def test_an_honest_alias_is_followed() -> None:
    assert parsed("a: &x {b: 1}\nc: *x\n") == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize("text", ["", "# nothing\n", "~", "[]", "5", "text", "--- \n..."])
def test_a_file_without_fields_is_told_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "brief.yaml").write_text(text)
    with pytest.raises(CampaignError, match=r"is empty|is not a map of fields"):
        load_brief(tmp_path / "brief.yaml")


_scalar = st.sampled_from(
    ["~", "true", "-1", "1e999", "''", "en-US", "#fff", "'#0e1f4d'", "{}", "[]", "x" * 600, "\\", "&a", "*a"]
)
_FILES = ("campaign.yaml", "brand.yaml", "briefs/first-case.yaml")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200) | st.binary(max_size=200))
@example(text="a: \x85\nb")
@example(text="- !<tag:x> [")
@example(text="%YAML 9.9\n--- a")
@example(text='"\\U00110000"')
def test_any_text_gives_a_campaign_or_a_campaign_error(folder: Path, text: str | bytes) -> None:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    (folder / "campaign.yaml").write_bytes(raw)
    with pytest.raises(CampaignError) as caught:
        load_campaign(folder / "campaign.yaml")
    assert caught.value.problems


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_example_with_any_line_changed_is_read_or_refused(folder: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(_FILES))
    lines = (EXAMPLE / file).read_text("utf-8").split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    key = lines[at].split(":")[0]
    changed = data.draw(
        st.one_of(
            _scalar.map(lambda v: f"{key}: {v}"),
            _scalar.map(lambda v: f"{lines[at]}{v}"),
            st.text(max_size=20),
        )
    )
    (folder / file).write_text("\n".join([*lines[:at], changed, *lines[at + 1 :]]), "utf-8", errors="ignore")
    try:
        load_campaign(folder / "campaign.yaml")
    except CampaignError as error:
        assert error.problems
        assert all(problem.message and problem.file for problem in error.problems)
    finally:
        (folder / file).write_text("\n".join(lines), "utf-8")
