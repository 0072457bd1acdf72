"""Phrases to ids against known ids, CLIP's own tokenizer and the published cleaning rules."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam3_annotator.errors import FileTrouble
from sam3_annotator.model.tokenizer import Tokenizer, clean
from sam3_annotator.paths import resource
from tests.support.reference import transformers

MERGES = resource("tokenizer/bpe_simple_vocab_16e6.txt.gz")


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer(MERGES)


def ids(tokenizer, phrase):
    row = tokenizer.encode([phrase])[0].tolist()
    return row[: row.index(49407) + 1]


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("visual", [49406, 7195, 49407]),
        ("a yellow school bus", [49406, 320, 4481, 1228, 2840, 49407]),
        ("Dog.", [49406, 1929, 269, 49407]),
        ("!", [49406, 256, 49407]),
        ("", [49406, 49407]),
        ("it's 2024", [49406, 585, 568, 273, 271, 273, 275, 49407]),
        ("<end_of_text>", [49406, 49407, 49407]),
    ],
)
def test_known_ids(tokenizer, phrase, expected):
    row = tokenizer.encode([phrase])[0].tolist()
    assert row == expected + [0] * (32 - len(expected))


def test_long_phrases_are_cut_and_still_end(tokenizer):
    """D14: the reference passes no truncation and would not fit its position table."""
    rows = tokenizer.encode(["dog " * 30, "dog " * 31, "dog " * 50])
    assert rows.shape == (3, 32)
    assert rows[0].tolist() == rows[1].tolist() == rows[2].tolist()
    assert rows[2, -1] == 49407
    assert rows[2, 0] == 49406


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  A \t Red\n Car ", "a red car"),
        ("caf&amp;eacute;", "café"),
        ("schÃ¶n", "schön"),
        ("\uff26\uff35\uff2c\uff2c width", "full width"),
        ("cat&nbsp;dog", "cat dog"),
        ("&nbsp;cat", "cat"),
    ],
)
def test_text_is_repaired_before_it_is_cut_up(raw, cleaned):
    """D15: the reference neither repairs nor unescapes."""
    assert clean(raw) == cleaned


@pytest.fixture(scope="module")
def reference():
    lines = gzip.decompress(MERGES.read_bytes()).decode().split("\n")[1:48895]
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = [chr(b) for b in shown] + [chr(256 + n) for n in range(256 - len(shown))]
    words = [*symbols, *(s + "</w>" for s in symbols), *("".join(line.split()) for line in lines)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    return transformers.CLIPTokenizer(
        vocab={word: index for index, word in enumerate(words)},
        merges=[tuple(line.split()) for line in lines],
    )


PLAIN = st.text(
    alphabet=st.characters(codec="utf-8", categories=("Ll", "Lu", "Nd", "Zs", "Po", "Sm", "Lo")),
    max_size=24,
)


@settings(deadline=None, max_examples=150)
@given(PLAIN)
def test_agrees_with_clips_tokenizer_on_clean_text(tokenizer, reference, phrase):
    phrase = clean(phrase)
    expected = reference(phrase)["input_ids"]
    if len(expected) <= 32 and clean(phrase) == phrase:
        assert ids(tokenizer, phrase) == expected


@pytest.mark.parametrize(
    "content", [b"not gzip", gzip.compress(b"one two\n", mtime=0), gzip.compress(b"x\n" * 50000)]
)
def test_a_wrong_table_is_named(tmp_path, content):
    path = tmp_path / "merges.gz"
    path.write_bytes(content)
    with pytest.raises(FileTrouble, match=r"merges\.gz"):
        Tokenizer(path)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(FileTrouble, match="cannot be read"):
        Tokenizer(tmp_path / "absent.gz")
