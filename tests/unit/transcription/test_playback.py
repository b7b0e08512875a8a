"""The playback copy: chunks that cover the file, ranges that equal slices, and a seal that may change sizes."""

import os
import zlib

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_calls import write_wav

from transcription.playback import CHUNK_S, make_playback, plain, read_range

SECONDS = 4 * CHUNK_S + 2


def sealed(chunk):
    """A toy cipher that shifts every byte, packs and adds a head: no chunk keeps its size."""
    return b"HEAD" + zlib.compress(bytes((byte + 7) % 256 for byte in chunk), 1)


def unsealed(stored):
    assert stored[:4] == b"HEAD"
    return bytes((byte - 7) % 256 for byte in zlib.decompress(stored[4:]))


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The copy of one recording, plain and sealed: path, copy and unseal for each."""
    folder = tmp_path_factory.mktemp("playback")
    source = write_wav(folder / "call.wav", seconds=SECONDS)
    found = {}
    for name, seal, unseal in (("plain", plain, plain), ("sealed", sealed, unsealed)):
        target = folder / "copies" / f"{name}.webm"
        found[name] = (target, make_playback(source, target, seal), unseal)
    return found


def whole(copies, name):
    path, copy, unseal = copies[name]
    return b"".join(read_range(path, copy.chunks, 0, copy.size_bytes, unseal))


@pytest.mark.parametrize("name", ["plain", "sealed"])
def test_chunks_cover_the_copy_without_gap(copies, name):
    path, copy, _ = copies[name]
    plain_at = stored_at = 0
    for chunk in copy.chunks:
        assert (chunk.plain_start, chunk.stored_start) == (plain_at, stored_at)
        plain_at, stored_at = plain_at + chunk.plain_size, stored_at + chunk.stored_size
    assert (plain_at, stored_at) == (copy.size_bytes, path.stat().st_size)
    # one for the head and one for every begun 5 s: 22 s make five (the encoder's lead-in may add one)
    assert len(copy.chunks) in (6, 7)


def test_a_plain_copy_is_the_file_itself(copies):
    path, copy, _ = copies["plain"]
    assert whole(copies, "plain") == path.read_bytes()
    assert copy.size_bytes == path.stat().st_size


def test_a_sealed_copy_reads_as_webm_though_it_lies_sealed_on_disk(copies):
    body = whole(copies, "sealed")
    assert body[:4] == b"\x1a\x45\xdf\xa3"
    assert copies["sealed"][0].read_bytes()[:4] == b"HEAD"


@settings(deadline=None)
@given(st.data())
def test_any_range_equals_the_slice(copies, data):
    for name in ("plain", "sealed"):
        path, copy, unseal = copies[name]
        body = whole(copies, name)
        start = data.draw(st.integers(0, copy.size_bytes))
        end = data.draw(st.integers(start, copy.size_bytes + 50))
        assert b"".join(read_range(path, copy.chunks, start, end, unseal)) == body[start:end]


def test_a_short_range_opens_only_the_chunks_it_needs(copies):
    path, copy, unseal = copies["sealed"]
    opened = []

    def counting(stored):
        opened.append(len(stored))
        return unseal(stored)

    third = copy.chunks[3]
    b"".join(read_range(path, copy.chunks, third.plain_start, third.plain_start + 10, counting))
    assert opened == [third.stored_size]


@pytest.mark.parametrize(("channels", "kept"), [(1, 1), (2, 2), (4, 2)])
def test_a_file_of_any_channels_becomes_opus_that_plays_as_long(tmp_path, channels, kept):
    source = write_wav(tmp_path / "call.wav", seconds=7.0, channels=channels)
    make_playback(source, tmp_path / "call.webm")
    with av.open(str(tmp_path / "call.webm")) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        assert (stream.codec_context.name, stream.channels) == ("opus", kept)
        assert samples / stream.rate == pytest.approx(7.0, abs=0.1)


def test_a_copy_made_again_is_the_same_to_the_byte(tmp_path):
    source = write_wav(tmp_path / "call.wav", seconds=7.0)
    first, second = (make_playback(source, tmp_path / name) for name in ("a.webm", "b.webm"))
    assert first == second
    assert (tmp_path / "a.webm").read_bytes() == (tmp_path / "b.webm").read_bytes()


def test_a_file_that_cannot_be_read_leaves_the_old_copy_and_no_crumbs(tmp_path):
    source, target = write_wav(tmp_path / "call.wav"), tmp_path / "copies" / "call.webm"
    make_playback(source, target)
    before = target.read_bytes()
    source.write_bytes(os.urandom(5000))
    with pytest.raises(av.error.FFmpegError):
        make_playback(source, target)
    assert [file.name for file in target.parent.iterdir()] == ["call.webm"]
    assert target.read_bytes() == before
