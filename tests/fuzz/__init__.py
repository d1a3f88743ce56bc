# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Mutated files against ``verify``: ``python -m tests.fuzz --help``."""
