"""What pictures tell of places and people is taken out of them; how they look is not."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uptake.files.metadata import STRIPPERS, Damaged
from uptake.testing import files


def stripped(kind: str, data: bytes) -> bytes:
    target = io.BytesIO()
    STRIPPERS[kind](io.BytesIO(data), target)
    return target.getvalue()


@pytest.mark.parametrize(("kind", "make"), [("png", files.png), ("jpeg", files.jpeg), ("webp", files.webp)])
def test_a_picture_that_tells_nothing_stays_byte_for_byte(kind: str, make: Callable[..., bytes]) -> None:
    assert stripped(kind, make()) == make()


@pytest.mark.parametrize(("kind", "make"), [("png", files.png), ("webp", files.webp)])
def test_camera_place_and_author_go(kind: str, make: Callable[..., bytes]) -> None:
    assert files.SECRET in make(told=True)
    assert stripped(kind, make(told=True)) == make()


@pytest.mark.parametrize("orientation", [1, 6, 8])
def test_of_a_jpeg_its_turn_and_its_colours_stay(orientation: int) -> None:
    found = stripped("jpeg", files.jpeg(told=True, orientation=orientation))
    assert files.SECRET not in found
    assert b"MPF\0" not in found
    assert b"ICC_PROFILE\0\x01\x01colours" in found
    assert b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes((orientation,)) in found
    assert found.endswith(files.jpeg()[-140_000:])


@pytest.mark.parametrize(("kind", "make"), [("png", files.png), ("jpeg", files.jpeg)])
def test_what_is_glued_behind_a_picture_goes(kind: str, make: Callable[..., bytes]) -> None:
    assert stripped(kind, make(behind=b"<script>alert(1)</script>" + files.DOCX)) == make()


def test_a_jpeg_without_its_end_gets_one() -> None:
    assert stripped("jpeg", files.jpeg()[:-2]) == files.jpeg()


@given(
    kind=st.sampled_from(["png", "jpeg", "webp"]),
    at=st.integers(0, 400),
    junk=st.binary(max_size=40),
    cut=st.booleans(),
)
def test_damage_is_said_and_never_breaks(kind: str, at: int, junk: bytes, cut: bool) -> None:
    whole = {"png": files.png, "jpeg": files.jpeg, "webp": files.webp}[kind](told=True)
    damaged = whole[:at] + junk + (b"" if cut else whole[at + len(junk) :])
    with suppress(Damaged):
        assert len(stripped(kind, damaged)) <= len(damaged) + 40
