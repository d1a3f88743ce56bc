# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The front door's own errors, and the list of every error a user can meet.

    AdsealError                 something the front door decided
    ├── HomeError               keys, registry or cache folder cannot be used
    ├── PreflightError          a plan that validates but cannot be rendered as asked (text does not fit, no font)
    ├── RequestError            a clip was asked for that is not made here
    ├── SealingError            the video was made but its own check failed; nothing left the workshop
    ├── PaperError              a report page or a receipt cannot be put where it was asked for
    ├── DeliveryError           what lies at the destination is not what was sealed
    ├── EnhancerError           whoever rewrites prompts cannot be asked (`enhancer.py`); nothing was rewritten
    ├── MissingExtra            an optional part is not installed
    └── StoreError              a tree of its own, in `stores/errors.py`

Each part has a tree of the same shape (`code`, `hint`, `retryable`); `every_error()` names their bases.
"""

from importlib.util import find_spec


class AdsealError(Exception):
    """Base of the front door's errors.

    Attributes:
        code: stable name for programs.
        hint: what the user can do about it; may be empty.
        retryable: the same call may succeed later without anybody changing anything.
    """

    code: str = "adseal"
    hint: str = ""
    retryable: bool = False

    def __init__(self, message: str, *, hint: str = "", retryable: bool | None = None) -> None:
        super().__init__(message)
        self.hint = hint or self.hint
        if retryable is not None:
            self.retryable = retryable


class HomeError(AdsealError):
    """The folder with keys, registry and cache cannot be used."""

    code = "home"


class PreflightError(AdsealError):
    """Plans that validate but cannot be rendered as asked; carries every problem found."""

    code = "preflight"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.hint = "shorten the text, add a font to the brand kit, or choose another template"


class RequestError(AdsealError):
    """A clip was asked for that is not made here."""

    code = "bad_request"
    hint = "correct what is named"


class SealingError(AdsealError):
    """The finished file did not pass its own check; it was thrown away."""

    code = "sealing"


class PaperError(AdsealError):
    """A report page or a receipt cannot be put where it was asked for."""

    code = "paper"
    hint = "choose another place"


class DeliveryError(AdsealError):
    """What lies at the destination is not what was sealed."""

    code = "delivery"
    retryable = True


class MissingExtra(AdsealError):
    """An optional part of Adseal is needed and not installed."""

    code = "missing_extra"


def require(extra: str, *modules: str) -> None:
    """Check that the modules of an extra can be imported, before any work starts.

    Raises:
        MissingExtra: naming the extra to install.
    """
    missing = [m for m in modules if find_spec(m) is None]
    if missing:
        raise MissingExtra(
            f"this needs {', '.join(missing)}, which is not installed",
            hint=f"pip install 'adseal[{extra}]'",
        )


def every_error() -> tuple[type[Exception], ...]:
    """The base class of each part's error tree: what a caller may catch at the top."""
    from adseal.stores.errors import StoreError
    from adseal_generator.errors import GeneratorError
    from adseal_provenance.errors import ProvenanceError
    from adseal_templates.errors import TemplatesError

    return (AdsealError, TemplatesError, GeneratorError, ProvenanceError, StoreError)
