# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The signature in a manifest store: finding it, and putting a time stamp beside it.

A signature box holds COSE_Sign1 with room to spare (C2PA 2.4: unprotected header ``pad``). A time stamp goes into the
unprotected header ``sigTst2`` (C2PA 2.1, 10.3.2.5.4) and eats of that room, so that no byte moves: sizes, hashes and
the signature itself stay what they are. That is why a stamp can be had after signing, and without the key.

Decides: where these bytes are. Leaves out: where tokens come from (``timestamps``) and their judgement.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from adseal_provenance.credentials.container import boxes
from adseal_provenance.errors import MediaError, SealError

_LABEL = b"c2pa.signature"
_STAMP, _PAD = "sigTst2", "pad"
_BYTES, _TEXT, _ARRAY, _MAP, _TAG = 2, 3, 4, 5, 6
#: Padding keeps a two-byte length, whatever is taken from it.
_LEAST_PAD = 256


class _Cose(NamedTuple):
    """Offsets into the store of one COSE_Sign1."""

    entries: dict[str, tuple[int, int]]  # unprotected headers: from the key to the end of the value
    protected: bytes  # the protected headers as they stand, a CBOR byte string
    headers: tuple[int, int]  # the whole unprotected map
    signature: bytes


def to_be_stamped(store: bytes) -> bytes:
    """What a time stamp of the active manifest covers: Sig_structure "CounterSignature" (RFC 9052 4.4) with the
    signature, as a CBOR byte string, for its payload (C2PA 2.1, 10.3.2.5).

    Raises:
        SealError: ``time_stamp`` where the store is not laid out as expected, or is stamped already.
    """
    found = _find(store)
    if _STAMP in found.entries:
        raise _unfit("it carries a time stamp already")
    payload = _head(_BYTES, len(found.signature)) + found.signature
    nothing = _head(_BYTES, 0)
    parts = _text("CounterSignature") + found.protected + nothing + _head(_BYTES, len(payload)) + payload
    return _head(_ARRAY, 4) + parts


def with_stamp(store: bytes, token: bytes) -> bytes:
    """The store with a TimeStampToken beside the active manifest's signature; exactly as long as before.

    Raises:
        SealError: ``time_stamp`` where the token needs more room than there is.
    """
    found = _find(store)
    start, end = found.headers
    if _PAD not in found.entries:
        raise _unfit("it has no room for one")
    pad_start, pad_end = found.entries[_PAD]
    stamp = _text(_STAMP) + _head(_MAP, 1) + _text("tstTokens") + _head(_ARRAY, 1)
    stamp += _head(_MAP, 1) + _text("val") + _head(_BYTES, len(token)) + token
    pad = pad_end - pad_start - len(stamp) - len(_text(_PAD)) - 3
    if pad < _LEAST_PAD:
        raise _unfit(f"a stamp of {len(token)} bytes does not fit")
    others = b"".join(store[a:b] for name, (a, b) in found.entries.items() if name != _PAD)
    headers = _head(_MAP, len(found.entries) + 1) + others + stamp
    headers += _text(_PAD) + _head(_BYTES, pad) + bytes(pad)
    if len(headers) != end - start:  # the map's own head grew, or the padding was written in another form
        raise _unfit("its headers cannot be rewritten in place")
    return store[:start] + headers + store[end:]


def _find(store: bytes) -> _Cose:
    try:
        start, end = _signature_box(store)
        return _cose(store, start, end)
    except (IndexError, ValueError, MediaError) as error:
        raise _unfit(f"its signature cannot be found ({error})") from error


def _signature_box(store: bytes) -> tuple[int, int]:
    """Content of the active (last) manifest's signature box (ISO 19566-5: superboxes ``jumb``)."""
    file = io.BytesIO(store)
    whole = next(boxes(file, 0, len(store)))
    manifests = [box for box in boxes(file, whole.payload, whole.end) if box.kind == b"jumb"]
    if not manifests:
        raise ValueError("no manifest")
    for box in boxes(file, manifests[-1].payload, manifests[-1].end):
        if box.kind != b"jumb":
            continue
        parts = list(boxes(file, box.payload, box.end))
        # Description box: type (16 bytes), toggles, label, NUL.
        label = store[parts[0].payload + 17 : parts[0].end].split(b"\0")[0]
        if label == _LABEL:
            return parts[1].payload, parts[1].end
    raise ValueError("no signature box")


def _cose(store: bytes, start: int, end: int) -> _Cose:
    """COSE_Sign1 (RFC 9052 4.2): tag 18, [protected, {unprotected}, payload, signature]."""
    kind, number, position = _read(store, start)
    if (kind, number) != (_TAG, 18):
        raise ValueError("no COSE_Sign1")
    kind, number, position = _read(store, position)
    if (kind, number) != (_ARRAY, 4):
        raise ValueError("no array of four")
    protected, first = position, _skip(store, position)
    kind, count, position = _read(store, first)
    if kind != _MAP or count > 22:
        raise ValueError("no map of headers")
    entries = {}
    for _ in range(count):
        kind, length, text = _read(store, position)
        name = store[text : text + length].decode() if kind == _TEXT else f"#{position}"
        after = _skip(store, _skip(store, position))
        entries[name] = (position, after)
        position = after
    last = position
    kind, length, position = _read(store, _skip(store, position))
    if kind != _BYTES or position + length > end:
        raise ValueError("no signature")
    return _Cose(entries, store[protected:first], (first, last), store[position : position + length])


def _read(data: bytes, position: int) -> tuple[int, int, int]:
    """Major type, number, and what follows, of a CBOR head (RFC 8949 3); no indefinite lengths."""
    kind, short = data[position] >> 5, data[position] & 31
    if short < 24:
        return kind, short, position + 1
    if short > 27:
        raise ValueError("an indefinite length")
    size = 1 << (short - 24)
    return kind, int.from_bytes(data[position + 1 : position + 1 + size]), position + 1 + size


def _skip(data: bytes, position: int, depth: int = 0) -> int:
    """Behind the item that begins here."""
    if depth > 16:
        raise ValueError("nested too deeply")
    kind, number, position = _read(data, position)
    if kind in (_BYTES, _TEXT):
        position += number
    elif kind in (_ARRAY, _MAP, _TAG):
        for _ in range({_ARRAY: number, _MAP: 2 * number, _TAG: 1}[kind]):
            position = _skip(data, position, depth + 1)
    if position > len(data):
        raise ValueError("an item is cut off")
    return position


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes((kind << 5 | number,))
    size = 1 if number < 1 << 8 else 2
    return bytes((kind << 5 | 23 + size,)) + number.to_bytes(size)


def _text(text: str) -> bytes:
    return _head(_TEXT, len(text)) + text.encode()


def _unfit(why: str) -> SealError:
    return SealError(
        f"the credential cannot take a time stamp: {why}",
        code="time_stamp",
        hint="Seal the video again, with an authority named.",
    )
