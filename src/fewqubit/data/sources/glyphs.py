"""Glyphs: characters of the fonts that come with Matplotlib, a few hundred small classes.

A class is a character. An example is the character in one face (sans, serif, mono; bold, oblique)
under a small random affine map. All arithmetic after the fonts' outlines is in integers, so that
every machine makes the same bytes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from jaxtyping import Bool, Float, Int, UInt8
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from fewqubit.data.generated import Glyphs
from fewqubit.data.raw import RawData

FACES = (
    *(f"DejaVuSans{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSansMono{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSerif{style}" for style in ("", "-Bold", "-Italic", "-BoldItalic")),
    *(f"STIXGeneral{style}" for style in ("", "Bol", "Italic", "BolIta")),
)
FEWEST_FACES = 8  # a character in fewer faces is no class
VARIANTS = {"WITH", "LIGATURE", "EXTENDED"}  # words in names of accents, pairs, rare signs
LETTERS = {"Lu", "Ll", "Lo"}

FONT, CANVAS = 40, 112  # pixels: height of a line, side of the square that a character is drawn in
INK = 41  # the least level that counts as part of a character's box
FINE = 3  # samples along each side of a pixel
UNIT = 1024  # 1 in the integers of an affine map
STRAIGHT = UNIT * np.eye(2, dtype=np.int64)
ROOM = 115  # side of an image in percent of the longer side of a character's box

Font = tuple[ImageFont.FreeTypeFont, set[int]]  # the face, the code points in it


class Drawing(NamedTuple):
    """A large drawing of a character in one face.

    picture:  [h, h], ink = 255
    middle:   center of the character's box, across and down, in half pixels
    side:     longer side of the box, in pixels
    """

    picture: UInt8[np.ndarray, "h h"]
    middle: tuple[int, int]
    side: int


def read_glyphs(settings: Glyphs) -> RawData:
    """Characters of the chosen scripts, [N, size, size] uint8, ink = 255; a group is a script.

    A character that looks like an earlier one (Latin o and Greek ο) is left out: the mean images
    of their faces have a correlation of ``look_alike`` or more.
    """
    fonts = _fonts()
    drawn = [
        (script, code, [_draw(code, font) for font, codes in fonts if code in codes])
        for script in settings.scripts
        for code in _letters(script, fonts)
    ]
    upright = np.stack([_mean_image(drawings, settings.size) for _, _, drawings in drawn])
    kept = [drawn[number] for number in distinct(upright, settings.look_alike)]
    x = [_examples(code, drawings, settings) for _, code, drawings in kept]
    y = np.repeat(np.arange(len(kept), dtype=np.int32), settings.rows)
    names: list[str] = [_name(code) for _, code, _ in kept]
    scripts: list[str] = [script for script, _, _ in kept]
    return RawData(np.concatenate(x), y, names, scripts)


def distinct(images: Float[np.ndarray, "n p"], look_alike: float) -> list[int]:
    """Indices of the kept images: each correlates less than ``look_alike`` with all kept before."""
    centred = images - images.mean(axis=1, keepdims=True)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    kept: list[int] = []
    for number, image in enumerate(unit):
        if not kept or (unit[kept] @ image).max() < look_alike:
            kept.append(number)
    return kept


def warp(
    drawing: Drawing, affine: Int[np.ndarray, "2 2"], shift: Int[np.ndarray, " 2"], size: int
) -> UInt8[np.ndarray, "size size"]:
    """A drawing's box, fitted into the image with a margin, under an affine map.

        source(p) = middle of the box + margin · side of the box · (affine · p + shift)

    p is in [−½, ½]² over the image. ``affine`` is in units of 1/1024, ``shift`` in 1/1024 of the
    image's side. Each pixel is the mean of 3 × 3 samples.
    """
    n = FINE * size
    p = 2 * np.arange(n) + 1 - n  # positions of the samples, in halves of their distance
    scale = 2 * n * 100 * UNIT
    reach = 2 * drawing.side * ROOM
    axes = []
    for axis in range(2):
        along, across = affine[axis] * reach
        middle = drawing.middle[axis] * scale + shift[axis] * 2 * n * reach + scale
        place = (along * p[None, :] + across * p[:, None] + middle) // (2 * scale)
        axes.append(place.clip(0, CANVAS - 1))
    samples = drawing.picture[axes[1], axes[0]].reshape(size, FINE, size, FINE)
    return (samples.sum((1, 3), dtype=np.int64) // FINE**2).astype(np.uint8)


def _fonts() -> list[Font]:
    """Each face and its code points."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    paths = [str(folder / f"{face}.ttf") for face in FACES]
    basic = ImageFont.Layout.BASIC
    return [
        (ImageFont.truetype(path, FONT, layout_engine=basic), set(FT2Font(path).get_charmap()))
        for path in paths
    ]


def _letters(script: str, fonts: Sequence[Font]) -> Iterator[int]:
    """The plain letters of a script that are in enough faces, in the order of Unicode."""
    for code in sorted(set().union(*(codes for _, codes in fonts))):
        words = unicodedata.name(chr(code), "").split()
        letter = words[:1] == [script.upper()] and unicodedata.category(chr(code)) in LETTERS
        plain = not unicodedata.decomposition(chr(code)) and not VARIANTS.intersection(words)
        if letter and plain and sum(code in codes for _, codes in fonts) >= FEWEST_FACES:
            yield code


def _name(code: int) -> str:
    """ "armenian small ayb" of "ARMENIAN SMALL LETTER AYB"."""
    return " ".join(w for w in unicodedata.name(chr(code)).lower().split() if w != "letter")


def _draw(code: int, font: ImageFont.FreeTypeFont) -> Drawing:
    image = Image.new("L", (CANVAS, CANVAS))
    middle = (CANVAS // 2, CANVAS // 2)
    ImageDraw.Draw(image).text(middle, chr(code), fill=255, font=font, anchor="mm")
    picture = np.asarray(image)
    (left, right), (top, bottom) = (_extent(picture >= INK, axis) for axis in (0, 1))
    side = max(right - left, bottom - top, FONT // 4)
    return Drawing(picture, (left + right - 1, top + bottom - 1), side)


def _extent(ink: Bool[np.ndarray, "h h"], axis: int) -> tuple[int, int]:
    """First column with ink (``axis`` 1: row), and the one after the last; all of an empty one."""
    found = np.flatnonzero(ink.any(axis))
    return (int(found[0]), int(found[-1]) + 1) if len(found) else (0, len(ink))


def _mean_image(drawings: Sequence[Drawing], size: int) -> Float[np.ndarray, " p"]:
    still = np.zeros(2, dtype=int)
    images = [warp(drawing, STRAIGHT, still, size) for drawing in drawings]
    return np.mean(images, axis=0, dtype=float).ravel()


def _examples(
    code: int, drawings: Sequence[Drawing], settings: Glyphs
) -> UInt8[np.ndarray, "rows size size"]:
    """The faces in rotation, each under a map from the character's own random stream."""
    random = np.random.default_rng((settings.data_seed, code))
    reach = round(2 * settings.distortion * UNIT)
    bends = random.integers(-reach, reach + 1, size=(settings.rows, 2, 2))
    shifts = random.integers(-reach, reach + 1, size=(settings.rows, 2)) // 4
    rows = enumerate(zip(bends, shifts, strict=True))
    return np.stack(
        [
            warp(drawings[row % len(drawings)], STRAIGHT + bend, shift, settings.size)
            for row, (bend, shift) in rows
        ]
    )
