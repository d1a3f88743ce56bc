# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What others mark: labels of every spelling, public marks, credentials of any vendor; and what they may not do."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import c2pa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.provenance_kit import Seal, box

from adseal_provenance.credentials.container import XMP_UUID, aigc_metadata
from adseal_provenance.credentials.trust import c2pa_settings
from adseal_provenance.credentials.xmp import read_xmp_labels
from adseal_provenance.reading.labels import read_labels
from adseal_provenance.reading.media import Limits
from adseal_provenance.verify import verify
from adseal_provenance.watermark.foreign.known import KNOWN_MARKS
from adseal_provenance.watermark.foreign.wavelet import WaveletMark

DST = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
TAG = '{"Label":"1","ContentProducer":"001191110108MA01KP2T5U","ProduceID":"7"}'
QUOTED = TAG.replace('"', "&quot;")


def packet(body: str, attributes: str = "") -> bytes:
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="{RDF}" xmlns:i="{EXT}" xmlns:T="{TC260}">'
        f'<r:Description r:about="" {attributes}>{body}</r:Description></r:RDF></x:xmpmeta>'
    ).encode()


SPELLINGS = {
    "attribute": packet("", f'i:DigitalSourceType="{DST}"'),
    "element": packet(f"<i:DigitalSourceType> {DST}\n</i:DigitalSourceType>"),
    "resource": packet(f'<i:DigitalSourceType r:resource="{DST}"/>'),
    "a list": packet(f"<i:DigitalSourceType><r:Bag><r:li>{DST}</r:li></r:Bag></i:DigitalSourceType>"),
    "UTF-16": packet("", f'i:DigitalSourceType="{DST}"').decode().encode("utf-16"),
    "padded": packet("", f'i:DigitalSourceType="{DST}"') + b" \n\0" * 50,
    "no XML at all": f"Iptc4xmpExt:DigitalSourceType = '{DST}' <".encode(),
}


@pytest.mark.parametrize("xmp", SPELLINGS.values(), ids=list(SPELLINGS))
def test_the_digital_source_type_is_read_in_every_spelling(xmp: bytes) -> None:
    assert read_xmp_labels(xmp).source_types == ("trainedAlgorithmicMedia",)


@pytest.mark.parametrize(
    "xmp", [packet("", f'T:AIGC="{QUOTED}"'), packet(f"<T:AIGC>{TAG}</T:AIGC>")], ids=["attribute", "element"]
)
def test_the_aigc_tag_of_a_packet_is_read(xmp: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(box(b"ftyp", b"isom" + bytes(4)) + box(b"uuid", XMP_UUID + xmp))
    found = read_labels(path, Limits()).aigc
    assert found == json.loads(TAG), "fields that are not there are not made up"


def test_a_property_of_the_same_name_in_another_namespace_is_no_label() -> None:
    other = packet("").replace(EXT.encode(), b"http://example.org/")
    assert read_xmp_labels(other.replace(b'r:about=""', b'i:DigitalSourceType="x"')).source_types == ()


def test_a_packet_with_entities_is_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "trainedAlgorithmicMedia"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert (
        read_xmp_labels(bomb.encode() + packet("<i:DigitalSourceType>&b;</i:DigitalSourceType>")).source_types
        == ()
    )


def test_quicktimes_own_place_for_the_packet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    udta = box(b"udta", box(b"XMP_", SPELLINGS["attribute"]))
    path.write_bytes(box(b"ftyp", b"qt  " + bytes(4)) + box(b"moov", udta))
    assert read_labels(path, Limits()).source_types == ("trainedAlgorithmicMedia",)


def test_the_aigc_tag_of_another_container_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w", format="matroska") as out:
        out.metadata.update(aigc_metadata("Example Ads GmbH", "7", label="2"))
        stream = out.add_stream("libx264", rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for packet_ in [*stream.encode(av.VideoFrame(64, 64, "yuv420p")), *stream.encode()]:
            out.mux(packet_)
    found = read_labels(path, Limits()).aigc
    assert found is not None and (found["Label"], found["ProduceID"]) == ("2", "7")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_packet_makes_the_reader_raise(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(list(SPELLINGS.values())))
    cut = data.draw(st.integers(0, len(whole)))
    labels = read_xmp_labels(whole[:cut] + data.draw(st.binary(max_size=40)) + whole[cut:])
    assert all(len(name) <= 200 for name in labels.source_types)


def test_a_very_deep_packet_takes_no_time() -> None:
    deep = "<r:li>" * 200_000
    assert read_xmp_labels(packet(f"<i:DigitalSourceType>{deep}")).source_types == ()


# ---- public marks of generators


def marked_video(path: Path, generator: str, *, crf: str) -> Path:
    """A natural-looking moving picture, each frame with the generator's own mark, coded as asked."""
    mark = next(m for m in KNOWN_MARKS if m.generator == generator)
    noise = np.random.default_rng(3)
    import cv2

    coarse = cv2.resize(noise.uniform(0, 255, (12, 16, 3)).astype(np.float32), (340, 340))
    frames = (np.clip(coarse[:320, k : k + 320] + 0.0, 0, 255).astype(np.uint8) for k in range(6))
    pictures = WaveletMark("dwtDct", len(mark.bits)).embed(frames, mark.bits)
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264rgb", rate=24, options={"crf": crf, "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 320, "rgb24"
        for picture in pictures:
            for packet_ in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet_)
        for packet_ in stream.encode():
            out.mux(packet_)
    return path


def test_the_mark_of_sdxl_is_told_on_its_axis_and_changes_no_verdict(tmp_path: Path) -> None:
    report = verify(marked_video(tmp_path / "a.mp4", "Stable Diffusion XL", crf="0"))
    assert report.verdict == "none", "a public mark never changes a verdict"
    assert report.axes["picture_watermark"].state == "not_checked"
    assert (
        "Stable Diffusion XL, 48 of 48 bits); anyone can write one"
        in report.axes["picture_watermark"].sentence
    )
    assert report.axes["ai_claim"].state == "warn"
    assert [m.generator for m in report.media.known_marks] == ["Stable Diffusion XL"]
    assert report.media.known_marks[0].log10_p < -12


def test_a_picture_without_such_a_mark_says_nothing_of_one(seal: Seal) -> None:
    report = verify(seal.path, trust=seal.trust)
    assert report.verdict == "intact" and report.media.known_marks == ()
    assert "public mark" not in report.axes["picture_watermark"].sentence + report.axes["ai_claim"].sentence


# ---- credentials of any vendor


def vendor_file(seal: Seal, path: Path, assertions: list[dict[str, Any]]) -> Path:
    """A file signed by somebody else's program: not one assertion of ours in it."""
    definition = {
        "title": "Somebody's clip",
        "format": "video/mp4",
        "claim_generator_info": [{"name": "Other Studio", "version": "9.1"}],
        "assertions": assertions,
    }
    information = c2pa.C2paSignerInfo(
        alg=b"es256",
        sign_cert=seal.identity.chain_pem.encode(),
        private_key=(seal.plain.parent / "identity" / "key.pem").read_bytes(),
        ta_url=None,
    )
    with (
        c2pa.Context.from_dict(c2pa_settings("")) as context,
        c2pa.Signer.from_info(information) as signer,
        c2pa.Builder(definition, context) as builder,
    ):
        builder.sign_file(str(seal.plain), str(path), signer)
    return path


CREATED = {"action": "c2pa.created", "digitalSourceType": DST, "softwareAgent": "OtherGen 3"}
EDITED = {
    "action": "c2pa.created",
    "digitalSourceType": DST.replace("trainedAlgorithmicMedia", "digitalCapture"),
}


def test_a_credential_of_another_vendor_is_read_with_everything_it_says(seal: Seal, tmp_path: Path) -> None:
    binding = {"alg": "com.example.mark.7", "blocks": [{"scope": {}, "value": "00ff"}]}
    path = vendor_file(
        seal,
        tmp_path / "other.mp4",
        [
            {"label": "c2pa.actions", "data": {"actions": [CREATED]}},
            {"label": "c2pa.soft-binding", "data": binding},
        ],
    )
    report = verify(path, trust=seal.trust)
    assert report.verdict == "intact", report.summary
    assert report.manifest is not None and report.manifest.generator == "Other Studio 9.1"
    assert report.axes["ai_claim"].sentence.startswith(
        "The credential says: trainedAlgorithmicMedia by 'OtherGen 3'"
    )
    assert [(b.algorithm, b.value) for b in report.manifest.soft_bindings] == [("com.example.mark.7", "00ff")]
    assert report.manifest.claims == {}


def test_a_source_type_in_signed_metadata_counts_like_one_in_an_action(seal: Seal, tmp_path: Path) -> None:
    metadata = {"@context": {"Iptc4xmpExt": EXT}, "Iptc4xmpExt:DigitalSourceType": DST}
    path = vendor_file(
        seal,
        tmp_path / "other.mp4",
        [
            {"label": "c2pa.actions", "data": {"actions": [EDITED]}},
            {"label": "cawg.metadata", "data": metadata},
        ],
    )
    report = verify(path, trust=seal.trust)
    assert report.axes["ai_claim"].state == "pass", report.axes["ai_claim"]
    assert "cawg.metadata" in report.axes["ai_claim"].sentence
