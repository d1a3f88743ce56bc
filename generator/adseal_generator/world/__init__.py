# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The rendered world that "mini" learns from: scenes, their pixels and their captions.

Everything here is our own code and needs torch only. Import the submodules (`scene`, `render`, `captions`).
"""
