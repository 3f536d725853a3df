"""What is built is whole: it holds all that the program reads, and answers once installed."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "index", "assistant")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that ``python -m build`` makes of a copy, so that nothing is left in the tree."""
    source = tmp_path_factory.mktemp("source")
    for name in (*ROOMS, "app.py", "dateline.py", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source)
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", source],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    [wheel] = (source / "dist").glob("*.whl")
    return wheel


def test_it_holds_every_file_of_the_program(wheel: Path) -> None:
    expected = {"app.py", "dateline.py"} | {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "assistant/reader/weights.safetensors" in expected
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected


@pytest.mark.slow
def test_it_answers_where_it_is_installed(wheel: Path, tmp_path: Path) -> None:
    site, news = tmp_path / "site", tmp_path / "news"
    installed = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target"]
    subprocess.run([*installed, site, wheel], capture_output=True, check=True)
    news.mkdir()
    (news / "talks.txt").write_text("Harbour talks\n\nRuth Abara led the harbour talks on Monday.")
    (news / "mill.txt").write_text("Mill sold\n\nThe old mill was sold to a baker.")

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "dateline", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(site)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout

    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert run("--version") == f"dateline {version}\n"
    run("sync", "news", "--quiet")
    answer = run("ask", "Who led the harbour talks?", "--quiet")
    assert "Ruth Abara led the harbour talks on Monday. [1]\n\n[1] " in answer
    assert run("status").startswith("2 articles in 2 chunks")
