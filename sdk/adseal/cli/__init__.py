# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The command line: `adseal demo | plan | render | generate | seal | verify | detect | receipt | comply | pki | keys |
stamps | doctor`.

Exit codes: 0 done (for `verify`: every file intact or recovered), 1 something failed or something else was found,
2 wrong usage or bad input, 3 unreadable file. With `--json`, stdout carries exactly one JSON document.
"""


def main() -> None:
    """Entry point of the `adseal` program."""
    from adseal.cli.app import app

    app()
