# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How the report on a video looks: on screens from 320 px on, and on A4."""

import re

CSS = """
body{max-width:860px;padding:36px 24px 60px}
header{border-bottom:2px solid var(--ink);padding-bottom:18px;margin-bottom:8px}
.brand{margin:0 0 14px;color:var(--faint);font-size:14px}
h1{display:flex;align-items:center;gap:14px;font-size:clamp(30px,7vw,44px);line-height:1.1;margin:0 0 12px}
h1 .sign{display:inline-grid;place-items:center;flex:none;width:1.15em;height:1.15em;font-size:.85em;line-height:1}
.first{font-size:19px;margin:0}.meaning{color:var(--faint);margin:6px 0 0}
.warnings{list-style:none;margin:14px 0 0;padding:0;display:grid;gap:6px}
.warnings li{border-left:4px solid var(--fair);padding:2px 0 2px 12px;overflow-wrap:anywhere}
h2{font-size:19px;margin:34px 0 10px}
ul{padding-left:20px;margin:8px 0}li{overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 20px;margin:0}
dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}
small{display:block;color:var(--faint);font-size:13px;font-weight:400;line-height:1.4;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:9px 14px 9px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
th{width:30%;font-weight:600}.state{width:20%}
.state .sign{display:inline-block;width:1.3em;font-weight:700}
.box{border:1px solid var(--line);border-radius:14px;background:var(--card);padding:4px 22px 12px;margin-top:36px}
.box h2{margin-top:14px}
footer{margin-top:26px;color:var(--faint);font-size:13px}
.patterns{position:absolute;width:0;height:0}
.patterns .bad{fill:none;border-radius:0;background:none;stroke:var(--bad);stroke-width:2}
.ground{fill:var(--line)}
.ticks{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);color:var(--faint);font-size:12px}
.bars{display:block;width:100%}.lane{margin:6px 0 2px;font-size:14px}
rect.same,rect.found{fill:var(--same)}.band{fill:var(--same);opacity:.28}
rect.foreign{fill:url(#foreign)}rect.exchanged{fill:url(#exchanged);stroke:var(--bad);stroke-width:1;vector-effect:non-scaling-stroke}
.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--faint);margin:10px 0}
.legend span{display:inline-flex;align-items:center;gap:6px}
.frames{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:14px}
figure{margin:0;break-inside:avoid}.picture{position:relative}
.picture img{display:block;width:100%;height:auto;border-radius:6px;background:var(--line)}
.picture svg{position:absolute;inset:0;width:100%;height:100%}
.picture rect{fill:none;vector-effect:non-scaling-stroke}
.picture .under{stroke:#fff;stroke-width:5}.picture .over{stroke:#c4161c;stroke-width:2.5;stroke-dasharray:7 4}
figcaption{font-size:13px;color:var(--faint);line-height:1.35;margin-top:4px}figcaption b{color:var(--bad)}
@media screen and (max-width:560px){body{padding:22px 16px 40px}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}
.axes,.axes tbody{display:block}
.axes tr{display:grid;grid-template-columns:1fr max-content;border-top:1px solid var(--line);padding:8px 0}
.axes th,.axes td{border:0;padding:0;width:auto}.axes td:last-child{grid-column:1/-1;margin-top:4px}
.frames{grid-template-columns:repeat(2,minmax(0,1fr))}}
@media print{:root{color-scheme:light;--paper:#fff}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{max-width:none;padding:0;font-size:9.5pt}h1{font-size:24pt}.first{font-size:11.5pt}
h2{font-size:12.5pt;margin:16pt 0 5pt}
h2{break-after:avoid}tr,li,dt,dd,.time,.box{break-inside:avoid}dt:nth-last-of-type(-n+3){break-before:avoid}dd:nth-of-type(-n+2){break-after:avoid}
small,figcaption,.legend,.lane,.ticks{font-size:8pt}
th,td{padding:4pt 10pt 4pt 0}.frames{gap:8pt}.box{border-radius:8pt}}
@page{size:A4;margin:16mm 15mm 18mm}
"""


def footer_of(sha256: str | None) -> str:
    """Every printed page names the file that it is about, and its own number."""
    style = "font:8pt ui-monospace,monospace;color:#62676e"
    page = f'@bottom-right{{content:counter(page) " / " counter(pages);{style}}}'
    if sha256 is not None and re.fullmatch("[0-9a-f]{64}", sha256):
        page += f'@bottom-left{{content:"SHA-256 {sha256[:32]}…";{style}}}'
    return f"@page{{{page}}}\n"
