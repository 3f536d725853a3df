"""python -m assistant.reader.average: one second reader from those of several trainings."""

import argparse
import json
import sys
from hashlib import file_digest
from pathlib import Path

from safetensors.torch import load_file, save_file

from assistant.reader.adapters import average
from assistant.reader.second import HASHES


def main(arguments: list[str] | None = None) -> int:
    """Write ``second.safetensors`` and its hash into a folder; returns the exit status."""
    parser = argparse.ArgumentParser("python -m assistant.reader.average", description=__doc__)
    parser.add_argument("learnt", nargs="+", type=Path, metavar="FILE", help="second.safetensors")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--rank", type=int, default=16, help="of the adapters; default: 16")
    options = parser.parse_args(arguments)
    averaged = average([load_file(file) for file in options.learnt], options.rank)
    options.out.mkdir(parents=True, exist_ok=True)
    made = options.out / "second.safetensors"
    save_file(averaged, made)
    with made.open("rb") as file:
        hashes = HASHES | {"adapters": file_digest(file, "sha256").hexdigest()}
    made.with_suffix(".json").write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
