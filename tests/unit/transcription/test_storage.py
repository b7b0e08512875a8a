"""Originals lie by the hash of their bytes, whole or not at all."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Conflict
from transcription.audio import content_sha256
from transcription.storage import Store

SHA = hashlib.sha256(b"sound").hexdigest()


def test_a_kept_file_is_the_same_bytes_under_its_hash(tmp_path):
    (tmp_path / "a.WAV").write_bytes(b"sound")
    store = Store(tmp_path / "kept")
    place = store.keep(tmp_path / "a.WAV", content_sha256(tmp_path / "a.WAV"))
    assert place == f"{SHA[:2]}/{SHA}.wav"
    assert store.original(place).read_bytes() == b"sound"
    assert (tmp_path / "a.WAV").read_bytes() == b"sound"


def test_other_bytes_than_announced_are_refused_and_leave_nothing(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"other")
    store = Store(tmp_path / "kept")
    with pytest.raises(Conflict, match=r"a\.wav changed while it was read; import it again"):
        store.keep(tmp_path / "a.wav", SHA)
    assert [path for path in (tmp_path / "kept").rglob("*") if path.is_file()] == []


@given(st.text(min_size=1, max_size=60).filter(lambda name: "\0" not in name))
def test_no_name_leads_out_of_the_folder(name):
    store = Store(Path("/kept"))
    place = store.original(store.place(SHA, name))
    assert place.parent == Path("/kept/recordings") / SHA[:2]
    assert place.name.startswith(SHA)
    assert place.name.isascii()
