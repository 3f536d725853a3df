"""Names in texts, found by spaCy: https://spacy.io, extra ``names``.

An article is read by the pipeline that is installed for its language. Two come with the extra, for
English and for French, whose files were published by Explosion, and uploaded to PyPI by others; so
each file is compared with the hash of the one that was published. Any other pipeline that is
installed, such as ``de_core_news_md``, is used as it is.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from corpus.sentences import stretches
from index.errors import ArchiveError
from index.files import digest_of

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Kind = Literal["person", "place", "organisation"]
KINDS: tuple[Kind, ...] = ("person", "place", "organisation")

# What spaCy's pipelines call them; the labels are those of the corpora that they learnt from.
_LABELS: dict[str, Kind] = {
    **dict.fromkeys(("PERSON", "PER", "PRS", "persName"), "person"),
    **dict.fromkeys(("GPE", "LOC", "FAC", "GPE_LOC", "placeName", "geogName"), "place"),
    **dict.fromkeys(("ORG", "GPE_ORG", "ORGANIZATION", "orgName"), "organisation"),
}
_HASHES = Path(__file__).with_suffix(".json")
# Of a pipeline's components.
_FINDERS = frozenset({"tok2vec", "transformer", "ner"})
# Of several pipelines for one language the largest is used.
_LARGEST_FIRST = ("trf", "lg", "md", "sm")

# Signs in a row without a space, which spaCy takes apart one by one, and looks at all that are left
# each time. No name has so many; the letters of scripts that have no spaces between words are none.
_UNBROKEN = re.compile(r"(?:[^\w\s]|[\x21-\x7e]){100,}")

_POSSESSIVES = ("'s", "’s")

# So many characters are read together, and so many such stretches at once.
_LONGEST = 50_000
_AT_ONCE = 16


class Span(NamedTuple):
    """A name in a text, ``text[start:end]``."""

    start: int
    end: int
    kind: Kind


class NameTagger(Protocol):
    """What finds names in texts; ``Tagger`` is the real one.

    ``name`` tells it from any that finds others.
    """

    @property
    def name(self) -> str: ...
    def tag(self, texts: Sequence[tuple[str, str | None]]) -> Sequence[Sequence[Span]]: ...


class Tagger:
    """Pipelines by the codes of their languages, each loaded when such a text is first read."""

    def __init__(self, packages: Mapping[str, str]) -> None:
        self._packages = packages
        self._pipelines: dict[str, Language] = {}

    @cached_property
    def name(self) -> str:
        return ", ".join(f"{package} {version(package)}" for package in self._packages.values())

    def tag(self, texts: Sequence[tuple[str, str | None]]) -> list[list[Span]]:
        """The names in each of some texts, none where no pipeline reads its language.

        A text comes with the code of its language, or None: then it is told from the text.
        """
        from corpus.languages import identify

        pieces_for: dict[str, list[tuple[str, tuple[int, int]]]] = {}
        for at, (text, language) in enumerate(texts):
            package = self._packages.get(language or identify(text)[0])
            if package:
                plain = readable(text)
                pieces_for.setdefault(package, []).extend(
                    (plain[start:end], (at, start)) for start, end in stretches(text, _LONGEST)
                )
        spans: list[list[Span]] = [[] for _ in texts]
        for package, pieces in pieces_for.items():
            if package not in self._pipelines:
                self._pipelines[package] = load_pipeline(package, _FINDERS)
            pipeline = self._pipelines[package]
            for read, (at, start) in pipeline.pipe(pieces, as_tuples=True, batch_size=_AT_ONCE):
                spans[at] += _spans(read, start)
        return spans


def installed() -> Tagger | None:
    """What finds names here; None where spaCy or every pipeline is missing."""
    there = packages()
    return Tagger(there) if there else None


def packages() -> dict[str, str]:
    """The pipelines that are installed, by the codes of their languages."""
    if not find_spec("spacy"):
        return {}
    return largest(package.name for package in entry_points(group="spacy_models"))


def largest(packages: Iterable[str]) -> dict[str, str]:
    """Of some pipelines the largest for each language, by its code."""
    chosen: dict[str, str] = {}
    for package in sorted(packages, key=_size):
        chosen.setdefault(package.partition("_")[0], package)
    return dict(sorted(chosen.items()))


def _size(package: str) -> tuple[int, str]:
    sizes = [at for at, size in enumerate(_LARGEST_FIRST) if size in package.split("_")]
    return min(sizes, default=len(_LARGEST_FIRST)), package


def load_pipeline(package: str, parts: Set[str]) -> "Language":
    """A pipeline, of which only those ``parts`` are loaded that it has.

    Raises ArchiveError where it is damaged, or not the one that was published.
    """
    import spacy
    from spacy.util import load_config

    folder = _folder(package)
    hashes = json.loads(_HASHES.read_text(encoding="utf-8"))
    for name, digest in hashes.get(package, {}).items():
        if not _has_digest(folder / name, digest):
            raise ArchiveError(
                f"{folder / name} is damaged, or not the one that Explosion published: install "
                f"{package} anew, or without it find no names."
            )
    config: Any = load_config(folder / "config.cfg")
    used = [part for part in config["nlp"]["pipeline"] if part in parts]
    readers = [(config["components"][part].get("model") or {}).get("tok2vec", {}) for part in used]
    if not any("Listener" in reader.get("@architectures", "") for reader in readers):
        used = [part for part in used if part != "tok2vec"]
    unused = [part for part in config["nlp"]["pipeline"] if part not in used]
    return spacy.load(folder, exclude=unused)


def readable(text: str) -> str:
    """A text of the same length that takes no longer to read than others."""
    return _UNBROKEN.sub(_blank, text)


def _folder(package: str) -> Path:
    """Where the files of a pipeline lie. No code of its package is run."""
    [place] = getattr(find_spec(package), "submodule_search_locations", None) or [""]
    try:
        return next(Path(place).glob(f"{package}-*/config.cfg")).parent
    except StopIteration:
        raise ArchiveError(f"The package {package} has no pipeline: install it anew.") from None


def _has_digest(file: Path, wanted: str) -> bool:
    try:
        return digest_of(file) == wanted
    except OSError:
        return False


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _spans(read: "Doc", start: int) -> Iterator[Span]:
    """The names in a stretch that begins so many characters after its text does."""
    for name in read.ents:
        kind = _LABELS.get(name.label_)
        # OntoNotes, which the English pipeline has learnt from, counts the article and the
        # possessive as parts of a name; the "’s" of "Editor’s Note" is found to begin one.
        begins = name[0].lower_ in _POSSESSIVES or (kind != "person" and name[0].lower_ == "the")
        first = name.start + (len(name) > 1 and begins)
        last = name.end - (len(name) > 1 and name[-1].lower_ in (*_POSSESSIVES, "'", "’"))
        if kind and first < last:
            words = read[first:last]
            yield Span(start + words.start_char, start + words.end_char, kind)
