"""The built wheel holds what the program reads beside its code."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    "pattern",
    [
        "qa_app/locale/zh_CN/LC_MESSAGES/huiting.mo",
        "qa_app/components/review_desk/*.js",
        "qa_app/components/review_desk/*.css",
        "qa_app/web/login.html",
        "qa_app/migrations/versions/*.py",
        "qa_app/demo/calls/*",
        "scorecards/library/*.yaml",
        "scorecards/library/rules/*.yaml",
        "scorecards/library/scenarios/*.yaml",
        "scorecards/library/audits/*.yaml",
        "scorecards/schemas/*.json",
        "transcription/schemas/*.json",
        "qa_app/demo/calls/*/*.json",
        "qa_app/favicon.png",
    ],
)
def test_the_wheel_holds_every_file_of_a_kind(wheel, pattern):
    wanted = {path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern) if path.is_file()}
    assert wanted, f"nothing matches {pattern}"
    assert wanted - wheel == set()


def test_the_wheel_holds_no_tests_and_no_caches(wheel):
    assert [name for name in wheel if name.startswith("tests/") or "__pycache__" in name] == []
