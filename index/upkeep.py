"""Keeps an archive's encoder and derived indexes in step with its database."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ArchiveError
from index.store import Manifest, Store

if TYPE_CHECKING:
    from index.lexical import LexicalIndex
    from index.vectors import VectorIndex


class TextEncoder(Protocol):
    """The interface of an encoder; ``index.encoder.Encoder`` implements it."""

    name: str

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def longest(self) -> int: ...
    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...
    def encode_question(self, text: str) -> NDArray[np.float32]: ...


class Upkeep:
    """The encoder and the derived indexes of one archive; may be used from several threads.

    ``encoder`` replaces the encoder that the manifest names. To get an encoder and indexes of the
    same manifest, ask for both while holding ``lock``.
    """

    def __init__(self, truth: Store, encoder: TextEncoder | None) -> None:
        self._folder = truth.folder
        self.lock = threading.RLock()
        self._truth = truth
        self._supplied = encoder
        self._loaded = encoder
        self._state: State | None = None

    @property
    def encoder(self) -> TextEncoder:
        """The encoder that the archive was made with, loaded when it is first needed."""
        manifest = self._truth.manifest()
        with self.lock:
            encoder = self._loaded
            # Another process may have rebuilt the archive with another encoder.
            if not encoder or (encoder.name != manifest.encoder and not self._supplied):
                encoder = self._loaded = load_encoder(manifest.encoder)
            if encoder.fingerprint != manifest.fingerprint:
                raise ArchiveError(
                    f"The archive in {self._truth.address} was made with other weights of the "
                    f"encoder {manifest.encoder} than {encoder.name} has here: embed it anew "
                    f"with dateline rebuild --archive {self._truth.address} "
                    f"--encoder {encoder.name}"
                )
            return encoder

    def use(self, encoder: TextEncoder, is_supplied: bool) -> None:
        """Encode with this from now on; only a supplied one outlasts a new name in the manifest."""
        with self.lock:
            self._loaded = encoder
            self._supplied = encoder if is_supplied else None

    def follow(self) -> "State":
        """The derived indexes, brought up to date with the database."""
        from index.vectors import is_worth_saving

        with self.lock:
            manifest = self._truth.manifest()
            if self._state is None or self._state.manifest != manifest:
                self._state = State.load(self._truth, manifest)
            self._state.lexical.catch_up(self._truth)
            if self._state.vectors is None:
                return self._state
            vectors = self._state.vectors.caught_up(self._truth)
            if vectors is not self._state.vectors and is_worth_saving(
                self._folder, manifest, vectors.watermark
            ):
                # This is only a cache: if it cannot be written, it is derived again next time.
                with suppress(OSError):
                    vectors = vectors.saved(self._folder)
            self._state = replace(self._state, vectors=vectors)
            return self._state

    def keep_up(self) -> None:
        """Save caches, so that the next search starts quickly.

        All vectors are loaded only if they have to be written anew.
        """
        from index.lexical import LexicalIndex
        from index.vectors import is_worth_saving

        with self.lock:
            manifest = self._truth.manifest()
            watermark = self._truth.watermark()
            if self._state is not None or (
                not self._truth.finds_nearest and is_worth_saving(self._folder, manifest, watermark)
            ):
                self.follow()
            else:
                LexicalIndex(self._folder, manifest).catch_up(self._truth)


@dataclass(frozen=True, slots=True)
class State:
    """The derived indexes of an archive; ``vectors`` is None if the database finds the nearest."""

    manifest: Manifest
    vectors: "VectorIndex | None"
    lexical: "LexicalIndex"

    @classmethod
    def load(cls, truth: Store, manifest: Manifest) -> "State":
        from index.lexical import LexicalIndex
        from index.vectors import VectorIndex

        vectors = None if truth.finds_nearest else VectorIndex.load(truth.folder, manifest)
        return cls(manifest, vectors, LexicalIndex(truth.folder, manifest))


def load_encoder(encoder: str | TextEncoder | None) -> TextEncoder:
    if encoder is None or isinstance(encoder, str):
        from index.encoder import Encoder

        return Encoder(encoder) if encoder else Encoder()
    return encoder
