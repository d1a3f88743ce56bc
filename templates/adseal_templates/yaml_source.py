# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A YAML file as plain data plus the line of every field.

Decides which YAML is accepted: one UTF-8 document of maps, lists and scalars within `SourceLimits`, scalars
read by the core schema of YAML 1.2 (§10.3.2), so that `no`, `12:30` and `2026-11` stay text. Tags, duplicate
keys, aliases that expand beyond the limits or into themselves, and control characters are refused.
Leaves out what the fields mean (`reading` and the models).
"""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from .errors import CampaignError, Problem

Key = str | int
KeyPath = tuple[Key, ...]


@dataclass(frozen=True)
class SourceLimits:
    """Bounds on one file, so that no input can take long or fill the memory."""

    max_bytes: int = 256 * 1024
    max_depth: int = 24
    max_nodes: int = 20_000  # counted after aliases are expanded


DEFAULT_LIMITS: Final = SourceLimits()


@dataclass(frozen=True)
class Source:
    """Plain data of one file and where each field stands in it."""

    file: str
    folder: Path
    data: Any
    lines: dict[KeyPath, int] = field(repr=False)  # a scalar's own line, else the line of its key
    key_lines: dict[KeyPath, int] = field(repr=False)

    def line(self, path: KeyPath) -> int:
        """Line of the field, or of its nearest ancestor that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: KeyPath, message: str, hint: str = "", *, at_key: bool = False) -> Problem:
        """A problem placed at a field of this file."""
        line = self.key_lines.get(path, self.line(path)) if at_key else self.line(path)
        return Problem(file=self.file, line=line, field=dotted(path), message=message, hint=hint)


def dotted(path: KeyPath) -> str:
    """`("briefs", 1, "messaging")` as `briefs[1].messaging`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_source(path: Path, *, shown_as: str | None = None, limits: SourceLimits = DEFAULT_LIMITS) -> Source:
    """Read one YAML file. Raises CampaignError listing everything wrong with it as YAML."""
    name = shown_as or str(path)
    return parse_source(
        read_bytes(path, shown_as=name, limits=limits), file=name, folder=path.parent, limits=limits
    )


def read_bytes(path: Path, *, shown_as: str | None = None, limits: SourceLimits = DEFAULT_LIMITS) -> bytes:
    """The bytes of a file, at most one more than its limit, by which `parse_source` refuses it. Raises
    CampaignError."""
    name = shown_as or str(path)
    try:
        # An unreadable name (NUL, too long) is an answer about the name, not a failure of ours.
        if not path.is_file():
            raise _refused(name, "", "no such file" if not path.exists() else "is not a file")
        with path.open("rb") as stream:
            return stream.read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        raise _refused(name, "", f"cannot be read: {getattr(error, 'strerror', None) or error}") from error


def parse_source(raw: bytes, *, file: str, folder: Path, limits: SourceLimits = DEFAULT_LIMITS) -> Source:
    """Parse the bytes of one YAML document. Raises CampaignError; nothing else, whatever the bytes."""
    if len(raw) > limits.max_bytes:
        raise _refused(file, "", f"is larger than {limits.max_bytes // 1024} KiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(file, "", "is not UTF-8 text", "save the file as UTF-8", line) from error
    node = _compose(text, file, limits)
    builder = _Builder(file, limits)
    data = builder.value(node, ()) if node is not None else None
    if builder.problems:
        raise CampaignError(builder.problems)
    return Source(file=file, folder=folder, data=data, lines=builder.lines, key_lines=builder.key_lines)


def _refused(file: str, where: str, message: str, hint: str = "", line: int = 0) -> CampaignError:
    return CampaignError([Problem(file=file, line=line, field=where, message=message, hint=hint)])


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


class _CoreLoader(yaml.SafeLoader):
    """SafeLoader that only composes nodes, with the YAML 1.2 core schema and a bound on nesting."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012
    max_depth = 0
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if self._depth > self.max_depth:
            raise _TooDeep(self.line + 1)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


_TAG = "tag:yaml.org,2002:"
# At most 15 digits: beyond that it is text; nothing in a campaign counts that far.
_CORE: Final = {
    "null": re.compile(r"^(?:~|null|Null|NULL|)$"),
    "bool": re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"),
    "int": re.compile(r"^[-+]?[0-9]{1,15}$"),
    "float": re.compile(r"^[-+]?(?:\.[0-9]{1,15}|[0-9]{1,15}(?:\.[0-9]{0,15})?)(?:[eE][-+]?[0-9]{1,3})?$"),
}
for _name, _pattern in _CORE.items():
    _CoreLoader.add_implicit_resolver(_TAG + _name, _pattern, None)


def _compose(text: str, file: str, limits: SourceLimits) -> yaml.Node | None:
    try:
        loader = _CoreLoader(text)
        loader.max_depth = limits.max_depth
        return loader.get_single_node()
    except _TooDeep as error:
        message = f"is nested deeper than {limits.max_depth} levels"
        raise _refused(file, "", message, line=error.line) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = error.problem or error.context or "cannot be parsed"
        hint = "check indentation and quotes; put text with ':' or '#' in quotes"
        raise _refused(file, "", f"is not valid YAML: {said}", hint, mark.line + 1 if mark else 0) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = f"holds the unprintable character U+{ord(text[error.position]):04X}"
        raise _refused(file, "", message, "remove it", line) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        # ValueError, OverflowError: PyYAML hands escapes above \U0010FFFF to chr() unchecked.
        raise _refused(file, "", f"is not valid YAML: {error}") from error


class _Builder:
    """Turns a node graph into plain data; collects problems instead of raising."""

    def __init__(self, file: str, limits: SourceLimits) -> None:
        self.file, self.limits = file, limits
        self.problems: list[Problem] = []
        self.lines: dict[KeyPath, int] = {(): 1}
        self.key_lines: dict[KeyPath, int] = {}
        self._nodes = 0
        self._open: set[int] = set()

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._nodes += 1
        if self._nodes > self.limits.max_nodes:
            message = f"holds more than {self.limits.max_nodes} values once aliases are expanded"
            raise _refused(self.file, "", message, "write the values out", line)
        if id(node) in self._open:
            raise _refused(self.file, dotted(path), "refers to itself through an alias", line=line)
        self._open.add(id(node))
        try:
            return self._plain(node, path)
        finally:
            self._open.discard(id(node))

    def _plain(self, node: yaml.Node, path: KeyPath) -> Any:
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        return self._refuse_tag(node, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key_node.value, str):
                self._add(path, line, "has a field name that is not text", "write `name: value`")
                continue
            key = str(key_node.value)
            here = (*path, key)
            self._check_characters(key, here, line)
            if key in data:
                before = self.key_lines[here]
                self._add(here, line, f"is given twice, first on line {before}", "keep one of the two")
                continue
            self.key_lines[here] = line
            scalar = isinstance(value_node, yaml.ScalarNode)
            self.lines[here] = value_node.start_mark.line + 1 if scalar and value_node.value else line
            data[key] = self.value(value_node, here)
        return data

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        text: str = node.value
        kind = node.tag.removeprefix(_TAG)
        line = node.start_mark.line + 1
        if kind == "str":
            self._check_characters(text, path, line)
            return text
        if kind not in _CORE or not _CORE[kind].match(text):
            return self._refuse_tag(node, path)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        return int(text) if kind == "int" else float(text)

    def _check_characters(self, text: str, path: KeyPath, line: int) -> None:
        """Control characters and lone surrogates (from \\x.. and \\u.. escapes) cannot be set or hashed."""
        for character in text:
            if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
                self._add(path, line, f"holds the control character U+{ord(character):04X}", "remove it")
                return

    def _refuse_tag(self, node: yaml.Node, path: KeyPath) -> None:
        shown = node.tag.replace(_TAG, "!!")
        self._add(path, node.start_mark.line + 1, f"carries the tag {shown}", "write a plain value, no tag")

    def _add(self, path: KeyPath, line: int, message: str, hint: str = "") -> None:
        # Names of refused keys may hold what cannot be printed either.
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in dotted(path))
        self.problems.append(Problem(file=self.file, line=line, field=shown, message=message, hint=hint))
