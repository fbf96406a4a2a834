"""Pictures to rows, against plain arithmetic on arrays; files made to harm are one line."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

import fewqubit.data.pictures.decode as pictures
from drawn_pictures import as_bytes
from fewqubit.data.pictures.decode import decode, decode_all, encode, picture_of
from fewqubit.data.pictures.settings import Pictures
from fewqubit.errors import DataError, SettingsError

GREY = Pictures(size=8, channels="grey")
SAME = Pictures(size=8, channels="colour")
ORIENTATION = 0x0112


def ramp(height: int = 8, width: int = 8) -> np.ndarray:
    return np.linspace(0, 255, height * width).round().astype(np.uint8).reshape(height, width)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM", "GIF"])
def test_a_picture_of_the_right_size_is_left_as_it_is(kind: str) -> None:
    picture = as_bytes(Image.fromarray(ramp()), kind)
    assert np.array_equal(decode(picture, GREY, "x"), ramp())
    assert np.array_equal(decode(picture, SAME, "x"), np.stack([ramp()] * 3, axis=-1))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_files_are_nearly_what_they_were(kind: str) -> None:
    smooth = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)
    row = decode(
        as_bytes(Image.fromarray(smooth), kind, quality=95), Pictures(64, channels="grey"), "x"
    )
    assert np.abs(row.astype(int) - smooth).max() <= 6


def test_sixteen_bits_keep_their_upper_half() -> None:
    """Pillow alone would make 255 of every level above 255."""
    deep = (np.arange(64, dtype=np.uint32) * 65535 // 63).astype(np.uint16).reshape(8, 8)
    for kind in ("PNG", "TIFF"):
        row = decode(as_bytes(Image.fromarray(deep), kind), GREY, "x")
        assert np.array_equal(row, np.round(deep / 257).astype(np.uint8))


def test_one_bit_pictures_get_soft_edges() -> None:
    """Pillow resizes mode 1 by nearest neighbour, whatever filter it is asked for."""
    bar = np.zeros((64, 64), bool)
    bar[:, 27:36] = True
    row = decode(as_bytes(Image.fromarray(bar)), GREY, "x")
    assert set(np.unique(row)) - {0, 255}


def test_a_palette_with_transparency_lies_on_the_background() -> None:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([200, 10, 10, 0, 0, 0])
    image.paste(1, (0, 0, 8, 4))
    row = decode(as_bytes(image, transparency=1), Pictures(8, background=40), "x")
    assert np.array_equal(row[0, 0], [40, 40, 40])
    assert np.array_equal(row[7, 7], [200, 10, 10])


def test_half_transparent_is_half_background() -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 128))
    row = decode(as_bytes(image), Pictures(8, background=200), "x")
    assert np.abs(row.astype(int) - 200 * (1 - 128 / 255)).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_its_exif_says(orientation: int) -> None:
    """What stands upright was turned the other way when it was written."""
    undo = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a.T, 2),
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = Image.fromarray(np.ascontiguousarray(undo[orientation](ramp())))
    assert np.array_equal(decode(as_bytes(stored, exif=exif), GREY, "x"), ramp())


def test_colours_become_luma() -> None:
    colours = np.zeros((8, 8, 3), np.uint8)
    colours[:3, :, 0], colours[3:6, :, 1], colours[6:, :, 2] = 255, 255, 255
    row = decode(as_bytes(Image.fromarray(colours)), GREY, "x")
    assert row[[0, 4, 7], 0].tolist() == [76, 150, 29]  # 255 · (0.299, 0.587, 0.114)


def test_print_colours_are_seen_as_colours() -> None:
    row = decode(as_bytes(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF"), SAME, "x")
    assert np.array_equal(row[0, 0], [255, 0, 0])


def test_shapes_that_differ_are_padded_cropped_or_stretched() -> None:
    wide = np.full((4, 16), 100, np.uint8)
    wide[:, :4] = 0
    picture = as_bytes(Image.fromarray(wide))
    rows = {
        fit: decode(picture, Pictures(8, fit, "box", "grey", background=7), "x")
        for fit in ("pad", "crop", "stretch")
    }
    assert (rows["pad"][[0, 1, 2, 5, 6, 7]] == 7).all()
    assert rows["pad"][3].tolist() == [0, 0] + [100] * 6
    assert (rows["crop"] == 100).all()
    assert rows["stretch"][0].tolist() == [0, 0] + [100] * 6


@pytest.mark.parametrize("shape", [(1, 3000), (3000, 1), (1, 1)])
@pytest.mark.parametrize("fit", ["pad", "crop", "stretch"])
def test_a_line_is_a_picture(shape: tuple[int, int], fit: str) -> None:
    picture = as_bytes(Image.fromarray(np.zeros(shape, np.uint8)))
    assert decode(picture, Pictures(8, fit), "x").shape == (8, 8, 3)


def test_the_first_frame_counts() -> None:
    frames = [Image.fromarray(ramp()), Image.fromarray(255 - ramp())]
    for kind in ("GIF", "TIFF"):
        film = as_bytes(frames[0], kind, save_all=True, append_images=frames[1:])
        assert np.array_equal(decode(film, GREY, "x"), ramp())


@pytest.mark.parametrize("channels", ["grey", "colour"])
@pytest.mark.parametrize("invert", [False, True])
def test_what_is_encoded_is_decoded(channels: str, invert: bool, rng: np.random.Generator) -> None:
    how = Pictures(9, channels=channels, invert=invert)
    row = rng.integers(0, 256, how.shape, dtype=np.uint8)
    assert np.array_equal(decode(encode(row, how), how, "x"), row)


def claimed(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


WHOLE = as_bytes(Image.fromarray(ramp(64, 64)))


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (b"", "is empty"),
        (b"Thumbs.db", "is no picture that can be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is no picture that can be read"),
        (WHOLE[: len(WHOLE) // 2], "is a damaged picture"),
        (as_bytes(Image.fromarray(ramp(64, 64)), "JPEG")[:400], "is a damaged picture"),
        (as_bytes(Image.fromarray(ramp(64, 64)), "TIFF")[:150], "is "),
        (claimed(50_000, 50_000), "pixels"),
        (claimed(12_000, 9_000), "has 12000 × 9000 pixels; .* up to 100 million"),
        (claimed(64, 64), "is a damaged picture"),
        (as_bytes(Image.fromarray(np.ones((8, 8), np.float32)), "TIFF"), "levels of 32 bits"),
    ],
)
def test_what_is_no_good_picture_is_one_line(picture: bytes, said: str) -> None:
    with pytest.raises(DataError, match=rf"^cats/x\.png: .*{said}") as raised:
        decode_all([picture], ["cats/x.png"], GREY)
    assert "\n" not in str(raised.value)


def test_each_broken_file_is_named(tmp_path) -> None:
    names = [f"{number}.png" for number in range(5)]
    files = [WHOLE, b"no", WHOLE, b"", tmp_path / "gone.png"]
    with pytest.raises(DataError, match=r"^1\.png: is no picture.*and 2 more: 3\.png, 4\.png"):
        decode_all(files, names, GREY)


def test_more_rows_than_memory_should_hold_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(pictures, "MOST_MEMORY", 100)
    with pytest.raises(DataError, match=r"2 pictures of 8 × 8 take .* lower pictures\.size"):
        decode_all([WHOLE, WHOLE], ["a", "b"], GREY)


def test_settings_are_checked_when_they_are_made() -> None:
    with pytest.raises(SettingsError, match=r"Pictures: size: .*4096"):
        Pictures(size=4096)


@pytest.mark.parametrize("cell", ["/etc/passwd", "a.png", 3, None])
def test_a_text_is_never_a_path(cell: object) -> None:
    with pytest.raises(DataError, match="row 1: expected"):
        picture_of(cell, "row 1")
