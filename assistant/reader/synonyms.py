"""Synonyms of a word from WordNet, as far as the encoder places them near it.

WordNet (https://wordnet.princeton.edu) comes with many systems; Debian's package is called
``wordnet-base``. Only training needs it. It groups words of one meaning, and links broader, derived
and similar words, for every sense of a word. To leave out rare senses, only related words stay
whose embedding is near that of the word.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.encoder import Encoder

# Broader, derived, similar, entailed, caused, of one group, attribute; not the opposite ("!").
_RELATIONS = {"@", "+", "&", "*", ">", "$", "="}
_NEAR = 0.5
_MOST = 8
_FORM = re.compile(r"[a-z]{3,}")


def near_words(folder: Path, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The synonyms of those words that have any, such as ``{"cost": ("price", …)}``, nearest first.

    Raises OSError if the folder lacks ``data.noun``, ``data.verb``, ``data.adj`` or ``data.adv``.
    """
    import simplemma

    related = related_words(folder)
    lemmas = {word: simplemma.lemmatize(word, lang="en").lower() for word in set(words)}
    lemmas = {word: lemma for word, lemma in lemmas.items() if lemma in related}
    needed = sorted(set(lemmas.values()).union(*(related[lemma] for lemma in lemmas.values())))
    vectors = dict(zip(needed, Encoder().encode(needed), strict=True))
    synonyms: dict[str, tuple[str, ...]] = {}
    for word, lemma in lemmas.items():
        others = sorted(related[lemma])
        similarities = np.stack([vectors[other] for other in others]) @ vectors[lemma]
        nearest = np.argsort(-similarities)[:_MOST]
        synonyms[word] = tuple(others[at] for at in nearest if similarities[at] >= _NEAR)
    return {word: others for word, others in synonyms.items() if others}


def related_words(folder: Path) -> dict[str, set[str]]:
    """For each word of WordNet, the words of its senses and of those that these are linked to.

    A line is ``offset file part count (word id)* count (sign offset part from/to)* | gloss``, see
    the manual page wndb(5WN).
    """
    synsets: dict[tuple[str, str], list[str]] = {}
    links: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for part, name in {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}.items():
        for line in (folder / f"data.{name}").read_text("utf-8").splitlines():
            if line.startswith(" "):  # the licence
                continue
            offset, _, _, count, *fields = line.split(" | ")[0].split()
            at = 2 * int(count, 16)
            words = [re.sub(r"\(.*\)", "", field).lower() for field in fields[:at:2]]
            pointers = [fields[at + 1 + 4 * n : at + 5 + 4 * n] for n in range(int(fields[at]))]
            synsets[part, offset] = words
            # A satellite of an adjective ("s") counts as an adjective.
            links[part, offset] = [
                ("a" if other == "s" else other, target)
                for sign, target, other, _ in pointers
                if sign in _RELATIONS
            ]
    related: dict[str, set[str]] = defaultdict(set)
    for key, words in synsets.items():
        group = {word for linked in links[key] for word in synsets.get(linked, [])} | {*words}
        group = {word for word in group if _FORM.fullmatch(word)}
        for word in words:
            related[word] |= group - {word}
    return {word: others for word, others in related.items() if others}
