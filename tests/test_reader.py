"""The reader: what it finds in a passage, how it is loaded, and how it is trained."""

import gzip
import json
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering, BertModel

import assistant.reader.model as model
import assistant.reader.second as second_reader
from assistant.reader import Reading, Span
from assistant.reader.examples import Example, Varied, read_examples
from assistant.reader.model import Reader
from assistant.reader.scoring import area_under_curve, scores
from assistant.reader.synonyms import related_words
from assistant.reader.train import Training, encode, main
from index import ArchiveError
from index.models import DEFAULT as BASE
from index.models import model_folder

PASSAGE = "Holm Rovers won the cup in May. The mayor, Ruth Abara, gave it to them."
# A model with MiniLM's words.
TINY = BertConfig(
    vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
    intermediate_size=16,
)  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_the_best_span_is_ordered_short_and_within_what_is_asked_of() -> None:
    offsets = np.array([[0, 1], [2, 3], [4, 5], [6, 7]])
    starts = np.array([1.0, 0.0, 5.0, 0.0], np.float32)
    ends = np.array([4.0, 2.0, -9.0, 1.0], np.float32)
    reading = Reading(offsets, starts, ends)
    # The best start and the best end are in the wrong order together.
    assert reading.best(0, 7) == Span(4, 7, 6.0)
    assert reading.best(0, 3) == Span(0, 1, 5.0)
    assert reading.best(2, 3) == Span(2, 3, 2.0)
    assert reading.best(7, 9) is None


def test_two_readings_choose_the_words_together() -> None:
    # One reads "Blum Keel won", and the other "Says Blum".
    offsets = np.array([[0, 4], [5, 9], [10, 13]])
    logits = np.array([2.0, 3.0, -5.0], np.float32)
    first = Reading(offsets, logits, logits)
    logits = np.array([8.0], np.float32)
    other = Reading(offsets[1:2], logits, logits)
    assert first.best(0, 13) == Span(5, 9, 6.0)
    both = first.joined(other, 5, 0.5)
    assert (both.starts.tolist(), both.ends.tolist()) == ([6.0, 3.0, -5.0], [6.0, 3.0, -5.0])
    assert both.best(0, 13) == Span(0, 4, 12.0)


def test_the_reader_finds_who_and_when(reader: Reader) -> None:
    [first] = reader.read("Who won the cup?", [PASSAGE])
    span = first.best(0, len(PASSAGE))
    assert PASSAGE[span.start : span.end] == "Holm Rovers"
    [second] = reader.read("Who is the mayor?", [PASSAGE])
    span = second.best(0, len(PASSAGE))
    assert "Ruth Abara" in PASSAGE[span.start : span.end]


def test_what_is_answered_has_better_odds_than_what_is_not(reader: Reader) -> None:
    answered, other = (
        reader.read("Who won the cup?", [text])[0].best(0, len(text))
        for text in (PASSAGE, "The bridge at Holm is 40 metres long. It is painted green.")
    )
    assert answered.odds > 0 > other.odds


def test_each_passage_is_read_by_itself(reader: Reader) -> None:
    texts = [PASSAGE, "Talks began on Monday.", PASSAGE + " It rained all day."]
    together = reader.read("When did the talks begin?", texts)
    for text, reading in zip(texts, together, strict=True):
        [alone] = reader.read("When did the talks begin?", [text])
        assert (alone.offsets == reading.offsets).all()
        assert np.allclose(alone.starts, reading.starts, atol=0.2)


def test_no_passages_and_passages_of_no_words(reader: Reader) -> None:
    assert reader.read("Who won?", []) == []
    [empty] = reader.read("Who won?", [""])
    assert empty.best(0, 10) is None


def test_offsets_are_those_of_the_passage_whatever_its_letters(reader: Reader) -> None:
    text = "À Genève, 🎉 İlker Yıldız a gagné ﬁnalement."
    [reading] = reader.read("Who won?", [text])
    assert reading.offsets.min() >= 0
    assert reading.offsets.max() <= len(text)
    span = reading.best(0, len(text))
    assert 0 <= span.start < span.end <= len(text)


def test_damaged_weights_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "weights.safetensors"
    damaged.write_bytes(model.WEIGHTS.read_bytes()[:-1] + b"?")
    monkeypatch.setattr(model, "WEIGHTS", damaged)
    with pytest.raises(ArchiveError, match=r"^The reader .*weights\.safetensors is damaged.*\.$"):
        Reader()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A question-answering model with random weights, and MiniLM's words."""
    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    BertForQuestionAnswering(TINY).save_pretrained(folder)
    AutoTokenizer.from_pretrained(model_folder(BASE)).save_pretrained(folder)
    return folder


def test_another_reader_from_a_folder(tiny: Path) -> None:
    [reading] = Reader(str(tiny)).read("Who won the cup?", [PASSAGE])
    span = reading.best(0, 31)
    assert 0 <= span.start < span.end <= 31


def test_a_model_that_finds_no_answers_is_no_reader(tmp_path: Path) -> None:
    BertModel(TINY).save_pretrained(tmp_path)
    with pytest.raises(ArchiveError, match="no question-answering model"):
        Reader(str(tmp_path))


# What it learns from


def test_rows_of_three_kinds_become_examples(tmp_path: Path) -> None:
    spans = tmp_path / "spans.jsonl.gz"
    row = {
        "id": "1", "source": "wiki", "question": "Who won? ", "context": PASSAGE,
        "answers": [{"text": "Holm Rovers", "start": 0}], "document": "wiki:cup",
    }  # fmt: skip
    with gzip.open(spans, "wt") as file:
        file.write(json.dumps(row) + "\n" + json.dumps({**row, "answers": []}) + "\n")
    answered, none = read_examples(spans)
    assert (answered.question, answered.answers, answered.exact) == (
        "Who won?", ("Holm Rovers",), True,
    )  # fmt: skip
    assert none.spans == ()
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(
        "\n".join(
            json.dumps({"question": "who won?", "sentence": text, "label": label, "source": "s"})
            for text, label in (("rovers won.", 1), ("it rained.", 0), ("it was may.", 0))
        )
    )
    together = read_examples(pairs)[0]
    assert together.answers == ("rovers won.",)
    assert sorted(together.passage.replace(". ", ".|").split("|")) == [
        "it rained.", "it was may.", "rovers won.",
    ]  # fmt: skip
    settled = tmp_path / "settled.jsonl"
    settled.write_text(
        json.dumps({"question": "is it?", "passage": "It is.", "answer": "yes", "source": "b"})
    )
    [yes] = read_examples(settled)
    assert (yes.answers, yes.exact) == (("It is.",), False)
    settled.write_text("{")
    with pytest.raises(ValueError, match=r"settled\.jsonl, line 1: no JSON"):
        read_examples(settled)


def example(number: int) -> Example:
    text = f"The town of Holm{number} has {number + 3} bridges. Its mayor is Anna Blum{number}."
    start = text.index("Anna")
    return Example(
        f"Who is the mayor of Holm{number}?",
        text,
        ((start, len(text) - 1),),
        True,
        "made",
        f"wiki:{number}",
    )


def test_however_it_is_varied_a_span_is_the_answer_or_there_is_none() -> None:
    examples = [example(number) for number in range(60)]
    varied = Varied(examples)
    epoch = [made for number in range(5) for made in varied.epoch(number)]
    assert len(epoch) == 300
    known = {original.document: original.answers[0] for original in examples}
    asked = {original.document: original.question for original in examples}
    longer = 0
    for made in epoch:
        if made.spans:
            assert set(made.answers) == {known[made.document]}
            longer += len(made.passage) > 100
        elif made.question == asked[made.document]:
            # Neither taken out by halves nor put among sentences that have the answer.
            assert known[made.document] not in made.passage
    assert longer > 100
    assert sum(not made.spans for made in epoch) > 30
    assert sum(made.question != asked[made.document] for made in epoch) > 30
    assert list(varied.epoch(1)) == list(varied.epoch(1))
    assert list(varied.epoch(1)) != list(varied.epoch(2))


def test_half_of_the_questions_lose_or_change_words_that_they_share_with_the_passage() -> None:
    question, passage = "What did the ferry firm buy in Holm?", "The ferry firm of Holm sank."
    synonyms = {"ferry": ("boat",)}
    varied = Varied([Example(question, passage, (), False)], synonyms=synonyms)
    asked = {next(varied.epoch(number)).question for number in range(60)}
    assert question in asked
    assert "What did the boat firm buy in Holm?" in asked
    assert "What did the ferry firm buy in ?" in asked
    # What the passage lacks stays, and so does what begins the question.
    assert all(re.match(r"What did the\b.* buy in ", question_) for question_ in asked)


def test_related_words_are_those_of_one_sense_and_of_what_it_is_linked_to(tmp_path: Path) -> None:
    noun = (
        "  1 This is the licence.\n"
        "00000001 03 n 02 cost 0 price 0 002 @ 00000002 n 0000 ! 00000003 n 0000 | a sum\n"
        "00000002 03 n 01 outlay 0 000 | what is spent\n"
        "00000003 03 n 01 gain 0 000 | what is won\n"
    )
    (tmp_path / "data.noun").write_text(noun)
    for part in ("verb", "adj", "adv"):
        (tmp_path / f"data.{part}").write_text("")
    assert related_words(tmp_path) == {"cost": {"price", "outlay"}, "price": {"cost", "outlay"}}


def test_a_source_can_be_taken_in_part() -> None:
    varied = Varied([example(number) for number in range(100)], {"made": 0.3})
    assert 15 < len(list(varied.epoch(0))) < 45


def test_only_the_answers_tokens_may_begin_and_end_one() -> None:
    tokenizer = AutoTokenizer.from_pretrained(model_folder(BASE))
    batch = encode(tokenizer, [example(0), Example("Who?", PASSAGE, ())])
    words = tokenizer.convert_ids_to_tokens(batch.inputs["input_ids"][0])
    assert [words[at] for at in batch.starts[0].nonzero()[:, 0]] == ["anna"]
    [last] = batch.ends[0].nonzero()[:, 0]
    assert words[last - 1 : last + 1] == ["blum", "##0"] or words[last].endswith("0")
    assert batch.starts[1].nonzero().tolist() == [[0]] == batch.ends[1].nonzero().tolist()


def test_scores_are_those_of_squad() -> None:
    answered = Example("Who?", PASSAGE, ((0, 11),))
    none = Example("Why?", PASSAGE, ())
    predicted = [(answered, 0, 11, 2.0), (answered, 0, 4, 1.0), (none, 0, 4, -1.0)]
    assert scores(predicted) == {
        "exact match": 0.5, "F1": round((1 + 2 / 3) / 2, 4), "sentence": 1.0, "AUROC": 1.0,
    }  # fmt: skip
    assert area_under_curve([1, 2], [0, 2]) == 0.625


def data(folder: Path) -> list[str]:
    file = folder / "data.jsonl"
    rows = []
    for number in range(64):
        row = example(number)
        [(start, _)] = row.spans
        rows.append({
            "id": str(number), "source": "made", "question": row.question,
            "context": row.passage, "answers": [{"text": row.answers[0], "start": start}],
            "document": f"wiki:{number}",
        })  # fmt: skip
    file.write_text("\n".join(map(json.dumps, rows)))
    return [str(file), "--held-out", str(file), "--batch", "8", "--every", "24"]


@pytest.fixture
def tiny_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the encoder that the second reader begins from."""

    def unpack(folder: Path) -> None:
        torch.manual_seed(0)
        BertModel(TINY).save_pretrained(folder)
        AutoTokenizer.from_pretrained(model_folder(BASE)).save_pretrained(folder)

    monkeypatch.setattr(second_reader, "unpack_encoder", unpack)


@pytest.mark.slow
@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
def test_training_goes_on_after_a_kill_as_if_there_had_been_none(
    second: bool, tiny_encoder: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [*data(tmp_path), "--examples", "48", *(["--second"] if second else [])]
    assert main([*arguments, "--out", str(tmp_path / "whole")]) == 0
    step = Training._step
    steps = 0

    def killed(self: Training, *given: object) -> float:
        nonlocal steps
        steps += 1
        if steps == 5:
            raise KeyboardInterrupt
        return step(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Training, "_step", killed)
        with pytest.raises(KeyboardInterrupt):
            main([*arguments, "--out", str(tmp_path / "killed")])
    assert main([*arguments, "--out", str(tmp_path / "killed")]) == 0
    weights = "second.safetensors" if second else "weights.safetensors"
    whole, again = (load_file(tmp_path / name / weights) for name in ("whole", "killed"))
    hashes = json.loads((tmp_path / "whole" / weights).with_suffix(".json").read_text())
    digest = sha256((tmp_path / "whole" / weights).read_bytes()).hexdigest()
    assert hashes["adapters" if second else "reader"] == digest
    assert "qa_outputs.weight" in whole
    assert len(whole) == (14 if second else 102)
    assert model.EMBEDDINGS not in whole
    assert whole.keys() == again.keys()
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    lines = (tmp_path / "killed" / "log.jsonl").read_text().splitlines()
    log = [json.loads(line) for line in lines]
    assert [row["examples"] for row in log] == [24, 48]


def test_data_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--held-out", "none.jsonl", "--out", str(tmp_path)]
    assert main([str(tmp_path / "none.jsonl"), *out]) == 2
    assert capsys.readouterr().err.count("\n") == 1
