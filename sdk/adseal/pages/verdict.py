# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The report on one received video as a page to read, to print and to send on.

Decides: the order in which things are told, and what a page must say that it does not say. Leaves out: the verdict, and
where the page is put (`adseal.papers`).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from adseal.pages import pictures, timeline
from adseal.pages.style import document
from adseal.pages.verdict_style import CSS, footer_of
from adseal.pages.words import (
    AXES,
    SOURCES,
    STATES,
    VERDICTS,
    plain,
    size_told,
    spans_told,
    told,
    verdict_tone,
)

if TYPE_CHECKING:
    from adseal_provenance.verdicts.evidence import KeyFrames
    from adseal_provenance.verdicts.report import Report

_SIGNS = {"good": "✓", "fair": "!", "bad": "✗"}
_KINDS = {
    "trusted": "vouched for by a list",
    "development": "a development identity; nobody else vouches for it",
    "untrusted": "unknown to the lists used",
    "not_checked": "not looked up",
}


def page(report: "Report", frames: "KeyFrames") -> str:
    """The whole page as HTML: self-contained, without scripts, everything that came from the file escaped."""
    sections = (
        ("What was examined", _examined(report, frames)),
        ("Which seconds", _seconds(report)),
        ("What the copy shows", pictures.gallery(report, frames)),
        ("Question by question", _axes(report)),
        ("What the credential says", _credential(report)),
        ("The registered original", _record(report)),
        ("Sources", _sources(report)),
        ("Marks", _marks(report)),
    )
    body = _headline(report)
    body += "".join(f"<section><h2>{name}</h2>{html}</section>" for name, html in sections if html)
    limits = "".join(f"<li>{sentence}</li>" for sentence in unsaid(report))
    body += f'<section class="box"><h2>What this does not say</h2><ul>{limits}</ul></section>'
    body += f"<footer>Made by Adseal {told(report.version)}. This page is not signed: anyone can write one. "
    body += "A signed receipt comes with <code>adseal verify --receipt</code>.</footer>"
    title = f"{report.verdict}: {_name(report)}"
    return document(plain(title), f"<main>{body}</main>", CSS + footer_of(report.sha256))


def unsaid(report: "Report") -> list[str]:
    """What nobody should read out of this report, as HTML sentences."""
    states = {name: axis.state for name, axis in report.axes.items()}
    codes = {axis.code for axis in report.axes.values()}
    said = ["Whether what the video shows is true. This is about origin and change, not about truth."]
    if report.verdict in ("none", "marked", "unreadable"):
        said.append(
            "Where the video comes from: nothing found says nothing about that, nor whether AI made it."
        )
    if "absent" in (states["picture_watermark"], states["sound_watermark"]):
        said.append("That there never was a mark: marks can be lost, and those of other keys are not seen.")
    if open_ := [AXES[name][0] for name, state in states.items() if state == "not_checked" and name in AXES]:
        said.append(f"Anything about: {', '.join(open_)}. Not checked is neither passed nor failed.")
    kind = report.manifest.signer_kind if report.manifest else ""
    if kind == "development":
        said.append("Who signed: a development identity was made on somebody's own machine, by anybody.")
    if kind == "untrusted":
        said.append(
            "That the signer is a bad one: an unknown name is no sign of tampering, and no proof of a person."
        )
    if "stamp_missing" in codes or "stamp_untrusted" in codes:
        said.append("When it was signed: there is no time stamp that is trusted here.")
    if report.verdict == "recovered":
        said.append("That these bytes were signed: the picture was compared with that of a registered video.")
    if report.record is not None and report.record.matches and not report.record.same_bytes:
        said.append(
            "That nothing else was changed: pictures are compared small and twice a second of the original, so "
            "tiny or very short changes are not seen, an exchange can be seen where there is none, and seconds are "
            "right to about half a second. Words and sounds are not compared."
        )
    labels = report.media.labels
    if labels.source_types or labels.aigc or report.media.known_marks:
        said.append("That unsigned labels are right: anyone can write or remove them.")
    return said


def _name(report: "Report") -> str:
    return report.file.replace("\\", "/").rsplit("/", 1)[-1]


def _headline(report: "Report") -> str:
    tone = verdict_tone(report)
    warned = " ".join(report.warnings)
    first = report.summary.removesuffix(warned).strip() if warned else report.summary
    warnings = "".join(f"<li>{told(text, 2000)}</li>" for text in report.warnings)
    return (
        f'<header><p class="brand">Adseal verification report</p><h1><span class="{tone} sign" aria-hidden="true">'
        f"{_SIGNS[tone]}</span>{report.verdict.capitalize()}</h1><p class='first'>{told(first, 4000)}</p>"
        f"<p class='meaning'>{VERDICTS[report.verdict]}</p>"
        f"{f'<ul class=warnings>{warnings}</ul>' if warnings else ''}</header>"
    )


def _facts(pairs: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{html}</dd>' for name, html in pairs if html)}</dl>"


def _code(text: str | None) -> str:
    return f"<code>{told(text)}</code>" if text else ""


def _examined(report: "Report", frames: "KeyFrames") -> str:
    media, used = report.media, report.used
    lists = "; ".join(f"{told(one.name)}{f' of {told(one.date)}' if one.date else ''}" for one in used.lists)
    duration = "" if media.duration_s is None else f"{media.duration_s:.1f} s"
    sound = {True: "with sound", False: "without sound", None: ""}[media.has_sound]
    return _facts(
        [
            ("File", told(_name(report))),
            ("SHA-256", _code(report.sha256) or "the file could not be read"),
            ("Size", "" if report.size is None else size_told(report.size)),
            ("Length", ", ".join(filter(None, (duration, sound)))),
            ("Examined", f"{report.checked_at:%Y-%m-%d %H:%M:%S} UTC, by Adseal {told(report.version)}"),
            ("Judged", f"as of {report.judged_at:%Y-%m-%d %H:%M:%S} UTC" if report.judged_at else ""),
            ("Looked for", _keys(len(used.keys))),
            ("Trusted lists", lists or "none"),
            ("Registry", "asked" if used.registry else "none to ask"),
            ("Pictures", told(frames.reason) if not frames.frames else ""),
        ]
    )


def _keys(count: int) -> str:
    return f"marks of {count} key{'s' if count != 1 else ''}" if count else "no marks: there was no key"


def _seconds(report: "Report") -> str:
    drawing = timeline.bars(report)
    if not drawing:
        return ""
    words = "".join(f"<li>{sentence}</li>" for sentence in timeline.sentences(report))
    return f"{drawing}<ul>{words}</ul>"


def _axes(report: "Report") -> str:
    rows = ""
    for name, axis in report.axes.items():
        title, question = AXES.get(name, (plain(name), ""))
        sign, word = STATES[axis.state]
        codes = " ".join(_code(code) for code in axis.codes)
        rows += (
            f'<tr class="{axis.state}"><th scope="row">{title}<small>{question}</small></th>'
            f'<td class="state"><span class="sign" aria-hidden="true">{sign}</span>{word}</td>'
            f"<td>{told(axis.sentence, 2000)}<small>{_code(axis.code)} {codes}</small></td></tr>"
        )
    return f'<table class="axes">{rows}</table>'


def _credential(report: "Report") -> str:
    found = report.manifest
    if found is None:
        return ""
    where = "in the file" if found.source == "embedded" else "in the registry, found through the mark"
    if not found.signer and not found.generator and not found.title:
        facts = [("Found", where), ("Id", _code(found.manifest_id))]
        return f"{_facts(facts)}<p>It fails, so nothing of what it says is repeated here.</p>"
    who = f"{told(found.signer)}{f', {told(found.signer_organization)}' if found.signer_organization else ''}"
    ai = "; ".join(
        f"{told(one.source_type)}{f' by {told(one.agent)}' if one.agent else ''} ({told(one.where)})"
        for one in found.ai
    )
    pairs = [
        ("Found", where),
        ("Title", told(found.title) if found.title else ""),
        ("Signer", f"{who}: {_KINDS[found.signer_kind]}"),
        ("List", told(found.trust_list) if found.trust_list else ""),
        ("Signed no later than", told(found.signed_no_later_than) if found.signed_no_later_than else ""),
        ("Certificate ends", told(found.certificate_ends[:10])),
        ("Made with", told(found.generator) if found.generator else ""),
        ("AI", ai),
        *((told(name), told(value)) for name, value in found.claims.items()),
        ("Id", _code(found.manifest_id)),
    ]
    return _facts(pairs)


def _record(report: "Report") -> str:
    record = report.record
    if record is None:
        return ""
    same = "These are its bytes, every one." if record.same_bytes else "The file's bytes are others."
    return _facts(
        [
            ("Title", told(record.title)),
            ("Sealed", f"{record.created_at:%Y-%m-%d %H:%M} UTC"),
            ("Length", f"{record.duration_s:.1f} s"),
            ("Same file?", same),
            ("Mark", _code(record.locator)),
            ("SHA-256", _code(record.sha256)),
            ("Plan", _code(record.plan_hash)),
            ("Credential", _code(record.manifest_id)),
        ]
    )


def _sources(report: "Report") -> str:
    if not report.ingredients:
        return ""
    rows = ""
    for one in report.ingredients:
        state, sign, words = SOURCES[one.verdict]
        depth = "" if one.depth == 1 else f"<small>source of a source, step {one.depth}</small>"
        rows += (
            f'<tr class="{state}"><th scope="row">{told(one.title)}{depth}</th>'
            f'<td class="state"><span class="sign" aria-hidden="true">{sign}</span>{words}</td>'
            f"<td>{told(one.relationship)}<small>{' '.join(_code(code) for code in one.codes)}</small></td></tr>"
        )
    return f'<table class="axes">{rows}</table>'


def _marks(report: "Report") -> str:
    rows = ""
    for mark in report.marks:
        how = "read" if mark.method == "blind" else "confirmed"
        rows += (
            f'<tr><th scope="row">{_code(mark.id)}<small>{_code(mark.algorithm)}</small></th>'
            f'<td class="state">{how}</td><td>Seconds {spans_told(mark.spans) or "unknown"}; chance would do that once '
            f"in 10<sup>{-mark.log10_p:.0f}</sup> files.<small>key {_code(mark.key_id)}</small></td></tr>"
        )
    return f'<table class="axes">{rows}</table>' if rows else ""
