# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Adseal: marketing briefs in, sealed video ads out."""

__version__ = "0.1.0"
