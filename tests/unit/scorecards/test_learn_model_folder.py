"""The model's folder: what is written is read again, and whatever else lies there is refused with a sentence."""

from __future__ import annotations

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from test_learning import examples, made_calls

from qa_app.core.errors import Conflict, HuitingError, Invalid, NotFound
from transcription.model_folder import HEADER, WEIGHTS, read_model, write_model
from transcription.text_model import Target, judge
from transcription.training import learn


@pytest.fixture(scope="module")
def models():
    return {target: learn(examples(40, number=target is Target.NUMBER), target, risk=0.2).model for target in Target}


@pytest.fixture
def folder(tmp_path, models):
    write_model(tmp_path / "model", models[Target.VERDICT])
    return tmp_path / "model"


def rewritten(folder, **changes):
    """The header with some keys changed, its hash left as it was."""
    header = json.loads((folder / HEADER).read_text(encoding="utf-8"))
    header.update(changes)
    (folder / HEADER).write_text(json.dumps(header), encoding="utf-8")


def repacked(folder, change):
    """weights.npz with its arrays changed by `change`, a function of the dictionary."""
    with np.load(folder / WEIGHTS) as stored:
        arrays = dict(stored)
    change(arrays)
    np.savez(folder / WEIGHTS, **arrays)


@pytest.mark.parametrize("target", list(Target))
def test_a_model_read_again_answers_the_same(tmp_path, models, target):
    written = write_model(tmp_path / "model", models[target])
    read = read_model(tmp_path / "model")
    calls = [call for _, call in made_calls(8, seed=4)]
    assert judge(read, calls) == judge(models[target], calls)
    assert read.sha256 == written.sha256
    assert len(read.sha256) == 64


def test_the_same_model_has_the_same_hash_and_a_changed_one_another(tmp_path, models):
    one, same = (write_model(tmp_path / name, models[Target.VERDICT]) for name in "ab")
    other = write_model(tmp_path / "c", models[Target.NUMBER])
    assert one.sha256 == same.sha256 != other.sha256


def test_a_model_may_be_written_over_but_nothing_else(tmp_path, models, folder):
    assert write_model(folder, models[Target.NUMBER]).target is Target.NUMBER
    assert read_model(folder).target is Target.NUMBER
    assert {one.name for one in folder.iterdir()} == {HEADER, WEIGHTS}
    (folder / "letters.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="holds other things than a model"):
        write_model(folder, models[Target.NUMBER])
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="holds other things"):
        write_model(tmp_path / "file", models[Target.NUMBER])


def test_no_wording_of_a_call_stands_in_the_folder(folder):
    raw = (folder / HEADER).read_bytes() + (folder / WEIGHTS).read_bytes()
    assert "解决".encode() not in raw
    assert "\\u89e3" not in (folder / HEADER).read_text(encoding="utf-8")


def test_an_empty_place_holds_no_model(tmp_path):
    with pytest.raises(NotFound, match="holds no learned model"):
        read_model(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "other"},
        {"version": 2},
        {"version": None},
        {"target": "number"},
        {"target": "judge"},
        {"target": ["verdict"]},
        {"classes": ["met", "met"]},
        {"classes": "met"},
        {"classes": [1, 2]},
        {"classes": ["met"] * 1000},
        {"threshold": 0},
        {"threshold": "0"},
        {"threshold": -1e308},
        {"languages": 3},
        {"features": {}},
        {"features": None},
        {"errors": -1},
        {"errors": 10**30},
        {"sha256": "0" * 64},
        {"sha256": None},
        {"origin": []},
    ],
)
def test_a_changed_description_is_refused(folder, changes):
    rewritten(folder, **changes)
    with pytest.raises(Invalid):
        read_model(folder)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000, '{"format": "huiting-learned", "version": NaN}']
)
def test_a_description_that_is_no_json_is_refused(folder, text):
    (folder / HEADER).write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match="cannot be used"):
        read_model(folder)


def test_a_description_of_a_megabyte_is_not_even_read(folder):
    (folder / HEADER).write_text("[" + "1," * 600_000 + "1]", encoding="utf-8")
    with pytest.raises(Invalid, match="larger than a model's description"):
        read_model(folder)


def set_first(name, value):
    def change(arrays):
        arrays[name] = arrays[name].copy()
        arrays[name].flat[0] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_first("coefficients", np.nan),
        set_first("constants", np.inf),
        set_first("coefficients", 1000.0),  # finite, but not what was hashed
        set_first("buckets.customer", -1),
        lambda arrays: arrays.pop("mean"),
        lambda arrays: arrays.update(extra=np.zeros(3, np.float32)),
        lambda arrays: arrays.update(mean=arrays["mean"].astype(np.float64)),
        lambda arrays: arrays.update(mean=arrays["mean"][:-1]),
        lambda arrays: arrays.update(mean=arrays["mean"].astype(object)),
        lambda arrays: arrays.update(coefficients=np.zeros((4000, 4000), np.float32)),
    ],
)
def test_weights_that_do_not_fit_are_refused(folder, change):
    repacked(folder, change)
    with pytest.raises(Invalid, match="cannot be used"):
        read_model(folder)


class Hostile:
    """Would write a file where it were unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_a_pickle_in_the_weights_is_never_opened(folder, tmp_path):
    trap = tmp_path / "trapped"
    hidden = io.BytesIO()
    np.save(hidden, np.array([Hostile(trap)], dtype=object), allow_pickle=True)
    with np.load(folder / WEIGHTS) as stored:
        arrays = dict(stored)
    with zipfile.ZipFile(folder / WEIGHTS, "w") as packed:
        for name, array in arrays.items():
            plain = io.BytesIO()
            np.save(plain, array)
            packed.writestr(f"{name}.npy", hidden.getvalue() if name == "mean" else plain.getvalue())
    with pytest.raises(Invalid, match="cannot be used"):
        read_model(folder)
    (folder / WEIGHTS).write_bytes(pickle.dumps(Hostile(trap)))
    with pytest.raises(Invalid, match="cannot be used"):
        read_model(folder)
    assert not trap.exists()


@pytest.mark.parametrize("raw", [b"", b"PK", b"\x00" * 5000])
def test_weights_that_are_no_archive_are_refused(folder, raw):
    (folder / WEIGHTS).write_bytes(raw)
    with pytest.raises(Invalid, match="cannot be used"):
        read_model(folder)


def test_every_cut_and_every_flipped_byte_is_noticed(folder):
    whole = (folder / WEIGHTS).read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        for raw in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            (folder / WEIGHTS).write_bytes(raw)
            try:
                model = read_model(folder)
            except HuitingError:
                continue
            assert model.sha256 == json.loads((folder / HEADER).read_text(encoding="utf-8"))["sha256"]
