# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Other people's marks beside our own, behind one interface. Import the modules; this package itself loads
nothing.
"""
