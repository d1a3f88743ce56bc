# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The example campaign, end to end: rendered, sealed, delivered, mistreated as a platform would, verified."""
