# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Invisible marks in picture and sound. Import the modules; this package itself loads nothing."""
