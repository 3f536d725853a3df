"""Other spellings of a name: those that sound alike, and are mentioned with the same names."""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import tantivy

from index.spelling import may_be_same, sounds
from index.words import rarity, words

# A word is a name if this part of the chunks that have it begin it with a capital.
_MOSTLY = 0.8
# The least cosine between the names beside two spellings of one name, in up to so many chunks of
# each, drawn from all that have it. In few chunks few other names are met twice.
_SAME_COMPANY = 0.2
_SAME_COMPANY_OF_FEW = 0.1
_FEW = 5
_READ = 40


@dataclass(frozen=True, slots=True)
class Namesakes:
    """The spellings of names in a lexical index, as one searcher sees them."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema

    def find(self, word: str, asked: str, known: bool) -> list[tuple[str, str]]:
        """Other spellings of ``word``, the most used first: as compared, and as written here.

        ``asked`` is the word unstemmed; ``known`` says whether the archive has it so.
        """
        heard = sounds(asked)
        if not heard:
            return []
        spellings: dict[str, dict[str, int]] = {}
        for term, chunks in self.searcher.terms_with_prefix("name", f"{heard} "):
            for form in words(term.removeprefix(f"{heard} ")):
                spellings.setdefault(form, {})[term] = chunks
        own = spellings.pop(word, {})
        if known and not self._is_name(word, own):
            return []
        forms = []
        company = None
        for form, terms in spellings.items():
            most_used = max(terms, key=lambda term: (terms[term], term)).removeprefix(f"{heard} ")
            if not may_be_same(asked, most_used) or not self._is_name(form, terms):
                continue
            if known:
                company = company or self.company(own)
                few = min(sum(own.values()), sum(terms.values())) < _FEW
                least = _SAME_COMPANY_OF_FEW if few else _SAME_COMPANY
                if _cosine(company, self.company(terms)) < least:
                    continue
            forms.append((sum(terms.values()), form, most_used))
        return [(form, most_used) for _, form, most_used in sorted(forms, reverse=True)]

    def _is_name(self, form: str, terms: Mapping[str, int]) -> bool:
        """Whether a word is mostly written as names are, by how many chunks have it so."""
        return sum(terms.values()) >= _MOSTLY * self.searcher.doc_freq("text", form)

    def company(self, terms: Collection[str]) -> dict[str, float]:
        """The other names in chunks that have a name, by how often there, how rare elsewhere."""
        query = tantivy.Query.term_set_query(self.schema, "name", [*terms])
        hits = self.searcher.search(query, _READ, count=False, order_by_field="lot").hits
        together = Counter(
            name for _, address in hits for name in self.searcher.doc(address)["name"]
        )
        return {
            name: times * rarity(self.searcher.num_docs, self.searcher.doc_freq("name", name))
            for name, times in together.items()
            if name not in terms
        }


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    product = sum(weight * other.get(name, 0.0) for name, weight in one.items())
    lengths = math.prod(math.hypot(*company.values()) for company in (one, other))
    return product / lengths if lengths else 0.0
