"""The real encoder, with the weights that come with it."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from index.encoder import Encoder
from index.models import model_folder

SHORT = "The ferry was late."
TEXTS = [
    SHORT,
    "",
    "🙂",
    "港口关闭了。",
    "Nobody at the harbour knew why, and the mayor declined to comment on it. " * 5,
    "The old mill was sold to a baker from the valley. " * 40,
    "x" * 5_000,
    "The council met on Tuesday.\n\nIt did not decide.",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


def test_what_it_is(encoder: Encoder) -> None:
    assert encoder.name == "all-MiniLM-L6-v2"
    assert encoder.fingerprint == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
    assert encoder.dimension == 384
    assert encoder.longest == 254


def test_unit_vectors(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    question = encoder.encode_question(SHORT)
    assert (question.shape, question.dtype) == ((384,), np.float32)
    np.testing.assert_allclose(np.linalg.norm(question), 1, atol=1e-6)
    assert encoder.encode([]).shape == (0, 384)


def test_each_text_gets_its_own_vector(encoder: Encoder) -> None:
    """Whatever the batch it is in, and however that is sorted inside."""
    texts = [f"{text} {number}" for number, text in enumerate(TEXTS * 4)]
    order = list(range(len(texts)))
    random.Random(0).shuffle(order)
    vectors = encoder.encode(texts)
    shuffled = encoder.encode([texts[at] for at in order])
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert (np.sum(vectors[order] * shuffled, axis=1) > 0.999).all()
    assert (np.sum(vectors * alone, axis=1) > 0.999).all()
    # The same text is the nearest one, but for those that differ in their number only.
    nearest = (vectors @ alone.T).argmax(axis=1)
    assert [at % len(TEXTS) for at in nearest] == [at % len(TEXTS) for at in range(len(texts))]


def test_close_to_plain_single_precision(encoder: Encoder) -> None:
    plain = SentenceTransformer(
        str(model_folder(encoder.name)),
        device="cpu",
        local_files_only=True,
        model_kwargs={"use_safetensors": True, "dtype": torch.float32},
    )
    expected = plain.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert (np.sum(encoder.encode(TEXTS) * expected, axis=1) > 0.999).all()


def test_it_knows_what_belongs_together(encoder: Encoder) -> None:
    vectors = encoder.encode(["The boat did not come in time.", "Prices of bread rose again."])
    boat, bread = vectors @ encoder.encode_question("Why was the ferry late?")
    assert boat > bread + 0.2


def test_tokens(encoder: Encoder) -> None:
    assert encoder.count_tokens([SHORT, "", "harbour's", "x" * 5_000, "港口"]) == [5, 0, 3, 1, 2]
    assert encoder.count_tokens([]) == []
    # What is longer than it reads is counted all the same.
    assert encoder.count_tokens(["word " * 1_000]) == [1_000]


def test_no_more_than_the_longest_is_read(encoder: Encoder) -> None:
    read = " ".join(["walnut"] * encoder.longest)
    one, beyond, within = encoder.encode([read, read + " ferry harbour", read[7:] + " ferry"])
    assert one @ beyond > 0.9999
    assert one @ within < 0.9999


@pytest.mark.usefixtures("no_network")
def test_a_folder_with_a_model(tmp_path: Path, encoder: Encoder) -> None:
    copy = tmp_path / "model"
    copy.symlink_to(model_folder(encoder.name))
    other = Encoder(str(copy))
    assert (other.name, other.fingerprint) == (str(copy), encoder.fingerprint)
    np.testing.assert_array_equal(other.encode([SHORT]), encoder.encode([SHORT]))


def test_one_thread_counts_while_others_encode(encoder: Encoder) -> None:
    texts = ["It rained in Kest all day and all night.", "It rained.", "Rain"] * 4
    alone = encoder.encode(texts)
    counted = encoder.count_tokens(texts)
    ended = threading.Event()

    def count() -> bool:
        same = True
        while not ended.is_set():
            same = same and encoder.count_tokens(texts) == counted
        return same

    with ThreadPoolExecutor(4) as pool:
        counting = pool.submit(count)
        try:
            found = list(pool.map(lambda _: encoder.encode(texts), range(60)))
        finally:
            ended.set()
        assert counting.result()
    assert all(np.allclose(vectors, alone, atol=0.02) for vectors in found)
