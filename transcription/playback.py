"""The playback copy: what browsers play instead of the original, in chunks that stand alone.

Opus in WebM, one cluster (chunk) for each `CHUNK_S` seconds and the index in front, so that a seek costs one
ranged read. On disk every chunk passes through a `seal` and back through `unseal`; both are the identity today and
the place for encryption at rest. A masked copy (beeps over numbers) is the same function fed with masked audio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.resampler import AudioResampler

MIME = "audio/webm"
CHUNK_S = 5
RATE_HZ = 16_000
BIT_RATE_PER_CHANNEL = 20_000
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_LONGEST_ELEMENT_HEAD = 12
_UNKNOWN_SIZE = (1 << 56) - 1

Seal = Callable[[bytes], bytes]


def plain(chunk: bytes) -> bytes:
    """The seal of a copy that is not encrypted."""
    return chunk


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the copy: where it lies for the browser (plain bytes) and on disk (sealed bytes)."""

    plain_start: int
    plain_size: int
    stored_start: int
    stored_size: int


@dataclass(frozen=True, slots=True)
class PlaybackCopy:
    """A finished copy: its plain size in bytes and its chunks in order."""

    size_bytes: int
    chunks: tuple[Chunk, ...]


def make_playback(source: Path, target: Path, seal: Seal = plain) -> PlaybackCopy:
    """Encode a recording (any format FFmpeg reads, frame by frame) and write it chunk by chunk; atomic."""
    target.parent.mkdir(parents=True, exist_ok=True)
    whole, part = target.with_suffix(".webm.part"), target.with_suffix(".part")
    try:
        _encode(source, whole)
        with whole.open("rb") as file, part.open("wb") as out:
            chunks = tuple(_store(file.read, out.write, _boundaries(whole), seal))
        part.replace(target)
    finally:
        whole.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return PlaybackCopy(sum(chunk.plain_size for chunk in chunks), chunks)


def read_range(path: Path, chunks: tuple[Chunk, ...], start: int, end: int, unseal: Seal = plain) -> Iterator[bytes]:
    """The plain bytes from `start` up to and without `end`, a chunk at a time."""
    with path.open("rb") as file:
        for chunk in chunks:
            if chunk.plain_start + chunk.plain_size <= start or chunk.plain_start >= end:
                continue
            file.seek(chunk.stored_start)
            body = unseal(file.read(chunk.stored_size))
            yield body[max(0, start - chunk.plain_start) : end - chunk.plain_start]


def _encode(source: Path, target: Path) -> None:
    # bitexact leaves random identities out: a copy made again fits the chunks that were noted of the first
    options = {"cluster_time_limit": str(CHUNK_S * 1000), "cues_to_front": "1", "fflags": "+bitexact"}
    with av.open(str(source)) as reader, av.open(str(target), "w", format="webm", options=options) as writer:
        stream = reader.streams.audio[0]
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        encoder = writer.add_stream("libopus", rate=RATE_HZ, layout=layout)
        encoder.bit_rate = BIT_RATE_PER_CHANNEL * (1 if layout == "mono" else 2)
        encoder.options = {"compression_level": "3"}  # speech at this rate sounds the same, at a third of the work
        resampler = AudioResampler(format="flt", layout=layout, rate=RATE_HZ)
        for frame in reader.decode(stream):
            frame.pts = None
            for piece in resampler.resample(frame):
                writer.mux(encoder.encode(piece))
        for piece in resampler.resample(None):
            writer.mux(encoder.encode(piece))
        writer.mux(encoder.encode(None))


def _store(
    read: Callable[[int], bytes], write: Callable[[bytes], int], sizes: list[int], seal: Seal
) -> Iterator[Chunk]:
    plain_at = stored_at = 0
    for size in sizes:
        stored = seal(read(size))
        write(stored)
        yield Chunk(plain_at, size, stored_at, len(stored))
        plain_at, stored_at = plain_at + size, stored_at + len(stored)


def _boundaries(path: Path) -> list[int]:
    """Sizes in bytes of the head (everything before the first cluster) and of each cluster, in order."""
    size, starts = path.stat().st_size, [0]
    with path.open("rb") as file:
        at = 0
        while at < size:
            file.seek(at)
            head = file.read(_LONGEST_ELEMENT_HEAD)
            identity, id_size = _vint(head, keep_marker=True)
            length, length_size = _vint(head[id_size:], keep_marker=False)
            if identity == _CLUSTER:
                starts.append(at)
            inside = identity == _SEGMENT or length == _UNKNOWN_SIZE
            at += id_size + length_size + (0 if inside else length)
    return [following - start for start, following in zip(starts, [*starts[1:], size], strict=True)]


def _vint(head: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """An EBML variable-size integer (RFC 8794 section 4) at the start of `head`: its value and its size in bytes."""
    width = 9 - head[0].bit_length()
    value = int.from_bytes(head[:width], "big")
    return (value if keep_marker else value & ~(1 << (7 * width))), width
