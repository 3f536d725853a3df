"""Parquet, the tables in which collections for research are published; pyarrow reads them."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from corpus.article import Found
from corpus.documents import Document, refuse_bomb
from corpus.encoding import NotReadable, decode_utf_8
from corpus.records import field_of
from corpus.tables import Row, articles_in_rows

_MAGIC = b"PAR1"
_ROWS_AT_ONCE = 64
_MISSING = "is a Parquet file; pip install 'dateline[parquet]' to read it, or save it as .jsonl"


def read_parquet(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The articles in the rows; a field inside of another has a dotted name, as in JSON.

    Columns of bytes, such as pictures, and lists of numbers, such as vectors, are not read.
    """
    if not document.stream.peek(len(_MAGIC)).startswith(_MAGIC):
        raise NotReadable("is not a Parquet file")
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise NotReadable(_MISSING) from None
    with document.seekable() as file:
        try:
            parquet = ParquetFile(file)
            columns = _columns(parquet.schema_arrow.empty_table())
        except (pyarrow.ArrowException, OSError):
            raise NotReadable("is a damaged Parquet file, or breaks off") from None
        rows = _rows(parquet, [*columns], file, field_names)
        yield from articles_in_rows([*columns], rows, document, field_names)


def _columns(table: Any) -> dict[str, Any]:
    """The columns whose values are texts, numbers or days, or lists of texts, by their names."""
    from pyarrow import types

    while any(types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        is_list = _is_list(column.type)
        kind = column.type.value_type if is_list else column.type
        plain = kind.value_type if types.is_dictionary(kind) else kind
        is_text = types.is_string(plain) or types.is_large_string(plain)
        if is_text or (types.is_primitive(plain) and not is_list):
            columns[name] = column
    return columns


def _rows(
    parquet: Any, names: list[str], file: IO[bytes], field_names: Mapping[str, str]
) -> Iterator[Row]:
    """The rows as text, and at the end, perhaps, why there are no more."""
    import pyarrow

    # Texts in a list are the paragraphs of an article, or else the names of its authors.
    joints = {name: "\n\n" if field_of(name, field_names) == "text" else "; " for name in names}
    size = file.seek(0, 2)
    expanded = 0
    try:
        for batch in parquet.iter_batches(_ROWS_AT_ONCE, columns=names, use_threads=False):
            columns = _columns(pyarrow.Table.from_batches([batch]))
            texts = [_texts(columns[name], joint) for name, joint in joints.items()]
            for cells in zip(*texts, strict=True):
                expanded += sum(map(len, cells))
                refuse_bomb(expanded, size)
                yield [*cells]
    except (pyarrow.ArrowException, OSError):
        yield NotReadable("is damaged, and so is what follows it")


def _texts(column: Any, joint: str) -> Iterator[str]:
    """The values of a column as texts."""
    from pyarrow import binary, list_, string

    if _is_list(column.type):
        for items in column.cast(list_(binary())).to_pylist():
            yield joint.join(decode_utf_8(item or b"") for item in items or ())
    else:
        # As bytes, because not every file is what it says, and has texts in UTF-8.
        for value in column.cast(string()).cast(binary()).to_pylist():
            yield decode_utf_8(value or b"")


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind))
