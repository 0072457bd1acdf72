"""Whatever is exported comes back with the same pixels, and an independent reader agrees."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.errors import ExchangeTrouble
from sam3_annotator.io.coco import export_coco
from sam3_annotator.io.coco_import import import_coco
from sam3_annotator.io.coco_rle import counts_from_text, mask_from_counts, polygons_of, text_of
from sam3_annotator.io.exchange import ExportOptions, Labels
from sam3_annotator.io.registry import export_labels, format_by_key, import_labels
from tests.support.labels import disjoint, labels, masks, sample, shapes_of, tracks_of

TOLERANCES = st.sampled_from([None, 0.0])


@settings(deadline=None, max_examples=60)
@given(labels(), TOLERANCES)
def test_coco(exported: Labels, tolerance: float | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.json"
        report = export_coco(exported, path, ExportOptions(polygon_tolerance_px=tolerance))
        back = import_coco([path]).labels
    assert report.differences == ()
    assert shapes_of(back) == shapes_of(exported)
    assert tracks_of(back) == tracks_of(exported)


@settings(deadline=None, max_examples=25)
@given(labels([MediaKind.CLIP]), st.sampled_from(["coco-video", "saco", "davis", "mots"]))
def test_formats_for_clips(drawn: Labels, key: str) -> None:
    # One number per pixel is all that DAVIS and MOTS hold: overlaps are given away beforehand.
    exported = drawn if key in {"coco-video", "saco"} else disjoint(drawn)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out{format_by_key(key).suffix}"
        report = export_labels(key, exported, path)
        back = (
            import_labels(key, [path]).labels if shapes_of(exported) or key != "davis" else exported
        )
    assert report.differences == ()
    assert shapes_of(back) == shapes_of(exported)
    assert tracks_of(back) == tracks_of(exported)


@settings(deadline=None, max_examples=20)
@given(labels())
def test_formats_without_an_importer_read_back(exported: Labels) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for key in ("sav", "yolo") if exported.clips or not exported.media else ("yolo",):
            assert export_labels(key, exported, Path(folder) / key).differences == ()


@settings(deadline=None)
@given(st.data(), st.integers(1, 12), st.integers(1, 12))
def test_run_lengths(data: st.DataObject, height: int, width: int) -> None:
    mask = data.draw(masks(height, width))
    assert mask_from_counts(counts_from_text(text_of(mask, height, width)), height, width) == mask


@settings(deadline=None)
@given(st.data(), st.floats(0, 3))
def test_polygons_are_none_or_within_tolerance(data: st.DataObject, tolerance: float) -> None:
    mask = data.draw(masks(14, 11))
    polygons = polygons_of(mask, 14, 11, tolerance)
    assert polygons is None or all(len(polygon) >= 6 for polygon in polygons)


@settings(deadline=None)
@given(st.text(max_size=30), st.integers(1, 20), st.integers(1, 20))
def test_any_text_is_a_mask_or_a_value_error(text: str, height: int, width: int) -> None:
    try:
        mask = mask_from_counts(counts_from_text(text), height, width)
    except ValueError:
        return
    assert text_of(mask, height, width)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_damaged_files_are_imported_or_refused_never_crash(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.json"
        export_coco(sample(), path, ExportOptions())
        document = json.loads(path.read_text("utf-8"))
        for _ in range(data.draw(st.integers(1, 3))):
            place = document
            while True:
                keys = list(place) if isinstance(place, dict) else list(range(len(place)))
                if not keys:
                    break
                key = data.draw(st.sampled_from(keys))
                if isinstance(place[key], (dict, list)) and data.draw(st.integers(0, 4)):
                    place = place[key]
                    continue
                place[key] = data.draw(JSON)
                break
        path.write_text(json.dumps(document), "utf-8")
        with contextlib.suppress(ExchangeTrouble):
            import_coco([path])
