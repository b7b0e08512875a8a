"""A recording of any format FFmpeg reads becomes 16 kHz channels in memory, or a refusal that says why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from qa_app.core.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_HZ = 16_000
SILENT_PEAK = 0.002
SAME_CHANNEL_SHARE = 0.01
BROKEN_SHARE = 0.1
GIVE_UP_AFTER = 200

Samples = NDArray[np.float32]


class Refused(Invalid):
    """A recording that cannot be transcribed; `code` is stable: corrupt, empty, silent, too_short, too_long ..."""

    def __init__(self, template: str, *, code: str, **values: object) -> None:
        super().__init__(template, code=code, **values)

    @property
    def code(self) -> str:
        return str(self.values["code"])

    def __reduce__(self) -> tuple[object, ...]:
        return _refused, (self.template, self.values)


def _refused(template: str, values: dict[str, Any]) -> Refused:
    return Refused(template, **values)


@dataclass(frozen=True, slots=True)
class Limits:
    """Which lengths are taken, in seconds: an hour of two channels holds 460 MB while it is transcribed."""

    shortest_s: float = 1.0
    longest_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What the file says about itself; the length is None where the format does not tell (raw AMR, streams)."""

    codec: str
    rate_hz: int
    channels: int
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class DecodedAudio:
    """Float samples in -1..1 at 16 kHz, one array a channel, all of one length; notes say what was noticed."""

    channels: tuple[Samples, ...]
    rate_hz: int
    duration_s: float
    codec: str
    notes: tuple[str, ...] = ()


def content_sha256(path: Path) -> str:
    """Sha256 (hex) of the file as it lies on disk: the name under which a recording is known once."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def probe(path: Path) -> AudioFacts:
    """Codec, rate, channels and length from the head of the file; raises Refused or NotFound."""
    with _open(path) as container:
        stream = _audio_stream(container, path)
        return AudioFacts(
            codec=stream.codec_context.name,
            rate_hz=stream.rate or 0,
            channels=stream.channels,
            duration_s=_claimed_s(container),
        )


def decode(path: Path, limits: Limits = Limits()) -> DecodedAudio:
    """The channels at 16 kHz, read frame by frame; raises Refused with a stable code, or NotFound.

    Two channels carrying the same signal (difference below 1 % of its level) count as one, with the note dual_mono.
    """
    facts = probe(path)
    _refuse_length(path, facts.duration_s, limits)
    channels, broken = _read_channels(path, limits)
    duration_s = len(channels[0]) / RATE_HZ if channels else 0.0
    _refuse_broken(path, facts, duration_s, broken)
    _refuse_length(path, duration_s, limits)
    if max(_peak(channel) for channel in channels) < SILENT_PEAK:
        raise Refused("{name} is silent on every channel; check the recorder.", code="silent", name=path.name)
    notes = ("damaged_in_places",) if broken else ()
    if len(channels) == 2 and same_signal(*channels):  # noqa: PLR2004 - a pair
        channels, notes = channels[:1], (*notes, "dual_mono")
    return DecodedAudio(tuple(channels), facts.rate_hz, duration_s, facts.codec, notes)


def read_span(path: Path, start_s: float, end_s: float) -> tuple[Samples, ...]:
    """The channels at 16 kHz from one second to another, by the clock of `decode`.

    What lies before is decoded and let go: formats that seek only roughly would move the seconds.
    """
    first, last, at = round(start_s * RATE_HZ), round(end_s * RATE_HZ), 0
    pieces: list[Samples] = []
    with _open(path) as container:
        stream = _audio_stream(container, path)
        stream.thread_type = "NONE"
        for piece in _resampled(container, stream):
            if piece is None:
                continue
            pieces.append(piece[:, max(0, first - at) : max(0, last - at)].copy())
            at += piece.shape[1]
            if at >= last:
                break
    return tuple(_joined(pieces, sum(piece.shape[1] for piece in pieces)))


def same_signal(left: Samples, right: Samples) -> bool:
    """Whether two channels differ by less than 1 % of the louder one's energy-mean level."""
    level = max(_rms(left), _rms(right))
    return level > 0 and _rms(left - right) < SAME_CHANNEL_SHARE * level


def _rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _peak(samples: Samples) -> float:
    return float(max(samples.max(), -samples.min())) if len(samples) else 0.0


def _open(path: Path) -> Any:  # noqa: ANN401 - PyAV's container types differ by mode
    """The opened container, or the reason why it cannot be opened."""
    if not path.is_file():
        raise NotFound("There is no recording {path}.", path=path)
    if path.stat().st_size == 0:
        raise Refused("{name} is empty (0 bytes); export it again.", code="empty", name=path.name)
    try:
        return av.open(str(path), mode="r", metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError) as trouble:
        raise Refused(
            "{name} cannot be read as audio ({why}); export it again as WAV.",
            code="corrupt",
            name=path.name,
            why=_reason(trouble),
        ) from trouble


def _reason(trouble: Exception) -> str:
    return str(getattr(trouble, "strerror", None) or trouble)


def _audio_stream(container: Any, path: Path) -> Any:  # noqa: ANN401 - PyAV stream
    """The first audio stream with a known codec."""
    if not container.streams.audio:
        raise Refused("{name} holds no audio.", code="unsupported", name=path.name)
    stream = container.streams.audio[0]
    if stream.codec_context is None or not stream.channels:
        raise Refused("{name} is of an audio format that cannot be read here.", code="unsupported", name=path.name)
    return stream


def _claimed_s(container: Any) -> float | None:  # noqa: ANN401 - PyAV container
    """The length the file's head claims, in seconds; nonsense counts as unknown."""
    claimed = container.duration
    return claimed / av.time_base if claimed and claimed > 0 else None


def _refuse_length(path: Path, duration_s: float | None, limits: Limits) -> None:
    if duration_s is None:
        return
    if duration_s > limits.longest_s:
        raise Refused(
            "{name} is {found_s:.0f} s long; at most {limit_s:.0f} s are taken.",
            code="too_long",
            name=path.name,
            found_s=duration_s,
            limit_s=limits.longest_s,
        )
    if 0 < duration_s < limits.shortest_s:
        raise Refused(
            "{name} is {found_s:.1f} s long; at least {limit_s:.1f} s are needed.",
            code="too_short",
            name=path.name,
            found_s=duration_s,
            limit_s=limits.shortest_s,
        )


def _refuse_broken(path: Path, facts: AudioFacts, duration_s: float, broken: int) -> None:
    """A file with no sound at all is empty; one that broke and lost over a tenth of its length is corrupt."""
    lost = facts.duration_s is not None and duration_s < (1 - BROKEN_SHARE) * facts.duration_s
    if broken and (lost or duration_s == 0):
        raise Refused(
            "{name} is damaged: {found_s:.1f} s could be read; export it again.",
            code="corrupt",
            name=path.name,
            found_s=duration_s,
        )
    if duration_s == 0:
        raise Refused("{name} holds no sound; export it again.", code="empty", name=path.name)


def _read_channels(path: Path, limits: Limits) -> tuple[list[Samples], int]:
    """All channels resampled to 16 kHz, and how many packets could not be decoded."""
    pieces: list[Samples] = []
    broken, length = 0, 0
    with _open(path) as container:
        stream = _audio_stream(container, path)
        stream.thread_type = "NONE"
        for piece in _resampled(container, stream):
            if piece is None:
                broken += 1
                continue
            pieces.append(piece)
            length += piece.shape[1]
            _refuse_runaway(path, length / RATE_HZ, limits)
    return _joined(pieces, length), broken


def _refuse_runaway(path: Path, read_s: float, limits: Limits) -> None:
    """Stop as soon as the limit is passed: the head of a file may have claimed anything."""
    if read_s > limits.longest_s:
        _refuse_length(path, read_s, limits)


def _joined(pieces: list[Samples], length: int) -> list[Samples]:
    """One array a channel; pieces are let go as they are copied, so that the peak is one copy."""
    if not pieces:
        return []
    whole = np.empty((pieces[0].shape[0], length), dtype=np.float32)
    at = length
    while pieces:
        piece = pieces.pop()
        whole[:, at - piece.shape[1] : at] = piece
        at -= piece.shape[1]
    return list(whole)


def _resampled(container: Any, stream: Any) -> Iterator[Samples | None]:  # noqa: ANN401 - PyAV types
    """Arrays of (channels, samples) at 16 kHz; None for a packet that could not be decoded."""
    resampler = AudioResampler(format="fltp", rate=RATE_HZ)
    for frame in _frames(container, stream):
        if frame is None:
            yield None
            continue
        frame.pts = None
        for resampled in resampler.resample(frame):
            yield np.asarray(resampled.to_ndarray(), dtype=np.float32)
    for resampled in resampler.resample(None):
        yield np.asarray(resampled.to_ndarray(), dtype=np.float32)


def _frames(container: Any, stream: Any) -> Iterator[Any]:  # noqa: ANN401 - PyAV types
    """Decoded frames; None where a packet is damaged, so that one bad packet does not lose the rest."""
    packets = container.demux(stream)
    broken_in_a_row = 0
    while broken_in_a_row < GIVE_UP_AFTER:
        try:
            frames = next(packets).decode()
        except (StopIteration, av.error.EOFError):
            return
        except av.error.FFmpegError:
            broken_in_a_row += 1
            yield None
            continue
        broken_in_a_row = 0
        yield from frames
