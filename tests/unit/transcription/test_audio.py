from __future__ import annotations

import pickle
from contextlib import suppress
from fractions import Fraction

import av
import numpy as np
import pytest

from qa_app.core.errors import NotFound
from transcription.audio import Limits, Refused, content_sha256, decode, probe


def write(path, channels, rate=8000, codec="pcm_s16le", layout=None, options=None):
    """A recording with these float channels."""
    layout = layout or ("mono" if len(channels) == 1 else "stereo")
    with av.open(str(path), "w", options=options or {}) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        samples = np.ascontiguousarray(np.stack(channels).T.reshape(1, -1) * 32000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout=layout, rate=rate, frame_size=stream.frame_size or 1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path


def tone(hz=440, seconds=2.0, rate=8000, level=0.5):
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def refusal(path, limits=None):
    with pytest.raises(Refused) as refused:
        decode(path, limits or Limits())
    return refused.value


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.wav", "pcm_s16le", 8000),
        ("a.wav", "pcm_mulaw", 8000),
        ("a.wav", "pcm_alaw", 8000),
        ("a.wav", "pcm_s16le", 48000),
        ("a.wav", "pcm_s16le", 11025),
        ("a.flac", "flac", 16000),
        ("a.mp3", "libmp3lame", 16000),
        ("a.ogg", "libopus", 48000),
        ("a.m4a", "aac", 16000),
    ],
)
def test_telephone_formats_become_two_channels_at_16_khz(tmp_path, name, codec, rate):
    path = write(tmp_path / name, [tone(440, rate=rate), tone(900, rate=rate)], rate, codec)
    audio = decode(path)
    assert len(audio.channels) == 2
    assert audio.duration_s == pytest.approx(2.0, abs=0.15)
    strongest = [int(np.argmax(np.abs(np.fft.rfft(c[8000:24000])))) for c in audio.channels]
    assert strongest == pytest.approx([440, 900], abs=3)  # 1 s is looked at: the bin number is the frequency


def test_the_head_of_a_file_tells_codec_rate_channels_and_length(tmp_path):
    facts = probe(write(tmp_path / "a.wav", [tone(), tone(500)], codec="pcm_mulaw"))
    assert (facts.codec, facts.rate_hz, facts.channels) == ("pcm_mulaw", 8000, 2)
    assert facts.duration_s == pytest.approx(2.0)


def test_one_channel_stays_one(tmp_path):
    assert len(decode(write(tmp_path / "a.wav", [tone()])).channels) == 1


def test_the_same_signal_on_both_channels_counts_as_one_and_is_noted(tmp_path):
    audio = decode(write(tmp_path / "a.wav", [tone(), tone()]))
    assert len(audio.channels) == 1
    assert audio.notes == ("dual_mono",)


def test_one_silent_channel_of_two_is_no_reason_to_refuse(tmp_path):
    assert len(decode(write(tmp_path / "a.wav", [tone(), 0 * tone()])).channels) == 2


def test_a_file_without_bytes_is_empty(tmp_path):
    path = tmp_path / "a.wav"
    path.touch()
    error = refusal(path)
    assert error.code == "empty"
    assert str(error) == "a.wav is empty (0 bytes); export it again."


def test_a_text_file_is_corrupt(tmp_path):
    path = tmp_path / "a.wav"
    path.write_text("this is no audio at all\n" * 40)
    assert refusal(path).code in {"corrupt", "unsupported"}


def test_a_head_without_samples_is_empty(tmp_path):
    path = write(tmp_path / "a.wav", [tone()])
    path.write_bytes(path.read_bytes()[:80])
    assert refusal(path).code in {"empty", "corrupt", "too_short"}


def test_silence_on_every_channel_is_refused(tmp_path):
    error = refusal(write(tmp_path / "a.wav", [0 * tone(), 0 * tone()]))
    assert error.code == "silent"


def test_a_file_shorter_than_the_limit_is_refused_with_both_values(tmp_path):
    error = refusal(write(tmp_path / "a.wav", [tone(seconds=0.5)]))
    assert (error.code, str(error)) == ("too_short", "a.wav is 0.5 s long; at least 1.0 s are needed.")


def test_a_file_longer_than_the_limit_is_refused_with_both_values(tmp_path):
    error = refusal(write(tmp_path / "a.wav", [tone(seconds=4)]), Limits(longest_s=3))
    assert (error.code, str(error)) == ("too_long", "a.wav is 4 s long; at most 3 s are taken.")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"nowhere\.wav"):
        decode(tmp_path / "nowhere.wav")


def test_a_file_damaged_in_the_middle_is_refused_or_noted_but_never_fails_otherwise(tmp_path):
    path = write(tmp_path / "a.mp3", [tone(seconds=6, rate=16000), tone(300, 6, 16000)], 16000, "libmp3lame")
    content = bytearray(path.read_bytes())
    content[len(content) // 4 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 4)
    path.write_bytes(content)
    with suppress(Refused):
        assert decode(path).duration_s <= 6.2


def test_a_refusal_survives_the_way_from_another_process():
    error = pickle.loads(  # noqa: S301 - our own bytes
        pickle.dumps(Refused("{name} is silent.", code="silent", name="a.wav"))
    )
    assert (str(error), error.code) == ("a.wav is silent.", "silent")


def test_the_content_hash_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")  # the published test value of SHA-256
    assert content_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
