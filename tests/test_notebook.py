"""The example notebook: run as it stands, from elsewhere, and looked at."""

import re
from pathlib import Path

import nbformat
import pytest
from ipykernel.kernelspec import write_kernel_spec
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOK = Path(__file__).parent.parent / "examples" / "retriever.ipynb"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    """What each cell of code shows, by the cell's first line."""
    folder = tmp_path_factory.mktemp("notebook")
    # The kernel is this Python, whatever others are registered on this computer under its name.
    write_kernel_spec(str(folder / "kernels" / "python3"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        patch.setenv("PYTHONPATH", str(NOTEBOOK.parent.parent))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
        client.execute()
    return {
        cell.source.splitlines()[0]: cell.outputs
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def _printed(outputs: NotebookNode) -> str:
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


def _value(outputs: NotebookNode, kind: str = "text/html") -> str:
    [value] = [output.data[kind] for output in outputs if output.output_type == "execute_result"]
    return value


def _told(outputs: list[NotebookNode]) -> list[str]:
    """What outputs say that does not change from run to run: not times, scores or folders."""
    values = [output.data for output in outputs if output.output_type == "execute_result"]
    titles = [re.findall(r"<b>(.*?)</b>", value.get("text/html", "")) for value in values]
    return [re.sub(r"\d+\.\d+", "", _printed(outputs)), *map(str, titles)]


@pytest.mark.slow
def test_it_is_kept_with_the_outputs_of_a_run(shown: dict[str, NotebookNode]) -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    outputs_kept = {c.source.splitlines()[0]: c.outputs for c in cells if c.cell_type == "code"}
    assert {line: _told(outputs) for line, outputs in outputs_kept.items()} == {
        line: _told(outputs) for line, outputs in shown.items()
    }
    # Plain text beside a page would have ids in it, which are paths of the computer that ran it.
    values = [v.data for outputs in outputs_kept.values() for v in outputs if "data" in v]
    assert {tuple(value) for value in values} == {("text/html",), ("text/plain",)}
    assert [c.execution_count for c in cells if c.cell_type == "code"] == [
        *range(1, len(outputs_kept) + 1)
    ]


@pytest.mark.slow
def test_it_builds_an_archive(shown: dict[str, NotebookNode]) -> None:
    outputs = shown["from datetime import date"]
    assert _printed(outputs).startswith("42 added, 0 changed, 0 unchanged, 2 copies, 0 not read; ")
    assert _value(outputs, "text/plain").endswith("/archive', 42 articles)")


@pytest.mark.slow
def test_it_shows_passages(shown: dict[str, NotebookNode]) -> None:
    page = _value(shown['archive.search("who pays for the flood wall", k=3)'])
    assert page.count("<li>") == 3
    best = page.split("</li>")[0]
    assert "<b>Town hall meeting agrees on early warning, not on who pays</b>" in best
    assert "Marrowby Courier, 2025-05-09" in best
    assert "dense + lexical" in best
    assert "The province will not pay alone for a wall that guards one town" in best


@pytest.mark.slow
def test_a_passage_is_its_offsets(shown: dict[str, NotebookNode]) -> None:
    outputs = shown['best = archive.search("who pays for the flood wall", k=1)[0]']
    assert _printed(outputs).startswith(
        "Town hall meeting agrees on early warning, not on who pays"
    )
    assert _value(outputs, "text/plain") == "True"


@pytest.mark.slow
def test_it_filters_by_source(shown: dict[str, NotebookNode]) -> None:
    page = _value(
        shown['archive.search("flood", k=3, filters=Filters(sources=("Saltreath Gazette",)))']
    )
    assert page.count("Saltreath Gazette, 20") == page.count("<li>") == 3
    assert "Fifteen hurt as flood strikes Marrowby" in page


@pytest.mark.slow
def test_it_filters_by_date(shown: dict[str, NotebookNode]) -> None:
    [first_line] = [line for line in shown if "after=date" in line]
    page = _value(shown[first_line])
    assert page.count("2026-03-") == page.count("<li>") == 3
    assert "<b>Work on flood wall begins after year of argument</b>" in page.split("</li>")[0]


@pytest.mark.slow
def test_it_answers(shown: dict[str, NotebookNode]) -> None:
    page = _value(shown["assistant = Assistant(archive)"])
    assert "lasted <b>three and a half hours</b>" in page
    cited = _printed(shown["for citation in answer.citations:"])
    assert "] Town hall meeting agrees on early warning, not on who pays, " in cited


@pytest.mark.slow
def test_it_says_what_the_archive_does_not(shown: dict[str, NotebookNode]) -> None:
    outputs = shown['nothing = assistant.ask("Who was elected mayor of Timbuktu?")']
    assert _printed(outputs).startswith("name never appears (support 0.")
    assert "The archive does not say: it never mentions “Timbuktu”." in _value(outputs)


@pytest.mark.slow
def test_the_retriever_finds_documents(shown: dict[str, NotebookNode]) -> None:
    lines = _printed(shown["retriever = archive.as_retriever(k=3)"]).splitlines()
    assert len(lines) == 3
    assert lines[0].endswith(("| 2025-04-30", "| 2025-05-06"))
