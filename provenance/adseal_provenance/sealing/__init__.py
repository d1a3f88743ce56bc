# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Writing a credential: what it says, who signs, when it was stamped."""
