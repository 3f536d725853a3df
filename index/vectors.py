"""The dense index: the chunks' vectors in FAISS, derived from the database."""

import json
import math
import os
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.files import write_and_rename
from index.store import Manifest, Store, Watermark

FILE = "vectors.faiss"

# Up to this many vectors an exact search takes some 15 ms on two cores; beyond, cells are used.
FLAT_UP_TO = 200_000
# 64 cells contain .975 of the true ten nearest chunks of questions. Fewer cells look good enough
# only if they are tested with vectors of documents.
CELLS_SEARCHED = 64
# The number of cells per square root of the number of vectors, as FAISS advises. A cell has at
# least ``_POINTS_PER_CELL`` vectors on average, and is trained on at most as many.
_CELLS_BY_ROOT = 8
_POINTS_PER_CELL = 50

MOST_RECENT = 4_096
"""The most vectors in ``recent``. Copying them takes a few milliseconds. If there are more, all
vectors are copied, which takes little time beside the encoding of so many."""

MOST_DELETED = 0.05
"""The share of vectors that may belong to deleted chunks before the index is rebuilt."""

_LONGEST_HEADER = 10_000


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """Vectors by chunk number, as they were at one watermark. It is immutable.

    A FAISS index must not be searched while vectors are added to it, so each update makes a new
    object. The newest vectors are in ``recent``, so that only these few are copied when more
    arrive; when ``recent`` has grown, it is merged into ``main``. Searches still return deleted
    chunks, so the caller leaves out chunks that the database does not have.
    """

    main: faiss.Index
    recent: faiss.Index
    watermark: Watermark
    made_for: str
    deleted: int = 0

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> "VectorIndex":
        """The index that was saved last; empty if no index of this archive can be read."""
        made_for = _made_for(manifest)
        empty = cls(_flat(manifest.dimension), _flat(manifest.dimension), Watermark(), made_for)
        file = folder / FILE
        try:
            header, _, body = file.read_bytes().partition(b"\n")
        except OSError:
            return empty
        try:
            saved = _Header.read(header)
            if saved.made_for != made_for:
                return empty
            if saved.checksum != zlib.crc32(body):
                raise ValueError("torn")
            main = faiss.deserialize_index(np.frombuffer(body, np.uint8))
            return replace(empty, main=main, watermark=saved.watermark, deleted=saved.deleted)
        except (ValueError, KeyError, TypeError, RuntimeError):
            # Delete the file, so that a new one is saved.
            with suppress(OSError):
                file.unlink()
            return empty

    def saved(self, folder: Path) -> "VectorIndex":
        """Save and return the index, merged. A reader finds either the old file or the new one."""
        merged = self._merged()
        body = faiss.serialize_index(merged.main).tobytes()
        header = _Header(self.made_for, self.watermark, self.deleted, zlib.crc32(body))
        write_and_rename(folder / FILE, header.as_bytes() + b"\n" + body)
        return merged

    def caught_up(self, store: Store) -> "VectorIndex":
        """The index with the database's new chunks added, and its deleted chunks counted."""
        if self.watermark == store.watermark():
            return self
        with store.snapshot():
            return self._updated(store) if store.knows(self.watermark) else self._rebuilt(store)

    def _rebuilt(self, store: Store) -> "VectorIndex":
        """An index built from scratch, without deleted chunks or chunks of another history."""
        empty = _flat(self.main.d)
        return VectorIndex(empty, empty, Watermark(), self.made_for)._updated(store)

    def _updated(self, store: Store) -> "VectorIndex":
        target = store.watermark()
        deleted = self.deleted + len(store.forgotten(self.watermark))
        if deleted > MOST_DELETED * (self.main.ntotal + self.recent.ntotal):
            return self._without_deleted(store)._updated(store)
        recent = self.recent
        after = self.watermark.chunk
        while True:
            numbers, vectors = store.chunk_vectors(after, self.main.d)
            if not len(numbers):
                break
            if recent is self.recent:
                # Clones share nothing, so a running search is not disturbed.
                recent = faiss.clone_index(recent)
            recent.add_with_ids(vectors, numbers)
            after = int(numbers[-1])
        updated = replace(self, recent=recent, watermark=target, deleted=deleted)
        return updated._merged() if recent.ntotal > MOST_RECENT else updated

    def _merged(self) -> "VectorIndex":
        """The index with ``recent`` merged into ``main``."""
        if not self.recent.ntotal:
            return self
        main = self.recent
        if self.main.ntotal:
            main = faiss.clone_index(self.main)
            main.add_with_ids(*_content(self.recent))
        if main.ntotal > FLAT_UP_TO and not isinstance(main, faiss.IndexIVF):
            main = _cells(main)
        return replace(self, main=main, recent=_flat(main.d))

    def _without_deleted(self, store: Store) -> "VectorIndex":
        """The index without the chunks that the database no longer has."""
        merged = self._merged()
        main = faiss.clone_index(merged.main)
        stored = faiss.IDSelectorBatch(store.chunk_numbers(self.watermark.chunk))
        main.remove_ids(faiss.IDSelectorNot(stored))
        watermark = self.watermark._replace(forgotten=store.watermark().forgotten)
        return replace(merged, main=main, watermark=watermark, deleted=0)

    def search(
        self, vector: NDArray[np.float32], most: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[list[int], list[float]]:
        """The nearest chunks and their cosines, best first; only ``allowed`` ones if given."""
        selector = None if allowed is None else faiss.IDSelectorBatch(allowed)
        nearest: list[tuple[float, int]] = []
        for index in (self.main, self.recent):
            if isinstance(index, faiss.IndexIVF):
                parameters = faiss.SearchParametersIVF(sel=selector, nprobe=CELLS_SEARCHED)
            else:
                parameters = faiss.SearchParameters(sel=selector)
            limit = min(most, index.ntotal)
            if limit:
                scores, numbers = index.search(vector[None, :], limit, params=parameters)
                # FAISS returns -1 for missing hits.
                nearest += [
                    (score, number)
                    for score, number in zip(scores[0].tolist(), numbers[0].tolist(), strict=True)
                    if number >= 0
                ]
        best = sorted(nearest, reverse=True)[:most]
        return [number for _, number in best], [score for score, _ in best]


def is_worth_saving(folder: Path, manifest: Manifest, watermark: Watermark) -> bool:
    """Whether the saved index is so far behind the database that it should be saved again.

    Saving writes the whole index. It happens only when a tenth of all chunks has changed, so the
    cost per chunk stays the same however many chunks there are.
    """
    if not os.access(folder, os.W_OK):
        return False
    try:
        with (folder / FILE).open("rb") as file:
            saved = _Header.read(file.readline(_LONGEST_HEADER))
    except (OSError, ValueError, KeyError, TypeError):
        return True
    if saved.made_for != _made_for(manifest):
        return True
    chunks = watermark.chunk - saved.watermark.chunk
    forgotten = watermark.forgotten - saved.watermark.forgotten
    return chunks < 0 or (chunks + forgotten) * 10 > watermark.chunk - watermark.forgotten


@dataclass(frozen=True, slots=True)
class _Header:
    """The first line of the file: its archive and encoder, its watermark, and a checksum."""

    made_for: str
    watermark: Watermark
    deleted: int
    checksum: int

    @classmethod
    def read(cls, line: bytes) -> "_Header":
        saved = json.loads(line)
        watermark = Watermark(*saved["watermark"])
        return cls(saved["made_for"], watermark, saved["deleted"], saved["checksum"])

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def _made_for(manifest: Manifest) -> str:
    return f"{manifest.archive} {manifest.fingerprint} {manifest.dimension}"


def _flat(dimension: int) -> faiss.Index:
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def _cells(flat: faiss.Index) -> faiss.Index:
    """An index of the same vectors as an exact index that searches only the nearest cells."""
    vectors, numbers = _content(flat)
    quantizer = faiss.IndexFlatIP(flat.d)
    cells = min(_CELLS_BY_ROOT * math.isqrt(flat.ntotal), flat.ntotal // _POINTS_PER_CELL)
    index = faiss.IndexIVFFlat(quantizer, flat.d, max(1, cells), faiss.METRIC_INNER_PRODUCT)
    index.cp.max_points_per_centroid = _POINTS_PER_CELL
    index.train(vectors)
    index.add_with_ids(vectors, numbers)
    return index


def _content(flat: faiss.Index) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The vectors of an exact index, shape ``(n, dimension)``, and their numbers."""
    return flat.index.reconstruct_n(0, flat.ntotal), faiss.vector_to_array(flat.id_map)
