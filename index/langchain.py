"""An archive as a LangChain retriever."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.passage import Filters, Passage
from index.search import Search


class ArchiveRetriever(BaseRetriever):
    """Retrieves passages of an archive as documents.

    A document's content is the passage's text; its metadata are the article's id, title, source,
    published, url and version, the offsets ``start`` and ``end`` in the article's text, ``score``,
    and ``copies``, the same fields of the other articles that carry the same agency text.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    archive: Search
    k: int = 10
    filters: Filters | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(passage) for passage in self.archive.search(query, self.k, self.filters)]


def _document(passage: Passage) -> Document:
    metadata = passage.as_dict()
    text, article = metadata.pop("text"), metadata.pop("article")
    return Document(page_content=text, metadata={**article, **metadata})
