# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How "mini" is made: ``python -m adseal_generator.training --out DIR --minutes N``.

Order of reading: `basis` (autoencoder), `pool` (clips to latents), `model` (networks), `optimiser`, `loop`,
`__main__`.
"""
