# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The C2PA Soft Binding Resolution API 2.4: from a watermark found anywhere to the manifest of the original.

``models`` is the wire format, ``service`` what a server does, ``router`` its HTTP face (extra ``server``), ``client``
the way to anybody's server (extra ``server`` as well, for httpx). Importing this package loads nothing.
"""
