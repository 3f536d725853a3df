"""python -m assistant.reader.train: fine-tune the reader from the packaged MiniLM.

All but its word embeddings learn. With ``--second`` it is the second reader, from the packaged
all-mpnet-base-v2, of which only low-rank adapters learn. No dropout: an epoch is varied instead
(see ``examples.Varied``), and without it a step takes a third of the time on a processor.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from assistant.reader import second as second_reader
from assistant.reader.adapters import adapt
from assistant.reader.examples import Example, Varied, read_examples, words_of
from assistant.reader.model import WEIGHTS, tokenize
from assistant.reader.reading import Reading
from assistant.reader.scoring import scores
from assistant.reader.synonyms import near_words
from index import ArchiveError
from index.files import digest_of
from index.models import DEFAULT, fastest_type, model_folder

SHARES = {
    "squadshifts_amazon": 0.3,
    "squadshifts_reddit": 0.6,
    "policyqa": 0.25,
    "covidqa": 0.5,
    "fairytaleqa": 0.4,
    "qamr": 0.5,
    "qanom": 0.15,
    "qasrl_gs": 0.15,
    "timeqa_human": 0.8,
    "nqg_squad_dev": 0.6,
    "nqg_squad_test": 0.6,
    "pubmedqa": 0.5,
    "tweetqa": 0.0,
}
"""For each source of which an epoch takes only a share, that share.

It is low if its questions are unlike those about news. Tweets belong to those who wrote them.
"""

# Batches are cut from this many examples, sorted by length.
_POOL = 2048
_WARM_UP = 0.03
_LEARNT = "learnt.safetensors"
_CHECKPOINT = "checkpoint.pt"

# Settings of the second reader: its adapters' rank; less of some sources, since it sees fewer
# examples; passages of about the length that it will read, see ``examples.Varied``.
_RANK = 16
_SECOND: dict[str, Any] = {
    "shares": SHARES
    | {
        "squadshifts_amazon": 0.2,
        "policyqa": 0.1,
        "covidqa": 0.3,
        "fairytaleqa": 0.3,
        "boolq_dev": 0.5,
        "pubmedqa": 0.2,
    },
    "longest": 520,
    "joined": (150, 560),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Token ids and masks, and for each example the tokens that may begin and end an answer.

    ``offsets`` are the spans of the tokens in their texts, of the shape ``(examples, tokens, 2)``.
    ``readable`` are the tokens that can be in an answer, those of the passage, and the first token,
    which says that there is none.
    """

    inputs: dict[str, torch.Tensor]
    offsets: np.ndarray
    readable: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor


def main(arguments: list[str] | None = None) -> int:
    """Train; returns the exit status."""
    parser = argparse.ArgumentParser("python -m assistant.reader.train", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA", help="JSON Lines to learn")
    parser.add_argument("--held-out", type=Path, required=True, help="JSON Lines to measure on")
    parser.add_argument("--out", type=Path, required=True, help="folder for the reader")
    parser.add_argument("--examples", type=int, default=180_000, help="how many are read in all")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument(
        "--second", action="store_true", help="train the second reader, with 4e-4 as its --rate"
    )
    parser.add_argument("--rate", type=float, help="the highest learning rate; default: 1.5e-4")
    parser.add_argument("--every", type=int, default=20_000, help="examples between measurements")
    parser.add_argument(
        "--start", type=Path, metavar="FOLDER", help="go on from a checkpoint of another training"
    )
    parser.add_argument(
        "--wordnet",
        type=Path,
        metavar="FOLDER",
        help="WordNet's data files, to ask some questions in other words (/usr/share/wordnet)",
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    options.rate = options.rate or (4e-4 if options.second else 1.5e-4)
    try:
        examples = [example for path in options.data for example in read_examples(path)]
        held_out = read_examples(options.held_out)
        synonyms = None
        if options.wordnet:
            words = {word for example in examples for word in words_of(example.question)}
            synonyms = near_words(options.wordnet, words)
        Training(options, examples, held_out, synonyms).run()
    except (OSError, ValueError, ArchiveError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


class Training:
    """The training of a reader; it continues from the last checkpoint in its folder."""

    def __init__(
        self,
        options: argparse.Namespace,
        examples: Sequence[Example],
        held_out: Sequence[Example],
        synonyms: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        torch.manual_seed(options.seed)
        self._options = options
        self._out: Path = options.out
        self._out.mkdir(parents=True, exist_ok=True)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        with _encoder(second=options.second) as folder:
            self._tokenizer = AutoTokenizer.from_pretrained(folder)
            self._model: Any = AutoModelForQuestionAnswering.from_pretrained(
                folder,
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
                # On a CPU the plain attention trains fastest.
                attn_implementation="eager" if self._device == "cpu" else None,
            )
        if options.second:
            # Weights that are not trained need no full precision.
            self._model.base_model.to(fastest_type(self._device))
            adapt(self._model, _RANK)
        else:
            self._model.bert.embeddings.word_embeddings.weight.requires_grad = False
        if options.start:
            self._model.load_state_dict(load_file(options.start / _LEARNT), strict=False)
        self._model.to(self._device)
        decayed = [p for p in self._model.parameters() if p.requires_grad and p.ndim > 1]
        others = [p for p in self._model.parameters() if p.requires_grad and p.ndim <= 1]
        self._optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
            fused=True,
        )
        varied = _SECOND if options.second else {"shares": SHARES}
        self._varied = Varied(examples, seed=options.seed, synonyms=synonyms, **varied)
        chance = random.Random(0)
        self._held_out = chance.sample(list(held_out), min(1500, len(held_out)))
        self._done = 0
        self._resume()

    def run(self) -> None:
        """Train until the number of examples in the options was read."""
        options = self._options
        losses: list[float] = []
        next_measured = (self._done // options.every + 1) * options.every
        with tqdm(total=options.examples, initial=self._done, unit=" examples") as bar:
            for batch in self._batches():
                self._set_rate()
                losses.append(self._step(batch))
                self._done += len(batch.starts)
                bar.update(len(batch.starts))
                bar.set_postfix(loss=f"{np.mean(losses[-200:]):.3f}", refresh=False)
                finished = self._done >= options.examples
                if finished or self._done >= next_measured:
                    next_measured += options.every
                    self._measure(float(np.mean(losses[-600:])))
                    self._save()
                if finished:
                    export(self._learnt(), self._out, second=options.second)
                    break

    def _batches(self) -> Iterator[Batch]:
        """Batches of examples of similar length, starting where the last checkpoint ended."""
        seen = 0
        for part in self._parts():
            seen += len(part)
            if seen > self._done:
                yield encode(self._tokenizer, part)

    def _parts(self) -> Iterator[Sequence[Example]]:
        """The examples of each batch, epoch after epoch, always in the same order."""
        for number in count():
            chance = random.Random(f"{self._options.seed} batches {number}")
            examples = self._varied.epoch(number)
            while pool := list(islice(examples, _POOL)):
                pool.sort(key=lambda example: len(example.question) + len(example.passage))
                size = self._options.batch
                parts = [pool[at : at + size] for at in range(0, len(pool), size)]
                chance.shuffle(parts)
                yield from parts

    def _step(self, batch: Batch) -> float:
        self._model.train()
        starts, ends = self._logits(batch)
        loss = _loss(starts, batch.starts.to(self._device))
        loss = loss + _loss(ends, batch.ends.to(self._device))
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        return float(loss.detach())

    def _logits(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        inputs = {name: tensor.to(self._device) for name, tensor in batch.inputs.items()}
        with torch.autocast(self._device, torch.bfloat16, fastest_type() is torch.bfloat16):
            output = self._model(**inputs)
        # An answer cannot be in the question or in the padding.
        nowhere = ~batch.readable.to(self._device)
        return (
            output.start_logits.float().masked_fill(nowhere, -1e4),
            output.end_logits.float().masked_fill(nowhere, -1e4),
        )

    def _set_rate(self) -> None:
        part = self._done / self._options.examples
        rate = self._options.rate * min(part / _WARM_UP, (1 - part) / (1 - _WARM_UP))
        for group in self._optimizer.param_groups:
            group["lr"] = max(rate, 0.0)

    def _measure(self, loss: float) -> None:
        """Append the scores on the held-out examples to ``log.jsonl``, and print them."""
        self._model.eval()
        began = time.monotonic()
        results: list[tuple[Example, int, int, float]] = []
        ordered = sorted(self._held_out, key=lambda example: len(example.passage))
        for at in range(0, len(ordered), 64):
            part = ordered[at : at + 64]
            batch = encode(self._tokenizer, part)
            with torch.inference_mode():
                starts, ends = self._logits(batch)
            for example, start, end, places in zip(
                part, starts.cpu().numpy(), ends.cpu().numpy(), batch.offsets, strict=True
            ):
                reading = Reading(places[1:], start[1:] - start[0], end[1:] - end[0])
                span = reading.best(0, len(example.passage))
                assert span  # there always is padding, or the end of the passage
                results.append((example, span.start, span.end, span.odds))
        row = {
            "examples": self._done,
            "loss": round(loss, 4),
            **scores(results),
            "measured in seconds": round(time.monotonic() - began),
        }
        with (self._out / "log.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")
        tqdm.write(json.dumps(row))

    def _learnt(self) -> dict[str, torch.Tensor]:
        """The trained parameters, by name."""
        parameters = self._model.named_parameters()
        return {name: p.detach().cpu().contiguous() for name, p in parameters if p.requires_grad}

    def _save(self) -> None:
        """Write the model, and then the checkpoint, which is written completely or not at all."""
        folder = self._out / f"at-{self._done}"
        folder.mkdir(exist_ok=True)
        save_file(self._learnt(), folder / _LEARNT)
        written = self._out / f"{_CHECKPOINT}.new"
        torch.save({"done": self._done, "optimizer": self._optimizer.state_dict()}, written)
        written.replace(self._out / _CHECKPOINT)

    def _resume(self) -> None:
        if not (self._out / _CHECKPOINT).exists():
            return
        state = torch.load(self._out / _CHECKPOINT, map_location="cpu", weights_only=True)
        self._done = state["done"]
        weights = load_file(self._out / f"at-{self._done}" / _LEARNT)
        self._model.load_state_dict(weights, strict=False)
        self._optimizer.load_state_dict(state["optimizer"])


def export(learnt: dict[str, torch.Tensor], folder: Path, *, second: bool = False) -> None:
    """Write the trained weights in half precision, with their hash and that of the base model."""
    weights = folder / (second_reader.ADAPTERS if second else WEIGHTS).name
    save_file({name: parameter.half() for name, parameter in learnt.items()}, weights)
    if second:
        hashes = {"adapters": digest_of(weights), "encoder": second_reader.HASHES["encoder"]}
    else:
        packaged = model_folder(DEFAULT) / "model.safetensors"
        hashes = {"reader": digest_of(weights), "packaged MiniLM": digest_of(packaged)}
    weights.with_suffix(".json").write_text(json.dumps(hashes, indent=2) + "\n")


@contextmanager
def _encoder(*, second: bool) -> Iterator[Path]:
    """The folder of the encoder from which a reader is fine-tuned."""
    if not second:
        yield model_folder(DEFAULT)
        return
    with TemporaryDirectory() as folder:
        second_reader.unpack_encoder(Path(folder))
        yield Path(folder)


def encode(tokenizer: Any, examples: Sequence[Example]) -> Batch:
    """Examples as tokens, with the tokens marked that an answer may begin and end with.

    If an answer is cut off, or there is none, that is the first token, ``[CLS]``.
    """
    inputs, offsets, readable = tokenize(
        tokenizer,
        [example.question for example in examples],
        [example.passage for example in examples],
    )
    starts = np.zeros(readable.shape, bool)
    ends = np.zeros(readable.shape, bool)
    for row, example in enumerate(examples):
        for start, end in example.spans:
            within = readable[row] & (offsets[row, :, 0] < end) & (offsets[row, :, 1] > start)
            places = np.flatnonzero(within)
            if not len(places) or offsets[row][places[-1]][1] < end:
                continue
            if example.exact:
                starts[row, places[0]] = ends[row, places[-1]] = True
            else:
                starts[row, places] = ends[row, places] = True
        if not starts[row].any():
            starts[row, 0] = ends[row, 0] = True
    readable[:, 0] = True
    return Batch(dict(inputs), offsets, *map(torch.from_numpy, (readable, starts, ends)))


def _loss(logits: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """The negative log-probability of all allowed tokens together, on average."""
    right = logits.masked_fill(~allowed, -1e9).logsumexp(1)
    return (logits.logsumexp(1) - right).mean()


if __name__ == "__main__":
    sys.exit(main())
