"""What the methods of an archive and of an assistant say to those who call them wrongly."""

import pytest

from index import Archive
from tests.made_articles import FERRY, MILL, RAIN


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.add([FERRY, MILL, RAIN])
    return archive


@pytest.mark.parametrize("many", [10**6, 10**12, 10**30])
def test_more_than_there_are(archive: Archive, many: int) -> None:
    assert archive.search("ferry", k=many, channels=["lexical"])[0].article == FERRY
    assert len(archive.search("ferry", k=many)) == 3
    assert archive.hits("ferry", first=0, most=many).total == 1
    assert archive.hits(first=many).passages == []
    assert len(archive.newest(many)) == 3
