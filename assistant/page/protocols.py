"""What the page needs of an assistant and of the archive behind it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from assistant import Answer, Turn
from assistant.language_model import Model
from assistant.saved_searches import Shelf
from corpus import Article
from index import Filters, Overview, Passage, Version
from index.naming import Names


class Held(Shelf, Protocol):
    """What the page needs of an archive."""

    @property
    def names(self) -> Names: ...
    def state(self) -> str: ...
    def overview(self) -> Overview: ...
    def newest(self, most: int = 10) -> list[Article]: ...
    def article(self, id: str) -> Article | None: ...
    def copies(self, id: str) -> list[Article]: ...
    def history(self, id: str) -> list[Article]: ...
    def versions(self, id: str) -> list[Version]: ...
    def came_from(self, article: Article) -> str | None: ...
    def search(
        self, query: str, k: int = 10, filters: Filters | None = None
    ) -> Sequence[Passage]: ...
    def paper(self, kind: str, name: str) -> str | None: ...
    def rename_paper(self, kind: str, name: str, new: str) -> bool: ...


class Answers(Protocol):
    """What the page needs of an assistant."""

    @property
    def archive(self) -> Held: ...
    @property
    def model(self) -> Model | None: ...
    def chosen_by(self, model: Model) -> "Answers": ...
    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        read_filters: bool = True,
        *,
        as_typed: bool = False,
    ) -> Answer: ...
    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        read_filters: bool = True,
        *,
        as_typed: bool = False,
    ) -> Iterator[Answer]: ...
    def suggest_questions(self, count: int, go_on: Callable[[], bool]) -> list[str]: ...
