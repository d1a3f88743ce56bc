# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The demonstration's papers: report.json for programs, report.html and the contact sheet for people."""

import base64
import io
import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adseal.demo.sheet import INK, VERDICT_INK, Row, contact_sheet, stills
from adseal.pages.style import document
from adseal.pages.words import AXES, STATES

if TYPE_CHECKING:
    from adseal.demo.run import Check, Summary
    from adseal_templates.plan import AdPlan

MOMENTS = (0.3, 1.7, 3.4, 5.6)


def write_reports(summary: "Summary", plans: "list[AdPlan]") -> None:
    """Write the three papers next to the ads."""
    Path(summary.report_json).write_text(
        json.dumps(summary.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    rows = [_ad_row(ad, plan) for ad, plan in zip(summary.ads, plans, strict=True)]
    received = [_check_row(check) for check in summary.checks]
    contact_sheet(
        rows + received, Path(summary.contact_sheet), heading="Adseal demo: made, sealed, received, verified"
    )
    page = _page(summary, plans)
    Path(summary.report_html).write_text(page, encoding="utf-8")


def _local(uri: str) -> Path:
    return Path(uri.removeprefix("file://"))


def _ad_row(ad: Any, plan: "AdPlan") -> Row:
    return Row(
        path=_local(ad.output),
        title=plan.title,
        line=f"{plan.placement} · {plan.width}×{plan.height} · {plan.locale} · id {ad.id} · {ad.verdict}",
        ink=INK,
        times_s=MOMENTS,
    )


def _check_row(check: "Check") -> Row:
    return Row(
        path=Path(check.file),
        title=f"{check.verdict.upper()}   {Path(check.file).name}",
        line=check.story,
        ink=VERDICT_INK.get(check.verdict, "#b3261e"),
        times_s=tuple(t * 0.55 for t in MOMENTS),
    )


def _page(summary: "Summary", plans: "list[AdPlan]") -> str:
    root = Path(summary.report_html).parent
    ads = "".join(_ad_card(ad, plan, root) for ad, plan in zip(summary.ads, plans, strict=True))
    checks = "".join(_check_card(check, root) for check in summary.checks)
    body = f"""<header><h1>Adseal demo</h1><p>{len(summary.ads)} ads made, sealed and delivered;
{len(summary.checks)} received videos verified. {summary.seconds:.0f} s, peak memory {summary.peak_memory_mb} MB.</p>
</header>
<h2>Received</h2><section class="checks">{checks}</section>
<h2>Delivered</h2><section class="ads">{ads}</section>
<footer>The ads are signed with a development identity, made on this machine on first use. Nobody else trusts it.
No watermark or credential found says nothing about where a video comes from.</footer>"""
    return document("Adseal demo", body, _STYLE, media="'self' file:")


def _ad_card(ad: Any, plan: "AdPlan", root: Path) -> str:
    path = _local(ad.output)
    facts = f"{plan.placement} · {plan.width}×{plan.height} · {plan.locale}"
    return (
        f"<article>{_video(path, root)}<h3 dir='auto'>{escape(plan.title)}</h3><p>{escape(facts)}</p>"
        f"<p><b class='good'>{escape(ad.verdict)}</b> at the destination · id <code>{escape(ad.id)}</code></p>"
        f"<details><summary>prompts</summary>{''.join(f'<p>{escape(s.prompt)}</p>' for s in plan.shots)}</details>"
        "</article>"
    )


def _check_card(check: "Check", root: Path) -> str:
    tone = (
        "good"
        if check.verdict in ("intact", "recovered")
        else "fair"
        if check.verdict in ("none", "marked")
        else "bad"
    )
    axes = "".join(
        f"<tr class='{escape(axis['state'])}'><td>{AXES[name][0]}</td>"
        f"<td class='state'>{STATES[axis['state']][1]}</td><td>{escape(axis['sentence'])}</td></tr>"
        for name, axis in check.report["axes"].items()
    )
    return (
        f"<article>{_video(Path(check.file), root)}<div><h3><b class='{tone}'>{escape(check.verdict)}</b> "
        f"{escape(Path(check.file).name)}</h3><p>{escape(check.story)}</p><p>{escape(check.summary)}</p>"
        f"<details><summary>every axis</summary><table>{axes}</table></details></div></article>"
    )


def _video(path: Path, root: Path) -> str:
    """A player with a poster inside the page, so that the page shows something wherever it is opened."""
    poster = ""
    if pictures := stills(path, (1.2,), 480):
        buffer = io.BytesIO()
        pictures[0].save(buffer, "JPEG", quality=82)
        poster = f' poster="data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"'
    link = escape(path.resolve().relative_to(root.resolve()).as_posix(), quote=True)
    return f'<video controls preload="none" playsinline src="{link}"{poster}></video>'


_STYLE = """
body{max-width:1180px;padding:40px 24px}h1{font-size:34px;margin:0}h2{margin:44px 0 14px;font-size:20px}
h3{margin:10px 0 2px;font-size:16px}p{margin:2px 0;color:var(--faint)}
.ads{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:22px;align-items:start}
.ads video{width:100%;border-radius:10px;background:#000}.checks{display:grid;gap:14px}
.checks article{display:grid;grid-template-columns:150px 1fr;gap:20px;background:var(--card);
border:1px solid var(--line);border-radius:14px;padding:14px}
.checks video{width:150px;max-height:220px;border-radius:8px;background:#000}
.good,.fair,.bad{padding:1px 10px}table{border-collapse:collapse;margin-top:8px;font-size:14px}
td{padding:4px 12px 4px 0;vertical-align:top;border-top:1px solid var(--line)}
details{margin-top:6px}summary{cursor:pointer;color:var(--faint)}footer{margin-top:48px;color:var(--faint);font-size:14px}
@media(max-width:560px){.checks article{grid-template-columns:1fr}}
"""
