"""Phrases to the token ids SAM 3 was trained on: CLIP's byte pairs, 32 each, padded with 0."""

from __future__ import annotations

import gzip
import html
import re
import zlib
from typing import TYPE_CHECKING

import ftfy
import torch
from tokenizers import AddedToken, Regex
from tokenizers import Tokenizer as BytePairTokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Split
from tokenizers.pre_tokenizers import Sequence as PreTokenizers
from torch import Tensor

from sam3_annotator.errors import FileTrouble
from sam3_annotator.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MERGES_USED = 48894
START, END = "<start_of_text>", "<end_of_text>"
START_ID, END_ID = 49406, 49407
CONTEXT = 32

_PIECES = r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"
_WORD_END = "</w>"


def clean(phrase: str) -> str:
    """Repair mis-decoded characters, resolve HTML entities, collapse spaces, lower the case."""
    repaired = html.unescape(html.unescape(ftfy.fix_text(phrase)))
    return re.sub(r"\s+", " ", repaired).strip().lower()


class Tokenizer:
    """CLIP's byte-pair tokenizer as the published SAM 3 uses it.

    Args:
        merges: the published table ``bpe_simple_vocab_16e6.txt.gz``.

    Raises:
        FileTrouble: the table cannot be read or is not the published one.
    """

    def __init__(self, merges: Path) -> None:
        pairs = _read_merges(merges)
        symbols = _byte_symbols()
        words = symbols + [symbol + _WORD_END for symbol in symbols]
        words += ["".join(pair) for pair in pairs]
        model = BPE(
            vocab={word: index for index, word in enumerate([*words, START, END])},
            merges=pairs,
            end_of_word_suffix=_WORD_END,
        )
        self._tokenizer = BytePairTokenizer(model)
        self._tokenizer.pre_tokenizer = PreTokenizers(
            [
                Split(Regex(_PIECES), behavior="removed", invert=True),
                ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        specials = [AddedToken(text, special=True, normalized=False) for text in (START, END)]
        self._tokenizer.add_special_tokens(specials)

    def encode(self, phrases: Sequence[str]) -> Tensor:
        """Token ids of phrases.

        Args:
            phrases: any text; longer than 32 tokens is cut, the last token then marks the end.

        Returns:
            (B, 32) int64: start, byte pairs, end, then zeros.
        """
        rows = torch.zeros(len(phrases), CONTEXT, dtype=torch.int64)
        for row, phrase in zip(rows, phrases, strict=True):
            pieces = self._tokenizer.encode(clean(phrase), add_special_tokens=False).ids
            ids = [START_ID, *pieces, END_ID][:CONTEXT]
            ids[-1] = END_ID
            row[: len(ids)] = torch.tensor(ids)
        return rows


def _read_merges(path: Path) -> list[tuple[str, str]]:
    remedy = Wording("Install the program again, or put back the published table of byte pairs.")
    try:
        lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise FileTrouble(
            "The tokenizer table {path} cannot be read: {error}.", remedy, path=path, error=error
        ) from error
    pairs = [tuple(line.split()) for line in lines[1 : MERGES_USED + 1]]
    if len(pairs) < MERGES_USED or any(len(pair) != 2 for pair in pairs):
        raise FileTrouble("{path} is not the published table of byte pairs.", remedy, path=path)
    return [(first, second) for first, second in pairs]


def _byte_symbols() -> list[str]:
    """One visible character for each of the 256 bytes, in the order of the vocabulary.

    Printable bytes stand for themselves and come first; the others are moved up beyond 255.
    """
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return [chr(byte) for byte in shown] + [chr(256 + place) for place in range(256 - len(shown))]
