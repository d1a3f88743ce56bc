# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Pages for people: one self-contained HTML file each, without scripts and without anything from outside.

`verdict` composes the report on a received video from `timeline` and `pictures`; `words` and `style` are shared with
the demonstration's page. Nothing is decided here, and nothing that came from a file gets in unescaped.
"""
