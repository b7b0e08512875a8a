"""A learned model as a folder: model.json says what it is, weights.npz holds plain numbers; nothing in it can run.

Reading believes nothing: every name, type, size and range is checked, and the hash over all of it, before it is used.
"""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa_app.core.errors import Conflict, Invalid, NotFound
from transcription.learning import Linear, Space
from transcription.ngrams import BUCKETS, LONGEST, Weights
from transcription.parts import FIRST_PARTS, MEASURES, PARTS, VECTOR_PARTS
from transcription.text_model import NEVER_SURE, Target, TextModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

FORMAT, VERSION = "huiting-learned", 1
HEADER, WEIGHTS = "model.json", "weights.npz"
NEW_HEADER, NEW_WEIGHTS = ".model.json.new", ".weights.new.npz"
MOST_HEADER_BYTES = 1_000_000
MOST_WEIGHTS = 50_000_000
MOST_CLASSES = 50
DIMENSIONS = (0, 512)
ZIP_OVERHEAD = 1024
BYTES_A_NUMBER = 4
# What numpy, zipfile and json raise on a damaged or hostile folder: encrypted (RuntimeError) or oddly packed
# (NotImplementedError) members among them.
UNREADABLE = (
    KeyError, TypeError, AttributeError, ValueError, OSError, EOFError, NotImplementedError, RuntimeError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What an array in the file must be."""

    kind: str
    size: tuple[int, ...]


def write_model(folder: Path, model: TextModel) -> TextModel:
    """Write a model and return it with its hash; Conflict where the folder holds anything else."""
    refuse_other_things(folder)
    arrays = _arrays_of(model)
    header = _header_of(model)
    header["sha256"] = _hash_of(header, arrays)
    try:
        _write(folder, header, arrays)
    except OSError as error:
        raise Invalid(
            "{folder} cannot be written ({error}). Name another folder.", folder=folder, error=error.strerror
        ) from error
    return replace(model, sha256=str(header["sha256"]))


def _write(folder: Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Both files beside the old ones first, so that a crash leaves a model that fits its hash or is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    new_weights, new_header = folder / NEW_WEIGHTS, folder / NEW_HEADER
    np.savez_compressed(new_weights, **dict(arrays))  # type: ignore[arg-type]
    new_header.write_text(json.dumps(header, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    new_weights.replace(folder / WEIGHTS)
    new_header.replace(folder / HEADER)


def refuse_other_things(folder: Path) -> None:
    """Conflict where the folder is a file or holds other things than a model."""
    own = (HEADER, WEIGHTS, NEW_HEADER, NEW_WEIGHTS)
    if folder.is_file() or (folder.is_dir() and any(one.name not in own for one in folder.iterdir())):
        raise Conflict("{folder} holds other things than a model. Name a new or empty folder.", folder=folder)


def read_model(folder: Path) -> TextModel:
    """The model in a folder; NotFound where there is none, Invalid where a file is damaged, strange or too new."""
    if not (folder / HEADER).is_file() or not (folder / WEIGHTS).is_file():
        raise NotFound(
            "{folder} holds no learned model ({header} and {weights}). Make one with huiting criterion train.",
            folder=folder,
            header=HEADER,
            weights=WEIGHTS,
        )
    header = _header(folder / HEADER)
    arrays = _arrays(folder / WEIGHTS, header)
    if _hash_of(header, arrays) != header.get("sha256"):
        raise _damaged(folder, "its hash does not fit its content")
    try:
        return _model(header, arrays)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _damaged(folder, f"{type(error).__name__}: {error}") from error


def _damaged(place: Path, why: str) -> Invalid:
    return Invalid("{place} cannot be used: {why}. Train the model again, or copy it anew.", place=place, why=why)


def _header_of(model: TextModel) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "target": model.target.value,
        "languages": list(model.languages),
        "classes": list(model.classes),
        "threshold": model.threshold,
        "low": model.low,
        "high": model.high,
        "errors": 0 if model.errors is None else len(model.errors),
        "features": {
            "longest": LONGEST,
            "buckets": BUCKETS,
            "strings": {part: len(one.buckets) for part, one in model.space.weights.items()},
            "measures": list(MEASURES),
            "dimensions": model.space.dimensions,
        },
        "encoder_sha256": model.encoder_sha256,
        "origin": model.origin,
        "figures": model.figures,
    }


def _arrays_of(model: TextModel) -> Arrays:
    found: dict[str, NDArray[Any]] = {
        "mean": model.space.mean,
        "spread": model.space.spread,
        "coefficients": model.linear.coefficients,
        "constants": model.linear.constants,
    }
    for part, one in model.space.weights.items():
        found |= {f"buckets.{part}": one.buckets, f"rarity.{part}": one.rarity}
    if model.calibration is not None:
        found |= {
            "calibration.coefficients": model.calibration.coefficients,
            "calibration.constants": model.calibration.constants,
        }
    if model.errors is not None:
        found["errors"] = model.errors
    return found


def _hash_of(header: Mapping[str, Any], arrays: Arrays) -> str:
    """SHA-256 over the header without its hash and each array's name, type, shape and bytes."""
    plain = {key: value for key, value in header.items() if key != "sha256"}
    found = hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=True, allow_nan=False).encode())
    for name in sorted(arrays):
        found.update(f"\n{name} {arrays[name].dtype.str} {arrays[name].shape}\n".encode())
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()


def _header(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MOST_HEADER_BYTES:
        raise _damaged(path, "it is larger than a model's description can be")
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError, OSError) as error:
        raise _damaged(path, f"this is not JSON ({error})") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _damaged(path, f"it is not a model of Huiting (format {FORMAT})")
    if document.get("version") != VERSION:
        raise Invalid(
            "{place} is of format version {version}, known is {known}. Use the Huiting that made it, or train anew.",
            place=path,
            version=document.get("version"),
            known=VERSION,
        )
    return document


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _shapes(header: Mapping[str, Any]) -> dict[str, Shape]:
    """Every array the header promises, with its type and size; raises where the promise is absurd."""
    classes, strings = header["classes"], header["features"]["strings"]
    dimensions, errors = header["features"]["dimensions"], header["errors"]
    known = {*PARTS, *FIRST_PARTS}
    if not set(strings) <= known or any(not _is_count(n) or n > BUCKETS for n in strings.values()):
        raise ValueError("unknown parts or impossible numbers of strings")
    if header["features"]["longest"] != LONGEST or header["features"]["buckets"] != BUCKETS:
        raise ValueError("strings are counted otherwise")
    if header["features"]["measures"] != list(MEASURES) or dimensions not in DIMENSIONS or not _is_count(errors):
        raise ValueError("other measures, vectors or errors than known")
    if not isinstance(classes, list) or len(classes) > MOST_CLASSES or len(set(classes)) != len(classes):
        raise ValueError("impossible classes")
    outputs = len(classes) if len(classes) > 2 else 1  # noqa: PLR2004
    width = sum(strings.values()) + len(MEASURES) + dimensions * len(VECTOR_PARTS)
    if outputs * width > MOST_WEIGHTS:
        raise ValueError("more weights than a model can have")
    shapes = {
        "mean": Shape("<f4", (len(MEASURES),)),
        "spread": Shape("<f4", (len(MEASURES),)),
        "coefficients": Shape("<f4", (outputs, width)),
        "constants": Shape("<f4", (outputs,)),
    }
    for part, n in strings.items():
        shapes |= {f"buckets.{part}": Shape("<i4", (n,)), f"rarity.{part}": Shape("<f4", (n,))}
    if header["target"] == Target.NUMBER:
        return shapes | {"errors": Shape("<f4", (errors,))}
    return shapes | {
        "calibration.coefficients": Shape("<f4", (len(classes), outputs)),
        "calibration.constants": Shape("<f4", (len(classes),)),
    }


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _arrays(path: Path, header: Mapping[str, Any]) -> Arrays:
    """The arrays, none of them larger than promised (checked before anything is unpacked) and none a pickle."""
    try:
        shapes = _shapes(header)
        _refuse_other_members(path, shapes)
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in shapes}
        _refuse_misfits(arrays, shapes)
    except UNREADABLE as error:
        raise _damaged(path, str(error)) from error
    return arrays


def _refuse_other_members(path: Path, shapes: Mapping[str, Shape]) -> None:
    with zipfile.ZipFile(path) as packed:
        members = [(one.filename, one.file_size) for one in packed.infolist()]
    if sorted(name for name, _ in members) != sorted(f"{name}.npy" for name in shapes):
        raise ValueError("it does not hold the arrays that the description names")
    for name, size in members:
        if size > BYTES_A_NUMBER * math.prod(shapes[name.removesuffix(".npy")].size) + ZIP_OVERHEAD:
            raise ValueError(f"{name} is larger than the description says")


def _refuse_misfits(arrays: Arrays, shapes: Mapping[str, Shape]) -> None:
    for name, shape in shapes.items():
        kind, size = arrays[name].dtype.str, arrays[name].shape
        if kind != shape.kind or size != shape.size:
            raise ValueError(f"{name} is {kind} {size}, not {shape.kind} {shape.size}")
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"{name} holds values that are no numbers")


def _model(header: Mapping[str, Any], arrays: Arrays) -> TextModel:
    target = Target(header["target"])
    weights = {part: _strings(part, arrays) for part in header["features"]["strings"]}
    space = Space(weights, arrays["mean"], arrays["spread"], header["features"]["dimensions"])
    numbers = {key: float(header[key]) for key in ("threshold", "low", "high")}
    is_number = target is Target.NUMBER
    if not 0 <= numbers["threshold"] <= NEVER_SURE or numbers["low"] > numbers["high"] or (arrays["spread"] < 0).any():
        raise ValueError("a threshold, range or spread that cannot be")
    if is_number == bool(header["classes"]) or (is_number and not len(arrays["errors"])):
        raise ValueError("a target without its classes or errors")
    texts = (*header["languages"], *header["classes"], header["encoder_sha256"], header["sha256"])
    if not all(isinstance(one, str) for one in texts) or not isinstance(header["origin"], dict):
        raise TypeError("texts are missing")
    return TextModel(
        target, tuple(header["languages"]), space, Linear(arrays["coefficients"], arrays["constants"]),
        classes=tuple(header["classes"]),
        calibration=None if is_number else Linear(arrays["calibration.coefficients"], arrays["calibration.constants"]),
        errors=arrays["errors"] if is_number else None,
        encoder_sha256=header["encoder_sha256"], origin=header["origin"], figures=header["figures"],
        sha256=header["sha256"], **numbers,
    )  # fmt: skip


def _strings(part: str, arrays: Arrays) -> Weights:
    buckets, rarity = arrays[f"buckets.{part}"], arrays[f"rarity.{part}"]
    if len(buckets) and (buckets[0] < 0 or buckets[-1] >= BUCKETS or (np.diff(buckets) <= 0).any()):
        raise ValueError(f"the strings of {part} are not in order")
    return Weights(buckets, rarity)
