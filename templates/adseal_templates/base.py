# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What every model of this package is built on."""

from pydantic import BaseModel, ConfigDict


class M(BaseModel):
    """Base of every plan model: frozen, unknown fields refused, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
