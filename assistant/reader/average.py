"""python -m assistant.reader.average: one second reader from those of several trainings."""

import argparse
import sys
from pathlib import Path

from safetensors.torch import load_file

from assistant.reader.adapters import average
from assistant.reader.train import export


def main(arguments: list[str] | None = None) -> int:
    """Write ``second.safetensors`` and its hash into a folder; returns the exit status."""
    parser = argparse.ArgumentParser("python -m assistant.reader.average", description=__doc__)
    parser.add_argument("learnt", nargs="+", type=Path, metavar="FILE", help="second.safetensors")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--rank", type=int, default=16, help="of the adapters; default: 16")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    learnt = [load_file(file) for file in options.learnt]
    export(average(learnt, options.rank), options.out, second=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
