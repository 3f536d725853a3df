"""The dense index: the chunks' vectors in FAISS, derived from the truth."""

import json
import zlib
from dataclasses import dataclass, replace
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
_POINTS_PER_CELL = 50


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """Vectors by chunk number, as they were at one watermark. Never changed once it is made.

    FAISS may not be searched while it is added to, so following the truth makes a new one.
    """

    index: faiss.Index
    watermark: Watermark
    made_for: str
    unsaved: int = 0

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> "VectorIndex":
        """What was saved last; empty where nothing, or nothing of this archive, can be read."""
        made_for = f"{manifest.archive} {manifest.fingerprint} {manifest.dimension}"
        empty = cls(_flat(manifest.dimension), Watermark(), made_for)
        try:
            header, _, body = (folder / FILE).read_bytes().partition(b"\n")
            saved = json.loads(header)
            if saved["made_for"] != made_for or saved["checksum"] != zlib.crc32(body):
                return empty
            index = faiss.deserialize_index(np.frombuffer(body, np.uint8))
            return cls(index, Watermark(*saved["watermark"]), made_for)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError):
            return empty

    def saved(self, folder: Path) -> "VectorIndex":
        """The same, saved: written beside and renamed, so that a reader finds one or the other."""
        body = faiss.serialize_index(self.index).tobytes()
        header = {
            "made_for": self.made_for,
            "watermark": self.watermark,
            "checksum": zlib.crc32(body),
        }
        write_and_rename(folder / FILE, json.dumps(header).encode() + b"\n" + body)
        return replace(self, unsaved=0)

    def caught_up(self, store: Store) -> "VectorIndex":
        """The same with what came to the truth since added, and what was deleted forgotten."""
        target = store.watermark()
        if self.watermark == target:
            return self
        dimension = self.index.d
        if self.watermark.is_beyond(target):
            # The truth has been put back to an earlier state.
            return VectorIndex(_flat(dimension), Watermark(), self.made_for).caught_up(store)
        # Clones share nothing, so a search that is under way in another thread is not disturbed.
        index = faiss.clone_index(self.index)
        forgotten = store.forgotten(self.watermark.forgotten)
        if forgotten:
            index.remove_ids(np.array(forgotten, np.int64))
        unsaved = self.unsaved + len(forgotten)
        after = self.watermark.chunk
        while True:
            numbers, vectors = store.chunk_vectors(after, dimension)
            if not len(numbers):
                break
            index.add_with_ids(vectors, numbers)
            unsaved += len(numbers)
            after = int(numbers[-1])
        if index.ntotal > FLAT_UP_TO and not isinstance(index, faiss.IndexIVF):
            index = _cells(index)
            unsaved = index.ntotal
        return VectorIndex(index, target, self.made_for, unsaved)

    @property
    def worth_saving(self) -> bool:
        """Whether following the truth anew takes longer than it should.

        Saving writes the whole index; done only when it has grown by a tenth, it costs each
        chunk the same however many there are.
        """
        return bool(self.unsaved * 10 > self.index.ntotal)

    def search(
        self, vector: NDArray[np.float32], most: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[list[int], list[float]]:
        """The nearest chunks and their cosines, best first; only ``allowed`` ones if given."""
        selector = None if allowed is None else faiss.IDSelectorBatch(allowed)
        if isinstance(self.index, faiss.IndexIVF):
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=CELLS_SEARCHED)
        else:
            parameters = faiss.SearchParameters(sel=selector)
        scores, numbers = self.index.search(vector[None, :], most, params=parameters)
        found = numbers[0] >= 0
        return numbers[0][found].tolist(), scores[0][found].tolist()


def _flat(dimension: int) -> faiss.Index:
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def _cells(flat: faiss.Index) -> faiss.Index:
    """The vectors of an exact index, in an index that searches only the nearest cells."""
    numbers = faiss.vector_to_array(flat.id_map)
    vectors = flat.index.reconstruct_n(0, flat.ntotal)
    quantizer = faiss.IndexFlatIP(flat.d)
    cells = max(1, flat.ntotal // _POINTS_PER_CELL)
    index = faiss.IndexIVFFlat(quantizer, flat.d, cells, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add_with_ids(vectors, numbers)
    return index
