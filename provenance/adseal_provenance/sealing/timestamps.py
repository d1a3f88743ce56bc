# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Asking an authority for a time stamp (RFC 3161, over HTTP as in its 3.4).

Decides: what is asked, how long an answer may take and how large it may be, and that it answers this question: status,
hash and nonce. Leaves out: the token's own signature and whether anybody trusts it; a verifier judges those
(``stamping`` reads every stamp back like one).

Why not the C2PA library's own client: it knows one authority, no deadline, and gives up the whole signing when that one
is down.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adseal_provenance.errors import SealError

#: Tokens have 1 to 7 kB; a chain of large RSA certificates makes the upper end.
MAX_ANSWER_BYTES = 64 * 1024
_SEQUENCE, _INTEGER, _OCTETS, _OID, _TIME, _BOOLEAN = 0x30, 0x02, 0x04, 0x06, 0x18, 0x01
#: AlgorithmIdentifier of SHA-256, with the NULL that old authorities insist on.
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_STATUS = {
    2: "rejected the request",
    3: "put the request off",
    4: "is about to be revoked",
    5: "has been revoked",
}


@dataclass(frozen=True)
class Token:
    """A time stamp: the TimeStampToken as DER, and the time in it (aware UTC)."""

    der: bytes
    time: dt.datetime


def ask(url: str, message: bytes, *, timeout_s: float) -> Token:
    """Have ``message`` stamped; only its SHA-256 leaves this machine. ``timeout_s`` covers the whole exchange.

    Raises:
        SealError: ``time_stamp`` (retryable), with the reason in words.
    """
    digest, nonce = hashlib.sha256(message).digest(), secrets.randbits(63)
    answer = _exchange(url, _question(digest, nonce), timeout_s)
    try:
        return _token(answer, digest, nonce)
    except (IndexError, ValueError) as error:
        raise refused(f"what {url} answers is no time stamp ({error})") from error


def refused(why: str) -> SealError:
    """The error for a stamp that could not be had."""
    return SealError(
        why, code="time_stamp", hint="Try again later, or name another authority.", retryable=True
    )


def _exchange(url: str, question: bytes, timeout_s: float) -> bytes:
    if urlsplit(url).scheme not in ("http", "https"):
        raise SealError(
            f"{url} is not the address of a time-stamp authority",
            code="time_stamp",
            hint="Use http://… or https://…",
            retryable=False,
        )
    ends = time.monotonic() + timeout_s
    request = urllib.request.Request(  # the scheme was just checked
        url, data=question, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.build_opener(_NoRedirect()).open(request, timeout=timeout_s) as reply:
            answer = b""
            # Each read has its own clock, so an authority that drips bytes would never time out by itself.
            while chunk := reply.read1(8192):
                answer += chunk
                if time.monotonic() > ends:
                    raise refused(f"{url} did not finish its answer within {timeout_s:g} s")
                if len(answer) > MAX_ANSWER_BYTES:
                    raise refused(f"{url} answers more than {MAX_ANSWER_BYTES} bytes")
            return answer
    except urllib.error.HTTPError as error:
        error.close()
        raise refused(f"{url} answers with status {error.code}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            raise refused(f"{url} did not answer within {timeout_s:g} s") from error
        raise refused(f"{url} cannot be reached ({reason})") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Where a stamp comes from is the caller's choice, not the answer's."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _question(digest: bytes, nonce: int) -> bytes:
    """TimeStampReq (2.4.1) version 1; the token shall bring its certificate along (C2PA 2.1, 10.3.2.5)."""
    imprint = _der(_SEQUENCE, _SHA256 + _der(_OCTETS, digest))
    number = _der(_INTEGER, nonce.to_bytes(nonce.bit_length() // 8 + 1))
    return _der(_SEQUENCE, _der(_INTEGER, b"\1") + imprint + number + _der(_BOOLEAN, b"\xff"))


def _token(answer: bytes, digest: bytes, nonce: int) -> Token:
    """TimeStampResp (2.4.2): PKIStatusInfo, then the token if the status is 0 or 1."""
    outer = _open(answer, _SEQUENCE)
    info, rest = _take(outer, _SEQUENCE)
    status = int.from_bytes(_take(info, _INTEGER)[0])
    if status > 1:
        raise ValueError(f"the authority {_STATUS.get(status, f'says status {status}')}")
    _take(rest, _SEQUENCE)
    # ContentInfo → SignedData → EncapsulatedContentInfo → TSTInfo (RFC 5652 5.1, RFC 3161 2.4.2).
    kind, content = _take(_open(rest, _SEQUENCE), _OID)
    if kind != _SIGNED_DATA:
        raise ValueError("it holds no signed data")
    data = _open(_open(content, 0xA0), _SEQUENCE)
    _, data = _take(data, _INTEGER)
    _, data = _take(data, 0x31)
    kind, content = _take(_take(data, _SEQUENCE)[0], _OID)
    if kind != _TST_INFO:
        raise ValueError("it signs something else than a time")
    stated = _open(_open(_open(content, 0xA0), _OCTETS), _SEQUENCE)
    _, stated = _take(stated, _INTEGER)
    _, stated = _take(stated, _OID)
    imprint, stated = _take(stated, _SEQUENCE)
    if _take(_take(imprint, _SEQUENCE)[1], _OCTETS)[0] != digest:
        raise ValueError("it is the stamp of something else")
    _, stated = _take(stated, _INTEGER)
    moment, stated = _take(stated, _TIME)
    if _nonce(stated) != nonce:
        raise ValueError("it answers another question")
    return Token(der=rest, time=_moment(moment))


def _nonce(fields: bytes) -> int | None:
    """The nonce behind the optional fields accuracy and ordering."""
    while fields:
        if fields[0] == _INTEGER:
            return int.from_bytes(_take(fields, _INTEGER)[0])
        _, fields = _take(fields, fields[0])
    return None


def _moment(text: bytes) -> dt.datetime:
    """GeneralizedTime in UTC, with or without a fraction."""
    whole, _, _ = text.decode("ascii").removesuffix("Z").partition(".")
    return dt.datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)


def _der(tag: int, content: bytes) -> bytes:
    if len(content) > 127:  # no part of a question is that long
        raise ValueError("only short forms are written here")
    return bytes((tag, len(content))) + content


def _open(data: bytes, tag: int) -> bytes:
    return _take(data, tag)[0]


def _take(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element, which must have this tag, and everything behind it."""
    if data[0] != tag:
        raise ValueError(f"tag {data[0]:#x} in place of {tag:#x}")
    length, start = data[1], 2
    if length > 127:
        start = 2 + (length & 127)
        if not 2 < start <= 6:
            raise ValueError("an element without a length")
        length = int.from_bytes(data[2:start])
    if start + length > len(data):
        raise ValueError("an element is cut off")
    return data[start : start + length], data[start + length :]
