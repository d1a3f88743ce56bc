# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How every page looks, and the frame that keeps it to itself.

Decides: colours in light and dark, type, and the policy of a page: no script, nothing from outside, exactly this style
sheet (by its hash) and no style attributes. Leaves out: what a page says.
"""

import base64
import hashlib
from html import escape

COMMON = """
:root{color-scheme:light dark;--ink:#14171c;--paper:#f4f2ee;--card:#fff;--faint:#62676e;--line:#dedad2;
--good:#1a7f4b;--fair:#8a6412;--bad:#b3261e;--same:#2c6e8f;--on:#fff}
@media screen and (prefers-color-scheme:dark){:root{--ink:#ece9e2;--paper:#14171c;--card:#1d2127;--faint:#a1a7af;
--line:#343a43;--good:#5bc68b;--fair:#e0b34c;--bad:#f2857c;--same:#6fb6d9;--on:#14171c}}
*{box-sizing:border-box}
body{margin:0 auto;background:var(--paper);color:var(--ink);font:16px/1.5 Inter,system-ui,sans-serif}
h1,h2,h3,p{overflow-wrap:anywhere}
code{font:0.88em/1.4 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.good,.fair,.bad{border-radius:99px;color:var(--on);font-weight:600}
.good{background:var(--good)}.fair{background:var(--fair)}.bad{background:var(--bad)}
tr.pass .state{color:var(--good)}tr.fail .state{color:var(--bad)}tr.warn .state{color:var(--fair)}
tr.fail .state,tr.warn .state{font-weight:600}
"""


def document(title: str, body: str, css: str, *, media: str = "") -> str:
    """A whole page with a policy that forbids everything it does not need.

    Args:
        title: plain text.
        body: HTML.
        css: style sheet of this page, behind the common one.
        media: source list of videos that it may play; none if not given.
    """
    sheet = COMMON + css
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
    policy += f"style-src 'sha256-{digest}'" + (f"; media-src {media}" if media else "")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>{escape(title)}</title><style>{sheet}</style></head><body>
{body}
</body></html>
"""
