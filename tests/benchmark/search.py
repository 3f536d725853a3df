"""How well an archive is searched, and how fast."""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Any

import faiss
import tantivy
from tqdm import tqdm

from assistant import Assistant
from index import Archive
from index.lexical import FOLDER
from index.passage import Channel
from index.ranking import CANDIDATES
from index.upkeep import TextEncoder
from index.words import words
from tests.benchmark.metrics import first_rank, hit_rate, mean_reciprocal_rank, milliseconds
from tests.benchmark.questions import Question

Search = Callable[[Question], Iterable[str]]
"""From a question to the ids of the articles that are found, best first; with repetitions."""

ROWS: dict[str, tuple[Channel, ...]] = {
    "dense": ("dense",),
    "lexical": ("lexical",),
    "fused": ("dense", "lexical"),
}
PASSAGES = 10


def searches(archive: Archive) -> dict[str, Search]:
    """The archive's searches by their names: with either channel alone, and with both.

    The last prefers, as a reader of that day would, what was new when the question was asked.
    """

    def by(channels: Sequence[Channel], on_its_day: bool = False) -> Search:
        def search(question: Question) -> list[str]:
            day = question.asked_on if on_its_day else None
            found = archive.search(question.text, PASSAGES, channels=channels, asked=day)
            return [passage.article.id for passage in found]

        return search

    rows = {name: by(channels) for name, channels in ROWS.items()}
    return rows | {"fused, asked on its day": by(ROWS["fused"], on_its_day=True)}


def quality(
    compared: dict[str, Search], questions: Sequence[Question]
) -> dict[str, dict[str, dict[str, float]]]:
    """For each label and each search: hit@1, 5 and 10 and MRR@10 of the labelled articles."""
    found = {
        name: [list(search(question)) for question in questions]
        for name, search in tqdm(compared.items(), "Searching", disable=None)
    }
    result: dict[str, dict[str, dict[str, float]]] = {}
    for label in ("linked", "bearing"):
        right = [getattr(question, label) for question in questions]
        result[label] = {}
        for name, articles in found.items():
            ranks = [
                first_rank(ids, labelled)
                for ids, labelled in zip(articles, right, strict=True)
                if labelled
            ]
            result[label][name] = {
                "questions": len(ranks),
                **{f"hit@{most}": hit_rate(ranks, most) for most in (1, 5, 10)},
                "MRR@10": mean_reciprocal_rank(ranks, 10),
            }
    return result


def latency(
    archive: Archive, encoder: TextEncoder, questions: Sequence[Question]
) -> dict[str, Any]:
    """How long a search, its bare look-ups and a whole answer take, asked in turns."""
    assistant = Assistant(archive)
    bare = BareLookUps(archive, encoder)
    acts: dict[str, Callable[[Question], object]] = {
        "bare look-ups": lambda question: bare.search(question.text),
        "search": lambda question: archive.search(question.text, PASSAGES),
        "answer": lambda question: assistant.ask(question.text),
    }
    for question in questions[:3]:
        for act in acts.values():
            act(question)
    seconds: dict[str, list[float]] = {name: [] for name in acts}
    for number, question in enumerate(tqdm(questions, "Timing", disable=None)):
        # Each of them is first in turn.
        for name in [*acts, *acts][number % len(acts) :][: len(acts)]:
            began = perf_counter()
            acts[name](question)
            seconds[name].append(perf_counter() - began)
    result: dict[str, Any] = {name: milliseconds(taken) for name, taken in seconds.items()}
    result["search to bare look-ups"] = result["search"]["p50"] / result["bare look-ups"]["p50"]
    result["answer to search"] = result["answer"]["p50"] / result["search"]["p50"]
    return result


class BareLookUps:
    """What no search can do without: the question encoded, the nearest vectors, and BM25.

    FAISS searches all vectors exactly, and tantivy the text alone for any of the words.
    """

    def __init__(self, archive: Archive, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._vectors = faiss.IndexFlatIP(encoder.dimension)
        chunks = archive.overview().chunks
        _, vectors = archive.truth.chunk_vectors(0, encoder.dimension, chunks)
        self._vectors.add(vectors)
        index = tantivy.Index.open(str(archive.folder / FOLDER))
        self._schema = index.schema
        self._searcher = index.searcher()

    def search(self, question: str, most: int = CANDIDATES) -> tuple[list[int], list[int]]:
        """Positions of the nearest chunks, and numbers of those that share words; best first."""
        vector = self._encoder.encode_question(question)
        _, nearest = self._vectors.search(vector[None, :], most)
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", word))
                for word in dict.fromkeys(words(question))
            ]
        )
        hits = self._searcher.search(query, most, count=False).hits
        numbers = self._searcher.fast_field_values("chunk", [address for _, address in hits])
        return nearest[0].tolist(), [int(number) for number in numbers]
