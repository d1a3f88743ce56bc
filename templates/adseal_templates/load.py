# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Read a campaign and everything it refers to, and tell every problem of every file at once.

Decides in which order files are followed and which checks still make sense when one of them is broken.
Leaves out the checks themselves (`reading`, `checks`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from .ad_placement import Placement
from .ad_template import Template
from .brand import BrandKit
from .brief import Brief
from .campaign import Campaign, CampaignFile, Part, Place, place_key
from .catalogue import pinned, placements, templates
from .checks import Finding, check_brand, check_brand_rules, check_brief, check_placements
from .errors import CampaignError, Problem, did_you_mean
from .matrix_checks import check_matrix
from .naming import check_names
from .reading import Model, read_model
from .rows import Row, read_rows
from .yaml_source import KeyPath, Source, dotted, read_source

AnyPath = str | PathLike[str]


def load_campaign(path: AnyPath) -> Campaign:
    """Read campaign.yaml and the files it names. Raises CampaignError with all problems of all files."""
    return _Reader(Path(path)).campaign()


def load_brand_kit(path: AnyPath) -> BrandKit:
    """Read one brand kit; logo and font paths become absolute, with their sha256. Raises CampaignError."""
    return _load_one(BrandKit, path)


def load_brief(path: AnyPath) -> Brief:
    """Read one brief on its own; whether it fits a template is told by `load_campaign`. Raises
    CampaignError."""
    return _load_one(Brief, path)


def _load_one(cls: type[Model], path: AnyPath) -> Model:
    model, problems = read_model(cls, read_source(Path(path)))
    if model is None or problems:
        raise CampaignError(problems)
    return model


@dataclass
class _BriefRead:
    """A brief on its way in: where it stands, and what could be made of it."""

    source: Source | None
    brief: Brief | None
    template: Template | None = None


class _Reader:
    """One run over a campaign's files; collects problems until the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.source = read_source(path)
        # A broken campaign file still names its other files; they are read all the same.
        self.raw: dict[str, Any] = self.source.data if isinstance(self.source.data, dict) else {}
        self.brand_source: Source | None = None
        self.briefs: list[_BriefRead] = []
        self.rows: tuple[Row, ...] = ()
        self.default_template = ""
        self.placement_paths: list[KeyPath] = []  # of the chosen ones, where they stand in the file

    def campaign(self) -> Campaign:
        """The whole campaign, or CampaignError."""
        file, problems = read_model(CampaignFile, self.source)
        self.problems += problems
        brand, self.brand_source = self._follow(BrandKit, ("brand",))
        for path in self._listed("briefs"):
            brief, source = self._follow(Brief, path)
            self.briefs.append(_BriefRead(source, brief))
        self._choose_templates()
        chosen = self._chosen_placements()
        rows = self._rows()
        self._check_together(brand, chosen)
        if file is None or brand is None or self.problems:
            raise CampaignError(self.problems)
        campaign = Campaign(
            id=file.id,
            name=file.name,
            brand=brand,
            briefs=tuple(read.brief for read in self.briefs if read.brief),
            template=self.default_template,
            templates={read.template.ref: read.template for read in self.briefs if read.template},
            placements=chosen,
            seed=file.seed,
            variants=file.variants,
            model=file.model,
            output=file.output,
            matrix=file.matrix,
            rows=rows,
            draft=file.draft,
            source=str(self.path),
            places=self._places(file.id, brand.id),
        )
        self.rows = campaign.rows
        self._tell(check_matrix(campaign))
        self._tell(check_names(campaign))
        if self.problems:
            raise CampaignError(self.problems)
        return campaign

    def _rows(self) -> tuple[Row, ...]:
        name = self._value(("rows",)) if "rows" in self.raw else None
        if name is None:
            return ()
        try:
            return tuple(read_rows(self.path.parent / name.strip()))
        except CampaignError as error:
            self.problems += error.problems
            return ()

    def _places(self, campaign: str, brand: str) -> dict[str, Place]:
        """Where every field stands, for findings that come after reading."""
        found: dict[str, Place] = {}
        named: list[tuple[Part, str, Source | None]] = [
            ("campaign", campaign, self.source),
            ("brand", brand, self.brand_source),
        ]
        named += [("brief", read.brief.id, read.source) for read in self.briefs if read.brief]
        for part, name, source in named:
            for path, line in source.lines.items() if source else ():
                found[place_key(part, name, path)] = (source.file, line) if source else ("", 0)
        return found

    def _value(self, path: KeyPath) -> str | None:
        value: Any = self.raw
        for part in path:
            value = value[part]
        return value if isinstance(value, str) and value.strip() else None

    def _listed(self, name: str) -> list[KeyPath]:
        """Paths of the entries of a list field; one plain value counts as a list of one."""
        value = self.raw.get(name)
        if isinstance(value, list):
            return [(name, i) for i in range(min(len(value), 200))]
        return [(name,)] if isinstance(value, str) else []

    def _follow(self, cls: type[Model], path: KeyPath) -> tuple[Model | None, Source | None]:
        """Read the file that a field of the campaign names."""
        name = self._value(path) if path[0] in self.raw else None
        if name is None:
            return None, None
        target = self.path.parent / name.strip()
        try:
            source = read_source(target)
        except CampaignError as error:
            first = error.problems[0]
            if first.line == 0 and not first.field:  # the file itself: told where it is named
                self.problems.append(self.source.problem(path, f"{target} {first.message}", first.hint))
            else:
                self.problems += error.problems
            return None, None
        model, problems = read_model(cls, source)
        self.problems += problems
        return model, source

    def _choose_templates(self) -> None:
        known = {t.ref: t for t in templates()}
        for path in self._listed("template_files"):
            theirs, _ = self._follow(Template, path)
            if theirs is not None:
                known[theirs.ref] = theirs
        default = self._value(("template",)) if "template" in self.raw else None
        self._unless_known("template", default, known, self.source)
        self.default_template = pinned(default or "", known)
        for read in self.briefs:
            if read.brief is None:
                continue
            own = read.brief.template
            if own is not None:
                if read.source is not None:
                    self._unless_known("template", own, known, read.source)
                read.brief = read.brief.model_copy(update={"template": pinned(own, known)})
            read.template = known.get(read.brief.template or self.default_template)

    def _unless_known(self, what: str, ref: str | None, known: dict[str, Template], source: Source) -> None:
        """Tell an unknown template; a badly written reference has been told with its field."""
        if ref is not None and "@" in ref and pinned(ref, known) not in known:
            hint = did_you_mean(ref, known, what="there are")
            self._add(source.problem((what,), f"there is no template {ref!r}", hint))

    def _chosen_placements(self) -> tuple[Placement, ...]:
        known = {p.id: p for p in placements()}
        for path in self._listed("placement_files"):
            own, _ = self._follow(Placement, path)
            if own is not None:
                known[own.id] = own
        chosen: dict[str, Placement] = {}
        for path in self._listed("placements"):
            name = self._value(path)
            if name is None:
                continue
            if name not in known:
                hint = did_you_mean(name, known, what="there are")
                self._add(self.source.problem(path, f"there is no placement {name!r}", hint))
            elif name in chosen:
                self._add(self.source.problem(path, f"names {name} twice", "list each placement once"))
            else:
                chosen[name] = known[name]
                self.placement_paths.append(path)
        return tuple(chosen.values())

    def _check_together(self, brand: BrandKit | None, chosen: tuple[Placement, ...]) -> None:
        first_with: dict[str, Source] = {}
        for index, read in enumerate(self.briefs):
            if read.brief is None or read.source is None:
                continue
            other = first_with.setdefault(read.brief.id, read.source)
            if other is not read.source:
                message = f"{read.brief.id} is also the id of {other.file}"
                self._add(read.source.problem(("id",), message, "give each brief its own id"))
            if read.template is not None:
                self._tell(check_brief(index, read.brief, read.template, brand))
        if brand is not None:
            locales = {locale for read in self.briefs if read.brief for locale in read.brief.locales}
            self._tell(check_brand(brand, sorted(locales)))
            pairs = [(read.brief, read.template) for read in self.briefs if read.brief and read.template]
            self._tell(check_brand_rules(brand, pairs))
        used = {read.template.ref: read.template for read in self.briefs if read.template}
        self._tell(check_placements(chosen, used.values()))

    def _tell(self, findings: Iterable[Finding]) -> None:
        sources = {"campaign": self.source, "brand": self.brand_source}
        for finding in findings:
            if finding.part == "row":
                row = self.rows[finding.index]
                field, message, hint = dotted(finding.path), finding.message, finding.hint
                self._add(
                    Problem(file=row.file, line=row.line, field=field, message=message, hint=hint), row.line
                )
                continue
            source = self.briefs[finding.index].source if finding.part == "brief" else sources[finding.part]
            path = finding.path
            if finding.part == "campaign" and path[0] == "placements":
                path = self.placement_paths[int(path[1])]
            if source is not None:
                self._add(source.problem(path, finding.message, finding.hint))

    def _add(self, problem: Problem, line: int | None = None) -> None:
        """Add a problem unless its field (of that row's line) has one already: what was cut away is not also
        missing."""
        known = ((p.file, p.field, p.line if line else None) for p in self.problems)
        if (problem.file, problem.field, line) not in known:
            self.problems.append(problem)
