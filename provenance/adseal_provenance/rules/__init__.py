# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rules of law and of platforms, as dated data, and what a sealed video shows of them. Not legal advice.

``data/*.yaml`` holds the rules, ``load`` reads them, ``facts`` says what is known of a video, ``engine`` compares
the two, ``labels`` tells what has to be seen where. Importing this package loads nothing.
"""
