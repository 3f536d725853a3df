"""What indexing costs beside the encoder alone, and the encoder beside a plain one."""

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any, TypeVar

from tqdm import tqdm

from corpus import Article
from corpus.chunking import Chunker
from index import Archive
from index.upkeep import TextEncoder

_Item = TypeVar("_Item")

_SLICES = 8
_SAMPLE_SLICES = 4
_SAMPLE_SLICE = 256


def build(
    archive: Archive, encoder: TextEncoder, articles: Sequence[Article]
) -> tuple[list[str], dict[str, Any]]:
    """Add the articles to an empty archive, and encode the same chunks without it.

    Both are done in turns, slice by slice, so that whatever else the machine does slows both.
    Returns the different chunks, and what was measured.
    """
    chunker = Chunker(encoder.count_tokens, encoder.longest)
    encoded: dict[str, None] = {}
    chunks = 0
    adding: list[float] = []
    encoding: list[float] = []
    for number, part in enumerate(tqdm(_slices(articles, _SLICES), "Indexing", disable=None)):
        every = [a.text[chunk.start : chunk.end] for a in part for chunk in chunker.cut(a)]
        # A text that stands in several articles is embedded once.
        texts = [text for text in dict.fromkeys(every) if text not in encoded]
        encoded |= dict.fromkeys(texts)
        chunks += len(every)

        def add(part: Sequence[Article] = part, expected: int = len(texts)) -> None:
            embedded = archive.add(part).embedded
            assert embedded == expected, f"{embedded} texts were embedded, not {expected}"

        def encode(texts: Sequence[str] = texts) -> None:
            encoder.encode(texts)

        # Whichever comes second finds the processor warm, or hot.
        turns: list[tuple[list[float], Callable[[], None]]] = [(adding, add), (encoding, encode)]
        for seconds, act in reversed(turns) if number % 2 else turns:
            seconds.append(_seconds(act))
    ratios = [one / other for one, other in zip(adding, encoding, strict=True)]
    return list(encoded), {
        "articles": len(articles),
        "chunks": chunks,
        "seconds": sum(adding),
        "chunks a second": chunks / sum(adding),
        "ratio": sum(adding) / sum(encoding),
        "least ratio": min(ratios),
        "greatest ratio": max(ratios),
    }


def compare_encoders(
    encode: Callable[[Sequence[str]], Any],
    plain: Callable[[Sequence[str]], Any],
    texts: Sequence[str],
) -> dict[str, float]:
    """How much faster the one encodes a sample of the texts than the other, done in turns."""
    wanted = _SAMPLE_SLICES * _SAMPLE_SLICE
    sample = texts[:: max(1, len(texts) // wanted)][:wanted]
    encode(sample[:16])
    plain(sample[:16])
    ours: list[float] = []
    theirs: list[float] = []
    for part in _slices(sample, _SAMPLE_SLICES):
        ours.append(_seconds(lambda part=part: encode(part)))
        theirs.append(_seconds(lambda part=part: plain(part)))
    speed_ups = [other / one for one, other in zip(ours, theirs, strict=True)]
    return {
        "chunks a second": len(sample) / sum(ours),
        "plain chunks a second": len(sample) / sum(theirs),
        "speed-up": sum(theirs) / sum(ours),
        "least speed-up": min(speed_ups),
        "greatest speed-up": max(speed_ups),
    }


def _seconds(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


def _slices(items: Sequence[_Item], count: int) -> Iterator[Sequence[_Item]]:
    size = max(1, -(-len(items) // count))
    for at in range(0, len(items), size):
        yield items[at : at + size]
