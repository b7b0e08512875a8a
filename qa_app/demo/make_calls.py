"""Turns the spoken dialogues (two-channel FLAC, 8 kHz) into the demo's recordings: pauses, hold music, mix, encoding.

    python make_calls.py FLAC_FOLDER

FLAC_FOLDER holds <stem>.flac and <stem>.ref.json as the speech tool writes them; calls/manifest.csv names the files.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

RATE = 8000
CALLS = Path(__file__).resolve().parent / "calls"
FRAME = 80
VOICED_RMS = 0.006
# The voices end every sentence with a second of silence; people do not. A pause of this length or more was written.
WRITTEN_PAUSE_S = 3.0
MUSIC_MARGIN_S = 0.7
NOTE_S = 0.45
# Half steps above A3, 0 = rest: a slow pentatonic phrase, so that no two neighbouring notes can clash.
MELODY = (7, 9, 12, 14, 12, 9, 7, 0, 5, 7, 9, 12, 9, 7, 5, 0)
MUSIC_PEAK = 0.1
# In a one-channel recording the far end is the fainter one.
CUSTOMER_GAIN_MIXED = 0.7
# Options that keep both channels apart: no mid/side coding, no prediction of one channel from the other.
ENCODING = {
    ".ogg": ("-c:a", "libopus", "-b:a", "28k", "-mapping_family", "255", "-application", "voip"),
    ".m4a": ("-c:a", "aac", "-b:a", "40k", "-aac_ms", "0", "-aac_is", "0"),
    ".mp3": ("-c:a", "libmp3lame", "-b:a", "32k", "-joint_stereo", "0"),
    ".wav": ("-c:a", "pcm_mulaw"),
}
MIXED_ENCODING = ("-c:a", "libgsm_ms")


def ffmpeg(arguments: tuple[str, ...], given: bytes = b"") -> bytes:
    """What FFmpeg writes to its standard output; raises CalledProcessError, its own complaint is on standard error."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise FileNotFoundError("ffmpeg is not installed: install it, it decodes and encodes the calls")
    command = [program, "-hide_banner", "-loglevel", "error", "-y", *arguments]
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 (our own arguments)


def read_two_channels(path: Path) -> Samples:
    """Samples in -1..1, shape (n, 2): agent, customer; cut to whole frames of 10 ms."""
    raw = ffmpeg(("-i", str(path), "-f", "f32le", "-ac", "2", "-ar", str(RATE), "pipe:1"))
    audio = np.frombuffer(raw, dtype=np.float32).reshape(-1, 2)
    return audio[: len(audio) // FRAME * FRAME].copy()


def voiced_frames(audio: Samples) -> Flags:
    """Whether each frame of 10 ms of each channel holds speech: its RMS is above VOICED_RMS; shape (frames, 2)."""
    power = (audio.reshape(-1, FRAME, 2) ** 2).mean(axis=1)
    voiced: Flags = power > VOICED_RMS**2
    return voiced


def kept_frames(voiced: Flags) -> Flags:
    """Which frames stay: of every pause on both channels shorter than WRITTEN_PAUSE_S, only 0.25 s + a tenth of it."""
    anyone: Flags = voiced[:, 0] | voiced[:, 1]
    kept = np.ones(len(anyone), dtype=np.bool_)
    changes = np.flatnonzero(np.diff(anyone.astype(np.int8))) + 1
    edges = [0, *changes.tolist(), len(anyone)]
    for first, after in pairwise(edges):
        length_s = (after - first) * FRAME / RATE
        if not anyone[first] and length_s < WRITTEN_PAUSE_S:
            stay = min(after - first, round((0.25 + 0.1 * length_s) * RATE / FRAME))
            kept[first + stay // 2 : after - (stay - stay // 2)] = False
    return kept


def tightened(utterance: dict[str, Any], voiced: Flags, kept: Flags) -> dict[str, Any]:
    """The utterance from its first to its last voiced frame, in the time that is left after the cuts."""
    channel = 0 if utterance["speaker"] == "agent" else 1
    first = int(utterance["start_s"] * RATE) // FRAME
    heard = first + np.flatnonzero(voiced[first : int(utterance["end_s"] * RATE) // FRAME + 1, channel])
    start_s = int(kept[: heard[0]].sum()) * FRAME / RATE
    end_s = int(kept[: heard[-1] + 1].sum()) * FRAME / RATE
    return {**utterance, "start_s": round(start_s, 2), "end_s": round(end_s, 2)}


def close_pauses(audio: Samples, utterances: list[dict[str, Any]]) -> tuple[Samples, list[dict[str, Any]]]:
    """The call at the pace of people, and its utterances at their new times."""
    voiced = voiced_frames(audio)
    kept = kept_frames(voiced)
    return audio[np.repeat(kept, FRAME)], [tightened(utterance, voiced, kept) for utterance in utterances]


def note(half_steps: int) -> Samples:
    """One struck note: fundamental and a faint octave under an exponential decay."""
    t = np.arange(int(NOTE_S * RATE)) / RATE
    pitch_hz = 220.0 * 2 ** (half_steps / 12)
    tone = np.sin(2 * np.pi * pitch_hz * t) + 0.3 * np.sin(4 * np.pi * pitch_hz * t)
    struck: Samples = (tone * np.minimum(t / 0.02, 1) * np.exp(-3 * t)).astype(np.float32)
    return struck


def hold_music(length_s: float) -> Samples:
    """A soft melody of that length, faded in and out over one second."""
    n = int(length_s * RATE)
    phrase = np.concatenate([note(step) if step else np.zeros(int(NOTE_S * RATE), np.float32) for step in MELODY])
    edge = np.arange(n) / RATE
    fade = np.clip(np.minimum(edge, length_s - edge), 0, 1)
    faded: Samples = (MUSIC_PEAK / np.abs(phrase).max() * np.resize(phrase, n) * fade).astype(np.float32)
    return faded


def add_hold_music(audio: Samples, dialogue: dict[str, Any], utterances: list[dict[str, Any]]) -> None:
    """Plays music in the agent's channel in the gap before each turn marked `hold_music_before`."""
    for i, turn in enumerate(dialogue["turns"]):
        if turn.get("hold_music_before"):
            start_s = utterances[i - 1]["end_s"] + MUSIC_MARGIN_S
            music = hold_music(utterances[i]["start_s"] - MUSIC_MARGIN_S - start_s)
            first = int(start_s * RATE)
            audio[first : first + len(music), 0] += music


def mixed(audio: Samples) -> Samples:
    """Both voices in one channel, the customer fainter."""
    return audio @ np.array([[1.0], [CUSTOMER_GAIN_MIXED]], np.float32)


def encode(audio: Samples, path: Path) -> None:
    """Writes the recording in the format that its suffix names; a one-channel one as GSM 06.10 in WAV."""
    channels = audio.shape[1]
    options = MIXED_ENCODING if channels == 1 else ENCODING[path.suffix]
    given = ("-f", "s16le", "-ar", str(RATE), "-ac", str(channels), "-i", "pipe:0")
    pcm = (np.clip(audio, -1, 1) * 32767).astype("<i2").tobytes()
    ffmpeg((*given, "-map_metadata", "-1", *options, str(path)), pcm)


def make(row: dict[str, str], spoken: Path) -> None:
    """One recording and its reference, for one line of the manifest."""
    stem = Path(row["file"]).stem
    spoken_at = json.loads((spoken / f"{stem}.ref.json").read_text(encoding="utf-8"))["utterances"]
    dialogue = json.loads((CALLS / "dialogues" / f"{stem}.json").read_text(encoding="utf-8"))
    audio, utterances = close_pauses(read_two_channels(spoken / f"{stem}.flac"), spoken_at)
    utterances = [
        {**utterance, "text": turn.get("written", turn["text"])}
        for utterance, turn in zip(utterances, dialogue["turns"], strict=True)
    ]
    add_hold_music(audio, dialogue, utterances)
    encode(mixed(audio) if row["channels"] == "mixed" else audio, CALLS / row["file"])
    reference = {"duration_s": round(len(audio) / RATE, 2), "utterances": utterances}
    target = CALLS / "references" / f"{stem}.json"
    target.write_text(json.dumps(reference, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(spoken: Path) -> None:
    """Makes every call of the manifest, one line each."""
    (CALLS / "references").mkdir(exist_ok=True)
    with (CALLS / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest):
            make(row, spoken)
            sys.stdout.write(f"{row['file']}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 (the program and its one argument)
        sys.exit("usage: python make_calls.py FLAC_FOLDER")
    main(Path(sys.argv[1]))
