"""Passages out of an archive: each channel's ranking, and one list made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from corpus.encoding import without_halves
from index.checks import day, several, whole
from index.finding import Hits, How, Order, counted, first_of
from index.passage import Channel, Filters, Passage, Passages, check
from index.ranking import (
    CANDIDATES,
    CONSIDERED,
    MARGIN,
    REPEAT_DISCOUNT,
    RERANKED,
    Carriers,
    Rankings,
    age,
    diversify,
    fuse,
    newness,
    prefer_recent,
    ranks,
    settle,
)
from index.store import Seen, Store
from index.tagging import Kind
from index.upkeep import State, TextEncoder, Upkeep
from index.words import unstemmed

if TYPE_CHECKING:
    from index.lexical import QueryWord

CHANNELS: tuple[Channel, ...] = ("dense", "lexical")

# So often it is searched at the most where others go on changing what is there.
_TRIES = 5


class TextReranker(Protocol):
    """What an archive needs of a reranker; ``index.reranking.Reranker`` is the real one."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Search:
    """What an archive answers; ``index.archive`` adds how it is changed.

    ``reranker`` is the name of a cross-encoder, which is loaded for the first search, or an
    object that does the same.
    """

    def __init__(
        self, truth: Store, upkeep: Upkeep, reranker: str | TextReranker | None = None
    ) -> None:
        self.truth = truth
        self.upkeep = upkeep
        self._reranker = reranker

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters | None = None,
        channels: Sequence[Channel] = CHANNELS,
        asked: date | None = None,
        discount: float = REPEAT_DISCOUNT,
    ) -> Passages:
        """The ``k`` passages that answer a query best, best first.

        ``asked`` is the day on which it is asked, where that matters: what was new then is
        preferred. Each further passage of one article counts ``discount`` times the one before:
        with 1 the best articles are read more deeply, with less more articles are. Raises
        ValueError unless ``k`` is positive and the channels exist, and TypeError for what is of
        another kind.
        """
        k, asked = whole("k", k, least=1), day("asked", asked)
        channels = several("channels", channels, str, "names of channels")
        if not channels or not {*channels} <= {*CHANNELS}:
            raise ValueError(f"channels is {channels}; it must have some of {', '.join(CHANNELS)}")
        check("query", query, filters)
        most, tries = max(CANDIDATES, 2 * k), _TRIES
        while True:
            forgotten = self.truth.watermark().forgotten
            rankings = self.rankings(query, most, filters, channels)
            tries -= 1
            with self.truth.snapshot():
                # Of what was changed meanwhile only the former state was found, which is gone.
                if tries and self.truth.watermark().forgotten != forgotten:
                    continue
                passages = self.passages(rankings, k, asked, filters, discount)
            exhausted = all(len(ranking) < most for ranking in rankings.values())
            # Where very many carry one text, what others say comes after all of them.
            if len(passages) >= k or exhausted or not any(passage.copies for passage in passages):
                return passages
            most *= 2

    def rankings(
        self,
        query: str,
        most: int = CANDIDATES,
        filters: Filters | None = None,
        channels: Sequence[Channel] = CHANNELS,
    ) -> Rankings:
        """What each channel finds by itself: chunk numbers with its scores, best first.

        A reranker, if there is one, scores the first that they find together.
        """
        query = without_halves(query)
        if not query.strip():
            return {}
        with self.upkeep.lock:
            state = self.upkeep.follow()
            encoder = self.upkeep.encoder if "dense" in channels else None
        hidden = self.truth.embargoed()
        rankings: dict[Channel, dict[int, float]] = {}
        if encoder:
            vector = encoder.encode_question(query)
            rankings["dense"] = self._settled(self._dense(state, vector, filters), most, hidden)
        if "lexical" in channels:
            ids = filters.articles if filters else ()
            chosen = list(self.truth.numbers(ids).values()) if ids else None
            rankings["lexical"] = self._settled(
                lambda asked: state.lexical.search(query, asked, filters, hidden, chosen),
                most,
                hidden,
            )
        if self._reranker:
            rankings["reranker"] = self._reranked(query, list(fuse(rankings))[:RERANKED])
        return rankings

    def passages(
        self,
        rankings: Rankings,
        k: int = 10,
        asked: date | None = None,
        filters: Filters | None = None,
        discount: float = REPEAT_DISCOUNT,
    ) -> Passages:
        """The ``k`` best passages by all rankings together, best first.

        What copies of one text have in common is given once, from the article that fits best.
        ``discount`` is as in ``search``; ``filters`` are those of the rankings: other articles are
        not named as copies either.
        """
        places = self.truth.places(list(set(chain.from_iterable(rankings.values()))))
        copies = self.truth.copies([place.article for place in places.values()], filters)
        carriers: Carriers = {
            chunk: (copies[place.article][0], place.article)
            for chunk, place in places.items()
            if place.article in copies
        }
        fused = fuse(rankings, carriers)
        considered = [
            chunk for chunk, rank in ranks(fused, carriers) if rank <= max(CONSIDERED, 4 * k)
        ]
        # Read from the truth: what was deleted meanwhile may be in a ranking, but is not here.
        stored = self.truth.passages(considered)
        passages = []
        for chunk, score in fused.items():
            if chunk in stored:
                why = {
                    name: ranking[chunk] for name, ranking in rankings.items() if chunk in ranking
                }
                passages.append(Passage(*stored[chunk], score, why))
        numbers = {place.id: place.article for place in places.values()}
        texts = {id: copies[number][0] for id, number in numbers.items() if number in copies}
        best = diversify(prefer_recent(passages, asked), texts, discount)[:k]

        def with_copies(passage: Passage) -> Passage:
            article = passage.article
            if article.id not in texts:
                return passage
            return replace(passage, copies=self._others(copies[numbers[article.id]], article))

        return Passages(map(with_copies, best))

    def query_words(self, query: str) -> "list[QueryWord]":
        """The words of a query, how rare they are here, and how else they are spelled."""
        hidden = self.truth.embargoed()
        return self.upkeep.follow().lexical.query_words(without_halves(query), hidden)

    def mentioning(self, text: str, filters: Filters | None = None) -> list[Article]:
        """The articles with a passage that has all words of a text, in some form, newest first.

        Words that tell nothing, such as "the", are not asked for. Copies of one text are all here.
        """
        check("text", text, filters)
        hidden = self.truth.embargoed()
        chunks = self.upkeep.follow().lexical.having_all(without_halves(text), hidden)
        numbers = {place.article for place in self.truth.places(chunks).values()}
        if filters:
            numbers = self.truth.passing(sorted(numbers), filters)
        articles = self.truth.numbered(sorted(numbers)).values()
        return sorted(articles, key=newness, reverse=True)

    def sources_called(self, name: str) -> tuple[str, ...]:
        """The sources of a name, with or without its article: "The Week" is theweek.co.uk, too.

        The last part of an address is no name: "the UK" is none of its papers.
        """
        check("name", name, None)

        def forms(*names: str) -> set[str]:
            plain = {"".join(name.casefold().split()) for name in names}
            return (plain | {name.removeprefix("the") for name in plain}) - {""}

        asked = forms(name)
        return tuple(
            source
            for source in self.truth.per("source")
            if not asked.isdisjoint(forms(source, *source.split(".")[:-1]))
        )

    def authors_called(self, name: str) -> list[str]:
        """The authors, as articles name them, that have all words of a name.

        Capitals and accents do not count: "muller" is Ana Müller, and also Jens Müller.
        """
        check("name", name, None)
        asked = set(unstemmed(name))
        authors = self.truth.per("author") if asked else ()
        return [author for author in authors if asked <= set(unstemmed(author))]

    def written_by(self, name: str, filters: Filters | None = None) -> list[str]:
        """The ids of the articles by the authors who are called so, newest first."""
        check("name", name, filters)
        return self.truth.written_by(self.authors_called(name), filters or Filters())

    def hits(
        self,
        query: str = "",
        filters: Filters | None = None,
        order: Order = "relevance",
        first: int = 0,
        most: int = 20,
        since: Seen | None = None,
        naming: Sequence[tuple[Kind, str]] = (),
    ) -> Hits:
        """All articles that have the words of a query, counted, and some with their best passage.

        Those are ``most`` at the most, from the place ``first`` on in their ``order``. Where no
        article has every word, those that have any are found, and else the nearest by meaning;
        without a query, all there are. With ``since`` it is those of them that are new, or were
        changed, since that was seen; with ``naming`` those that name all of these entities.
        """
        check("query", query, filters)
        if order not in get_args(Order):
            raise ValueError(f"order is {order!r}; it must be one of {', '.join(get_args(Order))}")
        query, first, most = without_halves(query), whole("first", first), whole("most", most)
        facts = self.truth.facts(filters or Filters(), since)
        for kind, name in naming:
            if kind not in get_args(Kind):
                kinds = ", ".join(get_args(Kind))
                raise ValueError(f"naming has the kind {kind!r}; it must be one of {kinds}")
            entity = self.truth.entity(kind, name)
            articles = set(self.truth.naming(entity)) if entity is not None else set()
            facts = [fact for fact in facts if fact[0] in articles]
        if since and not facts:
            # Where nothing came in, nothing that came in matches.
            return Hits("everything", 0, Passages(), {}, {}, {}, {})
        how, best = self._matching(query, filters)
        if how != "everything":
            facts = [article for article in facts if article[0] in best]
        scores = {number: score for number, (score, _) in best.items()}
        shown = first_of(facts, order, scores, first + most)[first:]
        return Hits(
            how,
            len(facts),
            self._shown([number for number, *_ in shown], best),
            **counted(facts),
            words=self.query_words(query),
            numbers=[number for number, *_ in facts],
        )

    def _matching(
        self, query: str, filters: Filters | None
    ) -> tuple[How, dict[int, tuple[float, int]]]:
        """How articles are found, and by number the score and the number of the best chunk."""
        if not query.strip():
            return "everything", {}
        hidden = self.truth.embargoed()
        lexical = self.upkeep.follow().lexical
        if every := lexical.matching(query, hidden):
            return "every word", every
        if some := lexical.matching(query, hidden, every=False):
            return "some words", some
        fused = fuse(self.rankings(query, filters=filters, channels=("dense",)))
        near: dict[int, tuple[float, int]] = {}
        for chunk, place in self.truth.places(list(fused)).items():
            near[place.article] = max(near.get(place.article, (0.0, 0)), (fused[chunk], chunk))
        return "meaning", near

    def _shown(self, numbers: Sequence[int], best: Mapping[int, tuple[float, int]]) -> Passages:
        """The best passage of each article, or all of it where none is better."""
        articles = self.truth.numbered(numbers)
        stretches = self.truth.passages([best[number][1] for number in numbers if number in best])
        passages = []
        for number in filter(articles.__contains__, numbers):
            article = articles[number]
            score, chunk = best.get(number, (0.0, 0))
            _, start, end = stretches.get(chunk, (article, 0, len(article.text)))
            passages.append(Passage(article, start, end, score))
        return Passages(passages)

    def seen(self) -> Seen:
        """What whoever looks now has seen: what is new after that is found by ``hits``.

        An article that is stored at this moment is new for whoever asks next.
        """
        return self.truth.seen()

    def count(self, filters: Filters | None = None) -> int:
        """How many articles the filters let through, of those that may be shown."""
        check("query", "", filters)
        return self.truth.count(filters or Filters())

    @property
    def encoder(self) -> TextEncoder:
        """What turns texts and questions into vectors, loaded when it is first needed."""
        return self.upkeep.encoder

    def similarities(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of each text with a query, by the archive's encoder."""
        similarities: NDArray[np.float32] = self.encoder.encode(texts) @ (
            self.encoder.encode_question(without_halves(query))
        )
        return similarities

    def _others(self, numbers: Sequence[int], article: Article) -> tuple[Article, ...]:
        """The articles with these numbers without one of them, the earliest first."""
        carrying = self.truth.numbered(numbers).values()
        return tuple(sorted((other for other in carrying if other.id != article.id), key=age))

    def _dense(
        self, state: State, vector: NDArray[np.float32], filters: Filters | None
    ) -> Callable[[int], tuple[list[int], list[float]]]:
        """What finds so many nearest chunks that are asked for, and their cosines."""
        vectors = state.vectors
        if vectors is None:
            return lambda asked: self.truth.nearest(vector, asked, filters)
        chunks = self.truth.selected_chunks(filters) if filters else None
        return lambda asked: vectors.search(vector, asked, chunks)

    def _settled(
        self,
        search: Callable[[int], tuple[list[int], list[float]]],
        most: int,
        hidden: Sequence[int],
    ) -> dict[int, float]:
        """The best chunks of one channel that may be shown, equals in the order of their places.

        A derived index may still hold what was deleted, and returns equals in the order in which
        they came to it; so more is asked for until the last place that counts is certain.
        """
        asked = most + MARGIN
        while True:
            numbers, scores = search(asked)
            exhausted = len(numbers) < asked
            places = {
                number: (place.id, place.start)
                for number, place in self.truth.places(numbers).items()
                if place.article not in hidden
            }
            shown = {
                number: score
                for number, score in zip(numbers, scores, strict=True)
                if number in places
            }
            best = settle(shown, places, exhausted)
            if exhausted or len(best) >= most:
                return dict(best[:most])
            asked *= 2

    def _reranked(self, query: str, chunks: Sequence[int]) -> dict[int, float]:
        """Those of the chunks that are still there with the reranker's scores, best first."""
        stored = self.truth.passages(chunks)
        read = [chunk for chunk in chunks if chunk in stored]
        texts = [Passage(*stored[chunk], score=0.0).text for chunk in read]
        scores = self._load_reranker().scores(query, texts)
        # Of equals, that comes first which the channels put first.
        order = np.argsort(-scores, kind="stable")
        return {read[at]: float(scores[at]) for at in order}

    def _load_reranker(self) -> TextReranker:
        with self.upkeep.lock:
            if isinstance(self._reranker, str):
                from index.reranking import Reranker

                self._reranker = Reranker(self._reranker)
            assert self._reranker is not None
            return self._reranker
