"""Finds names in texts with spaCy: https://spacy.io, extra ``names``.

The pipeline installed for an article's language reads it. The extra comes with two, for English
and French. Explosion published their files, but others uploaded them to PyPI; so each file is
compared with the hash of the published one. Any other installed pipeline, such as
``de_core_news_md``, is used without this check.
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

# The labels of spaCy's pipelines, which come from the corpora they were trained on.
_LABELS: dict[str, Kind] = {
    **dict.fromkeys(("PERSON", "PER", "PRS", "persName"), "person"),
    **dict.fromkeys(("GPE", "LOC", "FAC", "GPE_LOC", "placeName", "geogName"), "place"),
    **dict.fromkeys(("ORG", "GPE_ORG", "ORGANIZATION", "orgName"), "organisation"),
}
_HASHES = Path(__file__).with_suffix(".json")
# The components of a pipeline that find names.
_FINDERS = frozenset({"tok2vec", "transformer", "ner"})
# The sizes of pipelines; the largest one for a language is used.
_LARGEST_FIRST = ("trf", "lg", "md", "sm")

# A long run of signs without a space. spaCy splits it sign by sign, each time looking at all signs
# left. No name is so long. Letters of scripts without spaces between words are not matched.
_UNBROKEN = re.compile(r"(?:[^\w\s]|[\x21-\x7e]){100,}")

_POSSESSIVES = ("'s", "’s")

# A pipeline reads stretches of up to this many characters, and this many stretches at once.
_LONGEST = 50_000
_AT_ONCE = 16


class Span(NamedTuple):
    """A name in a text, ``text[start:end]``."""

    start: int
    end: int
    kind: Kind


class NameTagger(Protocol):
    """The interface of a name tagger; ``Tagger`` implements it.

    Two taggers with the same ``name`` find the same names.
    """

    @property
    def name(self) -> str: ...
    def tag(self, texts: Sequence[tuple[str, str | None]]) -> Sequence[Sequence[Span]]: ...


class Tagger:
    """Pipelines by language code, each loaded when a text in its language is first read."""

    def __init__(self, packages: Mapping[str, str]) -> None:
        self._packages = packages
        self._pipelines: dict[str, Language] = {}

    @cached_property
    def name(self) -> str:
        return ", ".join(f"{package} {version(package)}" for package in self._packages.values())

    def tag(self, texts: Sequence[tuple[str, str | None]]) -> list[list[Span]]:
        """The names in each text; none if no pipeline reads the text's language.

        Each text comes with its language code; if that is None, the language is detected.
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
            for doc, (at, start) in pipeline.pipe(pieces, as_tuples=True, batch_size=_AT_ONCE):
                spans[at] += _spans(doc, start)
        return spans


def installed() -> Tagger | None:
    """The tagger with all installed pipelines; None if spaCy or every pipeline is missing."""
    pipelines = packages()
    return Tagger(pipelines) if pipelines else None


def packages() -> dict[str, str]:
    """The packages of the installed pipelines, by language code."""
    if not find_spec("spacy"):
        return {}
    return largest(package.name for package in entry_points(group="spacy_models"))


def largest(packages: Iterable[str]) -> dict[str, str]:
    """The largest of the pipelines for each language, by language code."""
    by_language: dict[str, str] = {}
    for package in sorted(packages, key=_size):
        by_language.setdefault(package.partition("_")[0], package)
    return dict(sorted(by_language.items()))


def _size(package: str) -> tuple[int, str]:
    sizes = [at for at, size in enumerate(_LARGEST_FIRST) if size in package.split("_")]
    return min(sizes, default=len(_LARGEST_FIRST)), package


def load_pipeline(package: str, parts: Set[str]) -> "Language":
    """Load those of the ``parts`` that a pipeline has.

    Raises ArchiveError if it is damaged, or is not the published one.
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
    """A text of the same length, with blanks for runs of signs that would take long to read."""
    return _UNBROKEN.sub(_blank, text)


def _folder(package: str) -> Path:
    """The folder of a pipeline's files. No code of its package is run."""
    [place] = getattr(find_spec(package), "submodule_search_locations", None) or [""]
    try:
        return next(Path(place).glob(f"{package}-*/config.cfg")).parent
    except StopIteration:
        raise ArchiveError(f"The package {package} has no pipeline: install it anew.") from None


def _has_digest(file: Path, digest: str) -> bool:
    try:
        return digest_of(file) == digest
    except OSError:
        return False


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _spans(doc: "Doc", start: int) -> Iterator[Span]:
    """The names in a stretch of a text, which begins at the offset ``start`` of the text."""
    for name in doc.ents:
        kind = _LABELS.get(name.label_)
        # The English pipeline was trained on OntoNotes, where "the" and the possessive are parts
        # of a name. It also finds names that begin with the "’s" of "Editor’s Note".
        drops = name[0].lower_ in _POSSESSIVES or (kind != "person" and name[0].lower_ == "the")
        first = name.start + (len(name) > 1 and drops)
        last = name.end - (len(name) > 1 and name[-1].lower_ in (*_POSSESSIVES, "'", "’"))
        if kind and first < last:
            words = doc[first:last]
            yield Span(start + words.start_char, start + words.end_char, kind)
