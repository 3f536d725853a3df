"""Searches an archive: gets each channel's ranking, and combines them into one list of passages."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from corpus.encoding import caseless, without_halves
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

# The most times a search is repeated while other processes keep changing the archive.
_TRIES = 5


class TextReranker(Protocol):
    """The interface of a reranker; ``index.reranking.Reranker`` implements it."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Search:
    """The searches of an archive; ``index.archive`` adds the methods that change it.

    ``reranker`` is the name of a cross-encoder, which the first search loads, or an object with
    the same method.
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

        ``asked`` is the day of the question; articles that were new on it are preferred. Each
        further passage of one article counts ``discount`` times the one before: 1 gives more
        passages of the best articles, a lower value gives more articles. Raises ValueError unless
        ``k`` is positive and the channels exist, and TypeError for an argument of a wrong type.
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
                # If chunks were deleted meanwhile, the rankings miss the chunks that replaced them.
                if tries and self.truth.watermark().forgotten != forgotten:
                    continue
                passages = self.passages(rankings, k, asked, filters, discount)
            exhausted = all(len(ranking) < most for ranking in rankings.values())
            # If very many articles carry one text, the other articles rank after all of them.
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
        """The hits of each channel alone: chunk numbers with its scores, best first.

        A reranker, if there is one, scores the first chunks of the fused ranking.
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
                lambda limit: state.lexical.search(query, limit, filters, hidden, chosen),
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

        A passage that copies of one text share is returned once, from the best-ranked article.
        ``discount`` is as in ``search``. ``filters`` are those of the rankings, so that articles
        outside of them are not listed as copies either.
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
        # Read from the database, because a ranking may still have chunks deleted meanwhile.
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
        """The words of a query, with their rarity and other spellings in the archive."""
        hidden = self.truth.embargoed()
        return self.upkeep.follow().lexical.query_words(without_halves(query), hidden)

    def mentioning(self, text: str, filters: Filters | None = None) -> list[Article]:
        """The articles with a passage that has all words of a text, in any form, newest first.

        Stop words such as "the" are ignored. Copies of one text are all included.
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
        """The sources with a name, with or without "the": "The Week" matches theweek.co.uk.

        The last part of an address is no name: "the UK" matches no source in .uk.
        """
        check("name", name, None)

        def forms(*names: str) -> set[str]:
            plain = {"".join(caseless(name).split()) for name in names}
            return (plain | {name.removeprefix("the") for name in plain}) - {""}

        name_forms = forms(name)
        return tuple(
            source
            for source in self.truth.per("source")
            if not name_forms.isdisjoint(forms(source, *source.split(".")[:-1]))
        )

    def authors_called(self, name: str) -> list[str]:
        """The authors, as the articles spell them, whose names have all words of this name.

        Case and accents are ignored: "muller" matches Ana Müller and Jens Müller.
        """
        check("name", name, None)
        name_words = set(unstemmed(name))
        authors = self.truth.per("author") if name_words else ()
        return [author for author in authors if name_words <= set(unstemmed(author))]

    def written_by(self, name: str, filters: Filters | None = None) -> list[str]:
        """The ids of the articles by authors with this name, newest first."""
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
        """Counts of the articles that match a query, and one page of their best passages.

        The page has at most ``most`` passages, from rank ``first`` on in this ``order``. If no
        article that passes the filters has every word, those with any word match, and else the
        nearest in meaning; without a query all match. ``naming`` keeps only articles that name all
        of these entities; ``since`` keeps only those that are new or changed since then.
        """
        check("query", query, filters)
        if order not in get_args(Order):
            raise ValueError(f"order is {order!r}; it must be one of {', '.join(get_args(Order))}")
        query, first, most = without_halves(query), whole("first", first), whole("most", most)
        facts = self.truth.facts(filters or Filters(), since)
        passing = self.truth.facts(filters or Filters()) if since else facts
        among = {number for number, *_ in passing}
        for kind, name in naming:
            if kind not in get_args(Kind):
                kinds = ", ".join(get_args(Kind))
                raise ValueError(f"naming has the kind {kind!r}; it must be one of {kinds}")
            entity = self.truth.entity(kind, name)
            among &= set(self.truth.naming(entity)) if entity is not None else set()
        facts = [fact for fact in facts if fact[0] in among]
        if since and not facts:
            # No article is new, so none of the new articles matches.
            return Hits("everything", 0, Passages(), {}, {}, {}, {})
        how, best = self._matching(query, filters, among)
        if how != "everything":
            facts = [article for article in facts if article[0] in best]
        scores = {number: score for number, (score, _) in best.items()}
        page = first_of(facts, order, scores, first + most)[first:]
        return Hits(
            how,
            len(facts),
            self._page_of([number for number, *_ in page], best),
            **counted(facts),
            words=self.query_words(query),
            numbers=[number for number, *_ in facts],
        )

    def _matching(
        self, query: str, filters: Filters | None, among: Container[int]
    ) -> tuple[How, dict[int, tuple[float, int]]]:
        """How articles match, and for each by number its best chunk's score and number."""
        if not query.strip():
            return "everything", {}
        hidden = self.truth.embargoed()
        lexical = self.upkeep.follow().lexical
        lexical_ways: tuple[How, ...] = ("every word", "some words")
        for how in lexical_ways:
            matches = lexical.matching(query, hidden, every=how == "every word")
            if best := {number: match for number, match in matches.items() if number in among}:
                return how, best
        fused = fuse(self.rankings(query, filters=filters, channels=("dense",)))
        for chunk, place in self.truth.places(list(fused)).items():
            best[place.article] = max(best.get(place.article, (0.0, 0)), (fused[chunk], chunk))
        return "meaning", best

    def _page_of(self, numbers: Sequence[int], best: Mapping[int, tuple[float, int]]) -> Passages:
        """The best passage of each article, or the whole article if it has no best chunk."""
        articles = self.truth.numbered(numbers)
        spans = self.truth.passages([best[number][1] for number in numbers if number in best])
        passages = []
        for number in filter(articles.__contains__, numbers):
            article = articles[number]
            score, chunk = best.get(number, (0.0, 0))
            _, start, end = spans.get(chunk, (article, 0, len(article.text)))
            passages.append(Passage(article, start, end, score))
        return Passages(passages)

    def seen(self) -> Seen:
        """A marker of what somebody who looks now has seen; ``hits`` finds what is newer.

        An article that is being stored at this moment will count as new.
        """
        return self.truth.seen()

    def count(self, filters: Filters | None = None) -> int:
        """How many of the articles that may be shown pass the filters."""
        check("query", "", filters)
        return self.truth.count(filters or Filters())

    @property
    def encoder(self) -> TextEncoder:
        """The encoder of texts and questions, loaded when it is first needed."""
        return self.upkeep.encoder

    def similarities(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of each text with a query, by the archive's encoder."""
        similarities: NDArray[np.float32] = self.encoder.encode(texts) @ (
            self.encoder.encode_question(without_halves(query))
        )
        return similarities

    def _others(self, numbers: Sequence[int], article: Article) -> tuple[Article, ...]:
        """The articles with these numbers, except one, the earliest first."""
        carriers = self.truth.numbered(numbers).values()
        return tuple(sorted((other for other in carriers if other.id != article.id), key=age))

    def _dense(
        self, state: State, vector: NDArray[np.float32], filters: Filters | None
    ) -> Callable[[int], tuple[list[int], list[float]]]:
        """A function that takes a limit and returns the nearest chunks and their cosines."""
        vectors = state.vectors
        if vectors is None:
            return lambda limit: self.truth.nearest(vector, limit, filters)
        chunks = self.truth.selected_chunks(filters) if filters else None
        return lambda limit: vectors.search(vector, limit, chunks)

    def _settled(
        self,
        search: Callable[[int], tuple[list[int], list[float]]],
        most: int,
        hidden: Sequence[int],
    ) -> dict[int, float]:
        """The best visible chunks of one channel; equal scores are ordered by place.

        A derived index may still have deleted chunks, and returns equal scores in the order in
        which it got them. So the limit is raised until the last ranks are certain.
        """
        limit = most + MARGIN
        while True:
            numbers, scores = search(limit)
            exhausted = len(numbers) < limit
            places = {
                number: (place.id, place.start)
                for number, place in self.truth.places(numbers).items()
                if place.article not in hidden
            }
            visible = {
                number: score
                for number, score in zip(numbers, scores, strict=True)
                if number in places
            }
            best = settle(visible, places, exhausted)
            if exhausted or len(best) >= most:
                return dict(best[:most])
            limit *= 2

    def _reranked(self, query: str, chunks: Sequence[int]) -> dict[int, float]:
        """The chunks that are still stored, with the reranker's scores, best first."""
        stored = self.truth.passages(chunks)
        present = [chunk for chunk in chunks if chunk in stored]
        texts = [Passage(*stored[chunk], score=0.0).text for chunk in present]
        scores = self._load_reranker().scores(query, texts)
        # The sort is stable, so equal scores keep the order of the channels.
        order = np.argsort(-scores, kind="stable")
        return {present[at]: float(scores[at]) for at in order}

    def _load_reranker(self) -> TextReranker:
        with self.upkeep.lock:
            if isinstance(self._reranker, str):
                from index.reranking import Reranker

                self._reranker = Reranker(self._reranker)
            assert self._reranker is not None
            return self._reranker
