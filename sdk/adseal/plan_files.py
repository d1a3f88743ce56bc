# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Plans as a file: what was planned, looked at and accepted is what is rendered later.

Decides that a plan which was edited by hand, or whose pictures and fonts changed since, is refused. Leaves out making
plans (`adseal_templates`) and rendering them (`studio`).
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from adseal.errors import RequestError
from adseal_templates.plan import AdPlan

_MAX_BYTES: Final = 256 * 1024 * 1024


def write_plans(path: Path, plans: Sequence[AdPlan]) -> None:
    """Write plans to a new file. Raises RequestError where the file exists or cannot be written."""
    document = {"plans": [plan.model_dump(mode="json") for plan in plans]}
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
            file.write("\n")
    except FileExistsError as error:
        raise RequestError(f"{path} exists already", hint="choose another name") from error
    except OSError as error:
        raise RequestError(f"{path} cannot be written: {error.strerror}") from error


def read_plans(path: Path) -> list[AdPlan]:
    """The plans of a file. Raises RequestError with everything that is wrong with them."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RequestError(f"{path} is larger than {_MAX_BYTES // 2**20} MiB")
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        plans = [AdPlan.model_validate(plan) for plan in document["plans"]]
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise RequestError(f"{path}: {first['msg']} at {'.'.join(map(str, first['loc']))}") from error
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        hint = "`adseal plan CAMPAIGN --out FILE` writes one"
        raise RequestError(f"{path} is not a file of plans", hint=hint) from error
    problems = list(_problems(plans))
    if problems or not plans:
        raise RequestError(f"{path}: " + ("; ".join(problems) or "holds no plan"), hint="plan once more")
    return plans


def _problems(plans: Sequence[AdPlan]) -> Iterator[str]:
    checked: dict[str, str] = {}
    for plan in plans:
        if plan.content_hash() != plan.plan_hash:
            yield f"{plan.plan_id} was changed after planning"
        for asset in plan.assets:
            if asset.path not in checked:
                checked[asset.path] = asset.sha256
                try:
                    same = hashlib.sha256(Path(asset.path).read_bytes()).hexdigest() == asset.sha256
                except OSError:
                    same = False
                if not same:
                    yield f"{asset.path} is gone or another file now"
    names = [plan.plan_id for plan in plans]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield f"names {', '.join(twice)} twice"
