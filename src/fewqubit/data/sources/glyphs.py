"""Glyphs: characters of the fonts that Matplotlib brings, a few hundred small classes.

A class is a character, an example one of its faces (sans, serif, mono; bold, oblique) under a small
random affine map. From the fonts' outlines on, all arithmetic is in integers, so that every machine
makes the same bytes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from jaxtyping import Float, Int, UInt8
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
FEWEST_FACES = 8  # that have a character, or it is no class
VARIANTS = {"WITH", "LIGATURE", "EXTENDED"}  # words of names: accents, pairs, rare signs
LETTERS = {"Lu", "Ll", "Lo"}

FONT, CANVAS = 40, 112  # pixels: height of a line, and side of the square that it is drawn in
IS_INK = [0] * 41 + [255] * 215  # levels that count as part of a character's box
FINE = 3  # samples along each side of a pixel
UNIT = 1024  # 1 in the integers of an affine map
STRAIGHT = UNIT * np.eye(2, dtype=np.int64)
ROOM = 115  # side of an image in percent of the longer side of a character's box

Font = tuple[ImageFont.FreeTypeFont, set[int]]  # and the code points that it has


class Drawing(NamedTuple):
    """A character in one face, large.

    picture:  [h, h], ink = 255
    middle:   of its box, across and down, in half pixels
    side:     the longer one of its box, in pixels
    """

    picture: UInt8[np.ndarray, "h h"]
    middle: tuple[int, int]
    side: int


def read_glyphs(settings: Glyphs) -> RawData:
    """Characters of the chosen scripts, [N, size, size] uint8, ink = 255; a group is a script.

    A character that looks like an earlier one (o of Latin and ο of Greek) is left out: images
    correlated by ``look_alike`` or more, each the mean of all its faces.
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
    """The images, first come first kept, whose correlation with all kept ones is smaller."""
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
    """A drawing's box, fitted into the image with some room, under an affine map.

        source(p) = middle of the box + room · side of the box · (affine · p + shift)

    p in [−½, ½]² over the image; ``affine`` and ``shift`` in units of 1/1024, the latter of the
    image's side. Each pixel is the mean of 3 × 3 samples.
    """
    n = FINE * size
    p = 2 * np.arange(n) + 1 - n  # places of the samples, in halves of their distance
    whole = 2 * n * 100 * UNIT
    reach = 2 * drawing.side * ROOM
    axes = []
    for axis in range(2):
        along, across = affine[axis] * reach
        middle = drawing.middle[axis] * whole + shift[axis] * 2 * n * reach + whole
        place = (along * p[None, :] + across * p[:, None] + middle) // (2 * whole)
        axes.append(place.clip(0, CANVAS - 1))
    samples = drawing.picture[axes[1], axes[0]].reshape(size, FINE, size, FINE)
    return (samples.sum((1, 3), dtype=np.int64) // FINE**2).astype(np.uint8)


def _fonts() -> list[Font]:
    """Each face and the code points that it has."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    paths = [str(folder / f"{face}.ttf") for face in FACES]
    basic = ImageFont.Layout.BASIC
    return [
        (ImageFont.truetype(path, FONT, layout_engine=basic), set(FT2Font(path).get_charmap()))
        for path in paths
    ]


def _letters(script: str, fonts: Sequence[Font]) -> Iterator[int]:
    """The plain letters of a script that enough faces have, in the order of Unicode."""
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
    left, top, right, bottom = image.point(IS_INK).getbbox() or (0, 0, CANVAS, CANVAS)
    side = max(right - left, bottom - top, FONT // 4)
    return Drawing(np.asarray(image), (left + right - 1, top + bottom - 1), side)


def _mean_image(drawings: Sequence[Drawing], size: int) -> Float[np.ndarray, " p"]:
    still = np.zeros(2, dtype=int)
    images = [warp(drawing, STRAIGHT, still, size) for drawing in drawings]
    return np.mean(images, axis=0, dtype=float).ravel()


def _examples(
    code: int, drawings: Sequence[Drawing], settings: Glyphs
) -> UInt8[np.ndarray, "rows size size"]:
    """Faces in turn, each under a map from the character's own stream of random numbers."""
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
