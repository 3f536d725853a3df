"""The dense index: the chunks' vectors in FAISS, derived from the truth."""

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

# Up to here an exact search takes some 15 ms on two cores; beyond, cells are searched instead.
FLAT_UP_TO = 200_000
# Of the questions' true ten nearest, 64 cells hold .975; fewer cells look well only when tried
# with vectors of documents.
CELLS_SEARCHED = 64
# How many cells, by the square root of the number of vectors, as FAISS advises; each has so many
# vectors at the least, and is learnt from so many at the most.
_CELLS_BY_ROOT = 8
_POINTS_PER_CELL = 50

MOST_RECENT = 4_096
"""How many vectors lie apart at most. To copy them takes some milliseconds; to copy all others,
which is due when there are more, is little beside the encoding of so many."""

MOST_DELETED = 0.05
"""The part of all vectors that may be of deleted chunks before it is made anew without them."""

_LONGEST_HEADER = 10_000


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """Vectors by chunk number, as they were at one watermark. Never changed once it is made.

    FAISS may not be searched while it is added to, so following the truth makes a new one. What
    came last is apart in ``recent``, so that only these few vectors are copied when more come; it
    joins the others when it has grown. Deleted chunks are found until then: whoever searches
    leaves out what the truth does not have.
    """

    main: faiss.Index
    recent: faiss.Index
    watermark: Watermark
    made_for: str
    deleted: int = 0

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> "VectorIndex":
        """What was saved last; empty where nothing, or nothing of this archive, can be read."""
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
            # Out of the way, so that another is saved.
            with suppress(OSError):
                file.unlink()
            return empty

    def saved(self, folder: Path) -> "VectorIndex":
        """The same, saved: written beside and renamed, so that a reader finds one or the other."""
        whole = self._joined()
        body = faiss.serialize_index(whole.main).tobytes()
        header = _Header(self.made_for, self.watermark, self.deleted, zlib.crc32(body))
        write_and_rename(folder / FILE, header.written() + b"\n" + body)
        return whole

    def caught_up(self, store: Store) -> "VectorIndex":
        """The same with what came to the truth since added, and what was deleted counted."""
        if self.watermark == store.watermark():
            return self
        with store.snapshot():
            return self._from(store) if store.knows(self.watermark) else self._anew(store)

    def _anew(self, store: Store) -> "VectorIndex":
        """The same from the beginning: of deleted chunks, or of another past, nothing is left."""
        empty = _flat(self.main.d)
        return VectorIndex(empty, empty, Watermark(), self.made_for)._from(store)

    def _from(self, store: Store) -> "VectorIndex":
        target = store.watermark()
        deleted = self.deleted + len(store.forgotten(self.watermark))
        if deleted > MOST_DELETED * (self.main.ntotal + self.recent.ntotal):
            return self._without_deleted(store)._from(store)
        recent = self.recent
        after = self.watermark.chunk
        while True:
            numbers, vectors = store.chunk_vectors(after, self.main.d)
            if not len(numbers):
                break
            if recent is self.recent:
                # Clones share nothing, so a search that is under way is not disturbed.
                recent = faiss.clone_index(recent)
            recent.add_with_ids(vectors, numbers)
            after = int(numbers[-1])
        made = replace(self, recent=recent, watermark=target, deleted=deleted)
        return made._joined() if recent.ntotal > MOST_RECENT else made

    def _joined(self) -> "VectorIndex":
        """The same with nothing apart."""
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
        """The same without what the truth does not have any more."""
        whole = self._joined()
        main = faiss.clone_index(whole.main)
        stored = faiss.IDSelectorBatch(store.chunk_numbers(self.watermark.chunk))
        main.remove_ids(faiss.IDSelectorNot(stored))
        reached = self.watermark._replace(forgotten=store.watermark().forgotten)
        return replace(whole, main=main, watermark=reached, deleted=0)

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
            asked = min(most, index.ntotal)
            if asked:
                scores, numbers = index.search(vector[None, :], asked, params=parameters)
                # FAISS fills up with -1 where there are fewer.
                nearest += [
                    (score, number)
                    for score, number in zip(scores[0].tolist(), numbers[0].tolist(), strict=True)
                    if number >= 0
                ]
        best = sorted(nearest, reverse=True)[:most]
        return [number for _, number in best], [score for score, _ in best]


def is_worth_saving(folder: Path, manifest: Manifest, watermark: Watermark) -> bool:
    """Whether to follow the truth from what was saved takes longer than it should.

    Saving writes the whole index. Done only when a tenth of all chunks is not in it, it costs
    each chunk the same however many there are.
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
    """The first line of the file: what it was made for, how far it goes, a sum over the rest."""

    made_for: str
    watermark: Watermark
    deleted: int
    checksum: int

    @classmethod
    def read(cls, line: bytes) -> "_Header":
        saved = json.loads(line)
        watermark = Watermark(*saved["watermark"])
        return cls(saved["made_for"], watermark, saved["deleted"], saved["checksum"])

    def written(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def _made_for(manifest: Manifest) -> str:
    return f"{manifest.archive} {manifest.fingerprint} {manifest.dimension}"


def _flat(dimension: int) -> faiss.Index:
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def _cells(flat: faiss.Index) -> faiss.Index:
    """The vectors of an exact index, in an index that searches only the nearest cells."""
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
