"""Finds other spellings of a name: they sound alike and occur with the same other names."""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import tantivy

from index.spelling import may_be_same, sounds
from index.words import rarity, words

# A word is a name if this share of the chunks that have it write it with a capital.
_MOSTLY = 0.8
# The least cosine between the other names in the chunks of two spellings of one name. Up to
# ``_READ`` chunks of each spelling are sampled. In few chunks few other names recur.
_SAME_COMPANY = 0.2
_SAME_COMPANY_OF_FEW = 0.1
_FEW = 5
_READ = 40


@dataclass(frozen=True, slots=True)
class Namesakes:
    """The spellings of names in a lexical index, as one searcher sees them."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema

    def find(self, word: str, full_word: str, is_known: bool) -> list[tuple[str, str]]:
        """Other spellings of ``word``, the most used first: as compared, and as in the archive.

        ``full_word`` is the word unstemmed; ``is_known`` says whether the archive has the word.
        """
        key = sounds(full_word)
        if not key:
            return []
        spellings: dict[str, dict[str, int]] = {}
        for term, chunks in self.searcher.terms_with_prefix("name", f"{key} "):
            for form in words(term.removeprefix(f"{key} ")):
                spellings.setdefault(form, {})[term] = chunks
        own_terms = spellings.pop(word, {})
        if is_known and not self._is_name(word, own_terms):
            return []
        forms = []
        company = None
        for form, terms in spellings.items():
            most_used = max(terms, key=lambda term: (terms[term], term)).removeprefix(f"{key} ")
            if not may_be_same(full_word, most_used) or not self._is_name(form, terms):
                continue
            if is_known:
                company = company or self.company(own_terms)
                is_rare = min(sum(own_terms.values()), sum(terms.values())) < _FEW
                threshold = _SAME_COMPANY_OF_FEW if is_rare else _SAME_COMPANY
                if _cosine(company, self.company(terms)) < threshold:
                    continue
            forms.append((sum(terms.values()), form, most_used))
        return [(form, most_used) for _, form, most_used in sorted(forms, reverse=True)]

    def _is_name(self, form: str, terms: Mapping[str, int]) -> bool:
        """Whether a word is mostly written with a capital; ``terms`` counts the chunks of each."""
        return sum(terms.values()) >= _MOSTLY * self.searcher.doc_freq("text", form)

    def company(self, terms: Collection[str]) -> dict[str, float]:
        """The other names in chunks that have a name, weighted by frequency there times rarity."""
        query = tantivy.Query.term_set_query(self.schema, "name", [*terms])
        hits = self.searcher.search(query, _READ, count=False, order_by_field="lot").hits
        counts = Counter(name for _, address in hits for name in self.searcher.doc(address)["name"])
        return {
            name: count * rarity(self.searcher.num_docs, self.searcher.doc_freq("name", name))
            for name, count in counts.items()
            if name not in terms
        }


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(weight * other.get(name, 0.0) for name, weight in one.items())
    lengths = math.prod(math.hypot(*company.values()) for company in (one, other))
    return product / lengths if lengths else 0.0
