"""A picture as a row of numbers: read within bounds, turned upright, resized, grey or in colour."""

import base64
import io
import struct
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps

from fewqubit.data.labels import joined, quoted
from fewqubit.data.pictures.settings import Pictures
from fewqubit.errors import DataError

PICTURE = "picture"  # the column of a table that has them
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "PPM", "GIF")
MOST_PIXELS = 100_000_000  # 300 MB once decoded; a file of a few kB can claim to have as many
MOST_MEMORY = 4 * 2**30  # bytes of all rows
MOST_THREADS = 8  # each may hold a decoded picture; Pillow works outside Python's lock
MOST_BYTES = 256 * 2**20  # of one file
GREY_16 = ("I;16", "I;16L", "I;16B", "I;16N")
TOO_DEEP = ("I", "F")  # whole numbers and floats of 32 bits
# what decoders raise for a file that is cut, or made to harm
FAULTS = (
    *(OSError, SyntaxError, ValueError, struct.error, EOFError, LookupError, TypeError),
    *(AttributeError, ArithmeticError, MemoryError, RuntimeError, Image.DecompressionBombError),
)
FILTERS = {
    "lanczos": Image.Resampling.LANCZOS,
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "box": Image.Resampling.BOX,
    "nearest": Image.Resampling.NEAREST,
}


def decode(picture: bytes | Path, how: Pictures, where: str) -> UInt8[np.ndarray, "..."]:
    """The picture as a row of levels [size, size] or [size, size, 3].

    It is rotated by its EXIF tag; of several frames, the first is used. Raises DataError, beginning
    with ``where``: it is no picture, is damaged, too large, or has levels of unknown range.
    """
    with _faults(where), Image.open(_stream(picture, where), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise DataError(
                f"{where}: has {width} × {height} pixels; pictures of up to "
                f"{MOST_PIXELS // 10**6} million are read: make it smaller"
            )
        image.draft(None, (4 * how.size, 4 * how.size))  # a JPEG is decoded at a fraction of it
        upright = _plain(ImageOps.exif_transpose(image), how, where)
        levels = np.asarray(_resized(upright, how))
    return 255 - levels if how.invert else levels


def decode_all(
    pictures: Sequence[bytes | Path],
    wheres: Sequence[str],
    how: Pictures,
    tell: Callable[[int], None] = lambda done: None,
) -> UInt8[np.ndarray, "N ..."]:
    """All pictures as rows, in order, on all cores; ``tell`` gets the number that are done.

    Raises DataError: the rows need too much memory; or as ``decode``, with the first picture's
    error and the names of others.
    """
    if (size := len(pictures) * int(np.prod(how.shape))) > MOST_MEMORY:
        raise DataError(
            f"{len(pictures)} pictures of {how.size} × {how.size} take {size / 2**30:.1f} GiB; up "
            f"to {MOST_MEMORY >> 30} GiB are held: lower pictures.size, or take grey"
        )
    rows, faults = np.empty((len(pictures), *how.shape), np.uint8), dict[str, str]()

    def decode_one(place: int) -> None:
        try:
            rows[place] = decode(pictures[place], how, wheres[place])
        except DataError as error:
            faults[wheres[place]] = str(error)

    with catch_warnings(), ThreadPoolExecutor(MOST_THREADS) as pool:
        simplefilter("ignore")  # of odd metadata; what is too large is refused
        for done, _ in enumerate(pool.map(decode_one, range(len(pictures))), 1):
            tell(done)
    if bad := [where for where in wheres if where in faults]:
        others = joined(("/".join(Path(where).parts[-2:]) for where in bad[1:]), 5)
        more = f" (and {len(bad) - 1} more: {others})" if others else ""
        raise DataError(f"{faults[bad[0]]}{more}")
    return rows


def encode(row: UInt8[np.ndarray, "..."], how: Pictures) -> bytes:
    """A PNG that ``decode`` turns back into ``row``."""
    stream = io.BytesIO()
    Image.fromarray(255 - row if how.invert else row).save(stream, "PNG")
    return stream.getvalue()


def picture_of(cell: object, where: str) -> bytes | Path:
    """The bytes or the path that a cell holds; text is base64. Raises DataError: it is neither."""
    if isinstance(cell, str):
        try:
            return base64.b64decode(cell.partition("base64,")[2] or cell, validate=True)
        except ValueError:
            raise DataError(
                f"{where}: expected the bytes of a picture file in base64, got {quoted(cell)}"
            ) from None
    if not isinstance(cell, bytes | Path):
        raise DataError(f"{where}: expected a picture file, got {type(cell).__name__}")
    return cell


@contextmanager
def _faults(where: str) -> Iterator[None]:
    """Whatever a decoder raises, as one line."""
    try:
        yield
    except DataError:
        raise
    except Image.UnidentifiedImageError:
        raise DataError(
            f"{where}: is no picture that can be read (PNG, JPEG, WebP, TIFF, BMP, GIF, PPM); "
            "repair or delete it"
        ) from None
    except FAULTS as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{where}: is a damaged picture: {reason}; repair or delete it") from error


def _stream(picture: bytes | Path, where: str) -> io.BytesIO:
    """The bytes of a picture; a pipe or an endless device is never opened."""
    if isinstance(picture, Path):
        if not picture.is_file():
            raise DataError(f"{where}: is no file, or a link to nowhere; correct or drop it")
        if picture.stat().st_size > MOST_BYTES:
            raise DataError(f"{where}: is larger than {MOST_BYTES >> 20} MiB; make it smaller")
        picture = picture.read_bytes()
    if not picture:
        raise DataError(f"{where}: is empty; fetch it again or delete it")
    return io.BytesIO(picture)


def _plain(image: Image.Image, how: Pictures, where: str) -> Image.Image:
    """Mode ``L`` or ``RGB``: Pillow resizes 1-bit and palette images by nearest neighbour.

    It would also clip 16 bits to 8, where the upper half of the levels is one.
    """
    mode = "L" if how.channels == "grey" else "RGB"
    if image.mode in GREY_16:
        levels = np.asarray(image).astype(np.uint32)
        image = Image.fromarray(((levels * 255 + 32767) // 65535).astype(np.uint8))
    if image.mode in TOO_DEEP:
        raise DataError(
            f"{where}: has levels of 32 bits, of which nobody says what is white; save it with 8 "
            "or 16 bits"
        )
    if image.has_transparency_data:
        sheet = Image.new("RGBA", image.size, (how.background,) * 3 + (255,))
        image = Image.alpha_composite(sheet, image.convert("RGBA"))
    return image.convert(mode)


def _resized(image: Image.Image, how: Pictures) -> Image.Image:
    width, height = image.size
    size, kernel = (how.size, how.size), FILTERS[how.resample]
    if how.fit == "stretch":
        return image.resize(size, kernel)
    if how.fit == "crop":
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        return image.resize(size, kernel, box=(left, top, left + side, top + side))
    scale = how.size / max(width, height)
    inner = image.resize((max(1, round(width * scale)), max(1, round(height * scale))), kernel)
    sheet = Image.new(image.mode, size, (how.background,) * len(image.getbands()))
    sheet.paste(inner, ((how.size - inner.width) // 2, (how.size - inner.height) // 2))
    return sheet
