"""Pictures: every kind of file ends up as the same upright 8-bit RGB, or as a clear message."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFile

from sam3_annotator.errors import FileTrouble, MediaTrouble
from sam3_annotator.io import pixels as pixels_module
from sam3_annotator.io.folders import list_folder, natural_key
from sam3_annotator.io.images import Picture, picture_pages
from sam3_annotator.io.pixels import Window, read_header, read_picture, read_small
from sam3_annotator.io.thumbnails import Thumbnails, prune


def scene(height: int = 24, width: int = 40) -> np.ndarray:
    """A picture without any symmetry: each corner has its own colour."""
    picture = np.full((height, width, 3), 128, np.uint8)
    picture[: height // 3, : width // 3] = (255, 0, 0)
    picture[: height // 3, -width // 3 :] = (0, 255, 0)
    picture[-height // 3 :, : width // 3] = (0, 0, 255)
    picture[-height // 3 :, -width // 3 :] = (255, 255, 0)
    return picture


def stored(upright: np.ndarray, orientation: int) -> np.ndarray:
    """Pixels as a camera would store them so that EXIF ``orientation`` makes them upright."""
    undo = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }
    return np.ascontiguousarray(undo[orientation](upright))


def with_orientation(path: Path, pixels: np.ndarray, kind: str, orientation: int) -> Path:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    if kind == "WEBP":
        options = {"lossless": True}
    Image.fromarray(pixels).save(path, kind, exif=exif, **options)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_orientation_is_applied_exactly_once(tmp_path: Path, kind: str, orientation: int) -> None:
    upright = scene()
    path = with_orientation(tmp_path / "a", stored(upright, orientation), kind, orientation)
    header = read_header(path)
    assert (header.width, header.height) == (40, 24)
    np.testing.assert_allclose(read_picture(path).astype(int), upright, atol=6)
    assert read_small(path, 0, 20).shape == (12, 20, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_orientation_of_16_bit_colour(tmp_path: Path, suffix: str, orientation: int) -> None:
    upright = scene()
    deep = stored(upright, orientation).astype(np.uint16) * 257
    done, encoded = cv2.imencode(suffix, deep[..., ::-1])
    assert done
    path = tmp_path / f"deep{suffix}"
    path.write_bytes(insert_orientation(encoded.tobytes(), suffix, orientation))
    assert read_header(path).is_deep
    assert (read_header(path).width, read_header(path).height) == (40, 24)
    np.testing.assert_allclose(read_picture(path).astype(int), upright, atol=1)


def insert_orientation(data: bytes, suffix: str, orientation: int) -> bytes:
    """Add an orientation tag to PNG or little-endian TIFF bytes that have none."""
    if suffix == ".png":
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        body = exif.tobytes().removeprefix(b"Exif\x00\x00")
        chunk = b"eXIf" + body
        chunk = len(body).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        return data[:33] + chunk + data[33:]
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    entries = [data[start + 2 + 12 * i : start + 14 + 12 * i] for i in range(count)]
    entries = [e for e in entries if int.from_bytes(e[:2], "little") != 274]
    tag = (274).to_bytes(2, "little") + (3).to_bytes(2, "little") + (1).to_bytes(4, "little")
    entries.append(tag + orientation.to_bytes(4, "little"))
    entries.sort(key=lambda e: int.from_bytes(e[:2], "little"))
    directory = len(entries).to_bytes(2, "little") + b"".join(entries) + bytes(4)
    return data[:4] + len(data).to_bytes(4, "little") + data[8:] + directory


def test_orientation_after_the_pixels_and_header_without_decoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = with_orientation(tmp_path / "a.png", stored(scene(), 6), "PNG", 6)
    data = path.read_bytes()
    at = data.index(b"eXIf") - 4
    length = int.from_bytes(data[at : at + 4], "big") + 12
    path.write_bytes(data[:at] + data[at + length : -12] + data[at : at + length] + data[-12:])
    with monkeypatch.context() as patch:
        patch.setattr(ImageFile.ImageFile, "load", None)
        assert read_header(path).width == 40
    np.testing.assert_array_equal(read_picture(path), scene())


def test_modes_all_become_rgb(tmp_path: Path) -> None:
    base = Image.fromarray(scene())
    for mode, tolerance in [("RGB", 0), ("P", 40), ("CMYK", 2), ("L", None), ("1", None)]:
        path = tmp_path / f"{mode}.tif"
        if mode == "P":
            path = path.with_suffix(".png")
        base.convert(mode).save(path)
        out = read_picture(path)
        assert out.shape == (24, 40, 3)
        assert out.dtype == np.uint8
        assert not out.flags.writeable
        expected = np.asarray(base.convert(mode).convert("RGB")) if tolerance is None else scene()
        np.testing.assert_allclose(out.astype(int), expected, atol=tolerance or 0)


def test_alpha_is_laid_on_white(tmp_path: Path) -> None:
    picture = np.dstack([scene(), np.full((24, 40), 255, np.uint8)])
    picture[0, 0] = (10, 20, 30, 0)
    picture[0, 1] = (0, 0, 0, 128)
    Image.fromarray(picture).save(tmp_path / "a.png")
    out = read_picture(tmp_path / "a.png")
    assert out[0, 0].tolist() == [255, 255, 255]
    assert out[0, 1].tolist() == [127, 127, 127]
    np.testing.assert_array_equal(out[1:], scene()[1:])
    palette = Image.fromarray(scene()).convert("P")
    palette.save(tmp_path / "p.png", transparency=palette.getpixel((0, 0)))
    assert read_picture(tmp_path / "p.png")[0, 0].tolist() == [255, 255, 255]


def test_16_bit_grey_is_stretched_between_robust_quantiles(tmp_path: Path) -> None:
    ramp = np.linspace(1000, 3000, 10_000).astype(np.uint16).reshape(100, 100)
    ramp[0, 0] = 65535  # one dead pixel must not darken everything
    Image.fromarray(ramp).save(tmp_path / "a.png")
    out = read_picture(tmp_path / "a.png")[..., 0]
    assert out[0, 1] <= 1
    assert out[-1, -1] >= 254
    assert abs(int(out[50, 0]) - 127) <= 2
    assert out[0, 0] == 255
    fixed = read_picture(tmp_path / "a.png", window=Window(0, 65535))
    assert fixed[50, 0, 0] == 8


def test_16_bit_colour_with_alpha_and_float_tiff(tmp_path: Path) -> None:
    deep = np.dstack([scene(), np.full((24, 40), 255, np.uint8)]).astype(np.uint16) * 257
    deep[0, 0, 3] = 0
    cv2.imwrite(str(tmp_path / "a.png"), cv2.cvtColor(deep, cv2.COLOR_RGBA2BGRA))
    out = read_picture(tmp_path / "a.png")
    assert out[0, 0].tolist() == [255, 255, 255]
    np.testing.assert_allclose(out[1:].astype(int), scene()[1:], atol=1)
    floats = np.linspace(-1, 1, 400, dtype=np.float32).reshape(20, 20)
    floats[3, 3] = np.nan
    floats[4, 4] = np.inf
    Image.fromarray(floats).save(tmp_path / "f.tif")
    shown = read_picture(tmp_path / "f.tif")[..., 0]
    assert (shown[0, 0], shown[-1, -1], shown[3, 3], shown[4, 4]) == (0, 255, 0, 255)


@pytest.mark.parametrize("value", [0, 7, 65535])
def test_window_of_a_flat_picture(value: int) -> None:
    flat = np.full((8, 8), value, np.uint16)
    assert len(np.unique(Window.of(flat).apply(flat))) == 1


def test_tiff_pages_are_separate_media(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((10, 12 + i, 3), 40 * i, np.uint8)) for i in range(3)]
    path = tmp_path / "stack.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    assert picture_pages(path) == 3
    for index in range(3):
        picture = Picture(path, page=index)
        assert (picture.width, picture.height) == (12 + index, 10)
        assert picture.frame(0)[0, 0, 0] == 40 * index
    with pytest.raises(MediaTrouble, match="page 4"):
        Picture(path, page=3)
    animation = tmp_path / "a.gif"
    pages[0].save(animation, save_all=True, append_images=[pages[0].rotate(90)])
    assert picture_pages(animation) == 1


def test_16_bit_colour_tiff_pages(tmp_path: Path) -> None:
    stack = [np.full((6, 8, 3), 1000 * (i + 1), np.uint16) for i in range(3)]
    for i, page in enumerate(stack):
        page[0, 0] = (0, 0, 0)
        page[0, 1] = (60000, 0, 0) if i == 1 else (0, 0, 0)
    cv2.imwritemulti(str(tmp_path / "a.tif"), [page[..., ::-1] for page in stack])
    assert picture_pages(tmp_path / "a.tif") == 3
    fixed = [read_picture(tmp_path / "a.tif", i, window=Window(0, 65535)) for i in range(3)]
    assert fixed[1][0, 1].tolist() == [233, 0, 0]
    assert [page[3, 3, 0] for page in fixed] == [4, 8, 12]


def test_media_source_behaviour(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(scene()).save(path)
    picture = Picture(path)
    assert (picture.kind, picture.frame_count, picture.warnings) == ("image", 1, ())
    assert picture.time_s(0) == 0.0
    assert picture.frame(0) is picture.frame(0)
    assert len(picture.content_hash()) == 64
    assert Picture(path).content_hash() == picture.content_hash()
    with pytest.raises(MediaTrouble, match="no frame 1"):
        picture.frame(1)
    picture.close()
    with pytest.raises(MediaTrouble, match="closed"):
        picture.frame(0)


def test_picture_deleted_or_replaced_while_open(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(scene()).save(path)
    picture = Picture(path)
    path.unlink()
    with pytest.raises(FileTrouble, match="is not there"):
        picture.frame(0)
    Image.fromarray(scene(10, 10)).save(path)
    with pytest.raises(MediaTrouble, match="changed its size"):
        picture.frame(0)


def test_damaged_files_tell_what_is_wrong(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(scene(200, 200)).save(buffer, "JPEG", quality=95)
    whole = buffer.getvalue()
    cases = {
        "cut.jpg": (whole[: len(whole) // 2], "damaged or cut off"),
        "empty.jpg": (b"", "0 bytes"),
        "text.png": (b"hello", "not a picture"),
        "head.png": (b"\x89PNG\r\n\x1a\n", "not a picture|damaged"),
    }
    for name, (data, message) in cases.items():
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(MediaTrouble, match=message) as caught:
            Picture(path).frame(0)
        assert str(path) in str(caught.value)
        assert caught.value.remedy
    with pytest.raises(FileTrouble, match="folder"):
        Picture(tmp_path)


def bomb(path: Path, side: int) -> Path:
    """A PNG of ``side`` x ``side`` black pixels in about a thousandth of a byte each."""
    rows = zlib.compressobj(9)
    data = b"".join(rows.compress(bytes(side // 8 + 2)[: (side + 7) // 8 + 1]) for _ in range(side))
    data += rows.flush()

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        )

    size = side.to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + bytes([1, 0, 0, 0, 0]))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


def test_bombs_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.png", 12_000)
    assert path.stat().st_size < 100_000
    for call in (Picture, read_picture, lambda p: read_small(p, 0, 64)):
        with pytest.raises(MediaTrouble, match="144 megapixels") as caught:
            call(path)
        assert "Allow huge" in caught.value.remedy
    assert Picture(path, allow_huge=True).width == 12_000
    beyond = bomb(tmp_path / "beyond.png", 16)
    data = beyond.read_bytes().replace((16).to_bytes(4, "big") * 2, (40_000).to_bytes(4, "big") * 2)
    header = data[12:29]
    beyond.write_bytes(data[:29] + zlib.crc32(header).to_bytes(4, "big") + data[33:])
    with pytest.raises(MediaTrouble, match="more than this program opens"):
        Picture(beyond, allow_huge=True)


def test_hundred_megapixels_are_opened_without_asking(tmp_path: Path) -> None:
    picture = Picture(bomb(tmp_path / "large.png", 10_000))
    assert picture.width * picture.height == 100_000_000


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns about damaged EXIF
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "PPM"])
def test_flipped_bytes_never_escape_as_foreign_errors(tmp_path: Path, kind: str) -> None:
    buffer = io.BytesIO()
    Image.fromarray(scene()).save(buffer, kind)
    data = np.frombuffer(buffer.getvalue(), np.uint8)
    random = np.random.default_rng(7)
    path = tmp_path / "fuzzed"
    for _ in range(60):
        damaged = data[: random.integers(1, len(data) + 1)].copy()
        where = random.integers(0, len(damaged), size=4)
        damaged[where] = random.integers(0, 256, size=4)
        path.write_bytes(damaged.tobytes())
        try:
            read_picture(path)
            read_small(path, 0, 16)
        except (MediaTrouble, FileTrouble):
            continue


def test_natural_order() -> None:
    names = ["img10.png", "img2.png", "IMG1.png", "a.png", "img02.png", "10.png", "9.png"]
    assert sorted(names, key=natural_key) == [
        "9.png", "10.png", "a.png", "IMG1.png", "img02.png", "img2.png", "img10.png",
    ]  # fmt: skip


def test_list_folder(tmp_path: Path) -> None:
    for name in ["b10.jpg", "b9.JPG", ".hidden.jpg", "notes.txt", "clip.mp4"]:
        (tmp_path / name).write_bytes(b"x")
    for name in ["sub", ".git"]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "c.png").write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path)
    flat = list_folder(tmp_path)
    assert [path.name for path in flat.pictures] == ["b9.JPG", "b10.jpg"]
    assert [path.name for path in flat.clips] == ["clip.mp4"]
    deep = list_folder(tmp_path, recursive=True)
    assert [path.name for path in deep.pictures] == ["b9.JPG", "b10.jpg", "c.png"]


def test_unreadable_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileTrouble, match="not a folder"):
        list_folder(tmp_path / "none")
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "locked").mkdir()
    real = __import__("os").scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("os.scandir", scandir)
    listing = list_folder(tmp_path, recursive=True)
    assert len(listing.pictures) == 1
    assert "may not be read" in listing.troubles[0]
    with pytest.raises(FileTrouble, match="may not be read"):
        list_folder(tmp_path / "locked")


def test_thumbnails_are_cached_and_follow_edits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(scene(300, 400)).save(path, quality=95)
    thumbnails = Thumbnails(tmp_path / "cache", side_px=64)
    first = thumbnails.get(path)
    assert first.shape == (48, 64, 3)
    assert abs(first.astype(int)[2, 2] - (255, 0, 0)).max() < 10
    with monkeypatch.context() as patch:
        patch.setattr("sam3_annotator.io.thumbnails.read_small", None)
        np.testing.assert_array_equal(thumbnails.get(path), first)
    Image.fromarray(scene(400, 300)).save(path, quality=95)
    assert thumbnails.get(path).shape == (64, 48, 3)
    assert prune(tmp_path / "cache", 0) == 2
    assert thumbnails.get(path).shape == (64, 48, 3)


def test_thumbnails_without_a_writable_cache(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(scene()).save(path)
    (tmp_path / "file").write_bytes(b"")
    assert Thumbnails(tmp_path / "file").get(path).shape == (24, 40, 3)
    with pytest.raises(FileTrouble):
        Thumbnails(tmp_path / "file").get(tmp_path / "none.png")


def test_pillow_guard_is_ours() -> None:
    assert Image.MAX_IMAGE_PIXELS is None
    assert pixels_module.PIXEL_LIMIT >= 102_000_000
