"""What every farm must keep; another farm inherits FarmContract and gives its own fixture."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import psutil
import pytest

from qa_app.core.errors import Conflict, Invalid
from transcription.farm.contract import Advanced, Failed, Finished, Job
from transcription.farm.local import LocalFarm
from transcription.pipeline import Wish

HERE = Path(__file__).parent


def bursts(loudness, hz, seconds=6.0, rate=8000):
    """A tone of 2 s, a pause of 1 s, and so on: loud where the scripted engine's detector hears speech."""
    times = np.arange(int(seconds * rate)) / rate
    return loudness * np.sin(2 * np.pi * hz * times) * (times % 3 < 2)


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """Makes two-channel recordings whose loudness tells the scripted engine what to do."""

    def write(name, *loudness):
        channels = [bursts(level, 300 + 200 * number) for number, level in enumerate(loudness)]
        samples = (np.stack(channels, axis=1) * 32_767).astype("<i2")
        with wave.open(str(tmp_path / name), "wb") as out:
            out.setnchannels(len(channels))
            out.setsampwidth(2)
            out.setframerate(8000)
            out.writeframes(samples.tobytes())
        return str(tmp_path / name)

    return write


def outcomes(events):
    return {event.key: event for event in events if not isinstance(event, Advanced)}


class FarmContract:
    def test_every_job_ends_in_exactly_one_outcome_and_progress_only_grows(self, farm, recording):
        jobs = [Job(str(i), recording(f"{i}.wav", 0.5, 0.51)) for i in range(3)]
        events = list(farm.run(jobs))
        ends = [event.key for event in events if not isinstance(event, Advanced)]
        assert sorted(ends) == ["0", "1", "2"]
        for key in "012":
            shares = [event.share for event in events if isinstance(event, Advanced) and event.key == key]
            assert shares == sorted(shares)
            assert shares[-1] == pytest.approx(1.0)

    def test_an_error_in_one_recording_never_stops_the_others(self, farm, recording, tmp_path):
        empty = tmp_path / "empty.wav"
        empty.touch()
        found = outcomes(
            farm.run(
                [
                    Job("raises", recording("a.wav", 0.75, 0.76)),
                    Job("empty", str(empty)),
                    Job("gone", str(tmp_path / "gone.wav")),
                    Job("good", recording("b.wav", 0.5, 0.51)),
                ]
            )
        )
        assert {key: end.code for key, end in found.items() if isinstance(end, Failed)} == {
            "raises": "bug",
            "empty": "empty",
            "gone": "missing",
        }
        assert isinstance(found["good"], Finished)

    def test_a_process_that_dies_on_a_recording_is_tried_twice_and_reported(self, farm, recording):
        found = outcomes(
            farm.run([Job("dies", recording("a.wav", 0.95, 0.96)), Job("good", recording("b.wav", 0.5, 0.51))])
        )
        assert found["dies"].code == "crashed"
        assert "a.wav" in found["dies"].reason
        assert isinstance(found["good"], Finished)

    def test_a_recording_gives_the_same_transcript_alone_and_among_others(self, farm, recording):
        path = recording("a.wav", 0.5, 0.51)
        alone = outcomes(farm.run([Job("x", path)]))["x"].transcript
        among = outcomes(farm.run([Job(k, path) for k in "xyzw"]))["x"].transcript
        assert alone == among

    def test_the_wish_reaches_the_transcript(self, farm, recording):
        wish = Wish(channel_map=("customer", "agent"), language="en")
        found = outcomes(farm.run([Job("x", recording("a.wav", 0.5, 0.0), wish)]))["x"].transcript
        assert {u.speaker for u in found.utterances} == {"customer"}
        assert found.language == "en"
        assert found.engine.vocabulary == "test-en@1"

    def test_a_farm_works_again_after_a_run_was_left_early(self, farm, recording):
        path = recording("a.wav", 0.5, 0.51)
        events = farm.run([Job(k, path) for k in "abcd"])
        next(events)
        events.close()
        assert set(outcomes(farm.run([Job("e", path)]))) == {"e"}

    def test_one_run_at_a_time(self, farm, recording):
        path = recording("a.wav", 0.5, 0.51)
        events = farm.run([Job("a", path)])
        next(events)
        with pytest.raises(Conflict, match="already running"):
            next(farm.run([Job("b", path)]))
        events.close()

    def test_two_jobs_may_not_have_the_same_key(self, farm, recording):
        path = recording("a.wav", 0.5, 0.51)
        with pytest.raises(Invalid, match="same key"):
            list(farm.run([Job("a", path), Job("a", path)]))

    def test_no_jobs_are_no_events(self, farm):
        assert list(farm.run([])) == []


class TestLocalFarm(FarmContract):
    @pytest.fixture
    def farm(self):
        with LocalFarm(2, engine="scripted_engine:make") as farm:
            yield farm

    def test_closing_leaves_no_process(self, recording):
        farm = LocalFarm(2, engine="scripted_engine:make")
        list(farm.run([Job("a", recording("a.wav", 0.5, 0.51))]))
        children = [worker.process.pid for worker in farm.hire()]
        assert len(children) == 2
        farm.close()
        assert not any(psutil.pid_exists(pid) for pid in children)

    def test_an_engine_that_cannot_be_loaded_fails_each_job_with_the_reason(self, recording):
        with LocalFarm(1, engine="scripted_engine:deaf") as farm:
            found = outcomes(farm.run([Job("a", recording("a.wav", 0.5, 0.51))]))
        assert found["a"].code == "bug"
        assert "no such model" in found["a"].reason

    def test_a_killed_parent_takes_its_workers_along(self, recording, tmp_path):
        script = tmp_path / "parent.py"
        script.write_text(
            "import sys\n"
            f"sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1])!r}]\n"
            "from transcription.farm.contract import Job\n"
            "from transcription.farm.local import LocalFarm\n"
            "if __name__ == '__main__':\n"
            "    farm = LocalFarm(2, engine='scripted_engine:make')\n"
            "    print(*[worker.process.pid for worker in farm.hire()], flush=True)\n"
            "    list(farm.run([Job(str(i), sys.argv[1]) for i in range(4)]))\n"
        )
        busy = recording("slow.wav", 0.3, 0.31)
        parent = subprocess.Popen([sys.executable, str(script), busy], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
        with parent:
            workers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
            _until(lambda: len(list(tmp_path.glob("busy-*"))) == 2)
            os.kill(parent.pid, signal.SIGKILL)
            parent.wait()
        _until(lambda: not any(_alive(worker) for worker in workers))


def _alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _until(holds, limit_s=60.0):
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.1)
