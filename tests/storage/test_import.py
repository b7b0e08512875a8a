"""Recordings come in once, whole, and with a reason where they cannot be used: on both databases, with real files."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import NOW, PASSWORD
from made_calls import write_wav
from sqlalchemy import func, select

from qa_app import intake
from qa_app.core import people, queue
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, NotFound
from qa_app.core.tables import JobRow, JournalRow, UnitRow
from transcription import queries, service
from transcription.manifest import CallFacts
from transcription.model import RecordingState
from transcription.service import Outcome
from transcription.tables import CallAgentRow, CallRow, RecordingRow

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def take_in(live, *paths, manifest=None, actor=SYSTEM, plan=None):
    told = []
    found = intake.gather(list(paths), manifest, ZONE)
    results = intake.take_in(live, actor, found, plan or intake.plan_for(live), told.append)
    assert told == results
    return {result.file: result for result in results}


def outcomes(results):
    return {name: result.outcome.value for name, result in results.items()}


def rows(engine, table):
    with reading(engine) as session:
        found = session.scalars(select(table)).all()
        session.expunge_all()
        return found


def kept_files(live):
    folder = live.settings.folder / "recordings"
    return sorted(file.name for file in folder.rglob("*") if file.is_file()) if folder.exists() else []


def with_actor(live, centre, role):
    with reading(live.engine) as session:
        return centre.actor(session, role)


def manifest(folder, text, encoding="utf-8"):
    path = folder / "manifest.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_folder_imported_twice_is_imported_once(live, centre, inbox):
    write_wav(inbox / "a.wav", seed=1)
    write_wav(inbox / "b.wav", seed=2)
    assert outcomes(take_in(live, inbox)) == {"a.wav": "imported", "b.wav": "imported"}
    assert outcomes(take_in(live, inbox)) == {"a.wav": "duplicate", "b.wav": "duplicate"}
    assert len(rows(live.engine, RecordingRow)) == len(rows(live.engine, CallRow)) == len(kept_files(live)) == 2
    assert {(job.kind, job.subject) for job in rows(live.engine, JobRow)} == {
        (kind, f"recording:{row.id}") for row in rows(live.engine, RecordingRow) for kind in ("copy", "transcribe")
    }


def test_the_same_bytes_under_another_name_are_known_and_say_which_call(live, centre, inbox):
    write_wav(inbox / "first.wav")
    take_in(live, inbox)
    (inbox / "first.wav").rename(inbox / "second.wav")
    result = take_in(live, inbox)["second.wav"]
    assert (result.outcome, result.call_id) == (Outcome.DUPLICATE, "first")


def test_files_that_cannot_be_used_are_set_aside_with_the_reason_and_the_others_go_on(live, centre, inbox):
    write_wav(inbox / "good.wav", seed=3)
    write_wav(inbox / "silent.wav", level=0.0)
    write_wav(inbox / "short.wav", seconds=0.5)
    write_wav(inbox / "long.wav", seconds=70)
    (inbox / "empty.wav").write_bytes(b"")
    (inbox / "corrupt.mp3").write_bytes(b"this is no sound " * 50)
    plan = intake.plan_for(replace(live, settings=live.settings.model_copy(update={"longest_s": 60.0})))
    results = take_in(live, inbox, plan=plan)
    assert results.pop("good.wav").outcome is Outcome.IMPORTED
    assert {result.outcome for result in results.values()} == {Outcome.QUARANTINED}
    kept = {row.file_name: row for row in rows(live.engine, RecordingRow)}
    codes = {name: row.reason_code for name, row in kept.items() if row.state is RecordingState.QUARANTINED}
    assert codes == {
        "silent.wav": "silent", "short.wav": "too_short", "long.wav": "too_long", "empty.wav": "empty",
        "corrupt.mp3": "corrupt",
    }  # fmt: skip
    for name, result in results.items():
        assert result.reason.startswith(name), "a reason names the file as the person knows it"
        assert kept[name].reason == result.reason
    assert {job.subject for job in rows(live.engine, JobRow)} == {f"recording:{kept['good.wav'].id}"}
    assert len(kept_files(live)) == 6, "nothing is lost: what cannot be used is kept too"


def test_a_first_look_tells_length_codec_rate_and_channels(live, centre, inbox):
    write_wav(inbox / "a.wav", seconds=4.0, channels=2)
    take_in(live, inbox)
    (row,) = rows(live.engine, RecordingRow)
    assert (row.duration_s, row.codec, row.sample_rate, row.channels) == (4.0, "pcm_s16le", 8000, 2)
    assert (row.channel_map, row.language, row.state) == ("agent,customer", "auto", RecordingState.QUEUED)


def test_what_the_manifest_says_stands_on_call_agents_and_unit(live, centre, inbox):
    write_wav(inbox / "a.wav")
    manifest(inbox, (
        "file,call_id,agent,customer_ref,started_at,direction,queue,case_id,channels,rating,hangup_by,transfer_from\n"
        'a.wav,C-1,A012;A077,13800138000,2026/11/09 09:30,呼入,宽带,TS-1,"customer,agent",5,客户,10086\n'
    ))  # fmt: skip
    take_in(live, inbox)
    (call,) = rows(live.engine, CallRow)
    facts = (call.call_id, call.customer_ref, call.direction, call.queue, call.case_ref, call.rating, call.hangup_by)
    assert facts == ("C-1", "13800138000", "inbound", "宽带", "TS-1", 5, "customer")
    assert call.transfer_from == "10086"
    assert call.started_at == datetime(2026, 11, 9, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai is 8 hours earlier in UTC
    assert call.unit_id == centre.team
    agents = sorted(rows(live.engine, CallAgentRow), key=lambda row: row.position)
    assert agents[0].user_id == centre.ids[Role.AGENT]
    with reading(live.engine) as session:
        (line,) = queries.calls_page(session, SYSTEM, queries.CallFilter()).lines
    assert (line.agents, line.customer) == (("Agent", "A077"), "138****8000")
    assert rows(live.engine, RecordingRow)[0].channel_map == "customer,agent"


def test_two_recordings_of_one_call_join_one_call(live, centre, inbox):
    write_wav(inbox / "a.wav", seed=1)
    write_wav(inbox / "b.wav", seed=2)
    manifest(inbox, "file,call_id,agent\na.wav,C-1,A012\nb.wav,C-1,A012\n")
    assert {result.call_id for result in take_in(live, inbox).values()} == {"C-1"}
    (call,) = rows(live.engine, CallRow)
    assert [row.call_pk for row in rows(live.engine, RecordingRow)] == [call.id, call.id]
    assert len(rows(live.engine, CallAgentRow)) == 1


def test_a_lead_imports_for_their_own_unit_and_no_other(live, centre, inbox):
    write_wav(inbox / "mine.wav", seed=1)
    write_wav(inbox / "theirs.wav", seed=2)
    write_wav(inbox / "nobodys.wav", seed=3)
    manifest(inbox, "file,call_id,agent\nmine.wav,C-1,A012\ntheirs.wav,C-2,A099\nnobodys.wav,C-3,\n")
    results = take_in(live, inbox, actor=with_actor(live, centre, Role.QA_LEAD))
    assert outcomes(results) == {"mine.wav": "imported", "theirs.wav": "failed", "nobodys.wav": "failed"}
    assert results["theirs.wav"].reason == "Qa_Lead may not import calls of this team (C-2)."
    assert [call.call_id for call in rows(live.engine, CallRow)] == ["C-1"]
    assert len(kept_files(live)) == 1, "what was refused leaves no file behind"


def test_a_lead_cannot_slip_a_recording_into_another_unit_s_call(live, centre, inbox):
    write_wav(inbox / "theirs.wav", seed=1)
    write_wav(inbox / "mine.wav", seed=2)
    take_in(live, inbox / "theirs.wav", manifest=manifest(inbox, "file,call_id,agent\ntheirs.wav,C-2,A099\n"))
    again = manifest(inbox, "file,call_id,agent\nmine.wav,C-2,A012\n")
    results = take_in(live, inbox / "mine.wav", manifest=again, actor=with_actor(live, centre, Role.QA_LEAD))
    assert results["mine.wav"].outcome is Outcome.FAILED
    assert len(rows(live.engine, RecordingRow)) == 1


def test_who_may_not_import_imports_nothing(live, centre, inbox):
    write_wav(inbox / "a.wav")
    with pytest.raises(Forbidden, match="may not do this"):
        take_in(live, inbox, actor=with_actor(live, centre, Role.INSPECTOR))
    assert (rows(live.engine, RecordingRow), kept_files(live)) == ([], [])


class PowerCutError(RuntimeError):
    """Stands for the plug being pulled."""


def test_a_crash_while_the_file_is_copied_leaves_neither_row_nor_file(live, centre, inbox, monkeypatch):
    file = write_wav(inbox / "a.wav")

    def cut(_handle):
        raise PowerCutError

    monkeypatch.setattr("transcription.storage.os.fsync", cut)
    with pytest.raises(PowerCutError), transaction(live.engine) as session:
        service.import_file(session, SYSTEM, NOW, file, None, intake.plan_for(live))
    monkeypatch.undo()
    assert (rows(live.engine, RecordingRow), rows(live.engine, CallRow), kept_files(live)) == ([], [], [])
    assert outcomes(take_in(live, inbox)) == {"a.wav": "imported"}


def test_a_crash_in_the_transaction_leaves_no_file(live, centre, inbox, monkeypatch):
    write_wav(inbox / "a.wav")

    def cut(*_):
        raise PowerCutError

    monkeypatch.setattr(service, "_make_due", cut)
    results = take_in(live, inbox)
    monkeypatch.undo()
    assert results["a.wav"].outcome is Outcome.FAILED
    assert (rows(live.engine, RecordingRow), kept_files(live)) == ([], [])


def test_a_full_disk_is_told_and_the_batch_goes_on(live, centre, inbox, monkeypatch):
    write_wav(inbox / "a.wav", seed=1)
    write_wav(inbox / "b.wav", seed=2)
    real, failures = os.fsync, [OSError(28, "No space left on device")]

    def full_once(handle):
        if failures:
            raise failures.pop()
        real(handle)

    monkeypatch.setattr("transcription.storage.os.fsync", full_once)
    results = take_in(live, inbox)
    assert outcomes(results) == {"a.wav": "failed", "b.wav": "imported"}
    assert "No space left on device" in results["a.wav"].reason
    assert len(kept_files(live)) == 1


def test_a_file_that_changes_while_it_is_read_is_refused(live, centre, inbox):
    file = write_wav(inbox / "a.wav", seed=1)
    plan = intake.plan_for(live)

    def written_meanwhile(path):
        look = plan.examine(path)
        write_wav(inbox / "a.wav", seed=2)
        return look

    with pytest.raises(Conflict, match=r"a\.wav changed while it was read"), transaction(live.engine) as session:
        service.import_file(session, SYSTEM, NOW, file, None, replace(plan, examine=written_meanwhile))
    assert kept_files(live) == []


@pytest.mark.parametrize(("age", "level"), [
    (timedelta(hours=2), queue.TODAY), (timedelta(hours=24), queue.TODAY), (timedelta(hours=25), queue.NORMAL),
    (timedelta(days=30), queue.NORMAL), (timedelta(days=31), queue.ARCHIVE), (-timedelta(hours=1), queue.TODAY),
])  # fmt: skip
def test_an_archive_never_starves_the_day(age, level):
    assert service.priority(NOW - age, NOW) == level


def test_today_s_calls_are_taken_first(live, centre, inbox):
    ages = {"archive": 90, "month": 10, "today": 0}
    with transaction(live.engine) as session:
        for seed, (name, days) in enumerate(ages.items()):
            file = write_wav(inbox / f"{name}.wav", seed=seed)
            facts = CallFacts(name, started_at=NOW - timedelta(days=days))
            service.import_file(session, SYSTEM, NOW, file, facts, intake.plan_for(live))
    taken = []
    for _ in ages:
        with transaction(live.engine) as session:
            job = queue.claim(session, NOW, "w", timedelta(minutes=1), ("transcribe",))
            taken.append(queries.original_place(session, job.payload["recording_id"])[3])
    assert taken == ["today.wav", "month.wav", "archive.wav"]


def quarantined(live, inbox, centre):
    write_wav(inbox / "silent.wav", level=0.0)
    manifest(inbox, "file,call_id,agent\nsilent.wav,C-1,A012\n")
    take_in(live, inbox)
    return rows(live.engine, RecordingRow)[0].id


def test_a_quarantined_recording_can_be_tried_again_once(live, centre, inbox):
    recording_id = quarantined(live, inbox, centre)
    lead = with_actor(live, centre, Role.QA_LEAD)
    with transaction(live.engine) as session:
        service.retry(session, lead, NOW, recording_id)
    (row,) = rows(live.engine, RecordingRow)
    assert (row.state, row.reason, row.reason_code) == (RecordingState.QUEUED, None, None)
    assert {job.kind for job in rows(live.engine, JobRow)} == {"copy", "transcribe"}
    with (
        pytest.raises(Conflict, match=r"silent\.wav is not in quarantine; nothing to retry"),
        transaction(live.engine) as session,
    ):
        service.retry(session, lead, NOW, recording_id)


def test_a_lead_of_another_unit_does_not_learn_of_the_recording(live, centre, inbox):
    recording_id = quarantined(live, inbox, centre)
    with transaction(live.engine) as session:
        new = people.NewUser("lead2", "", centre.other_team, PASSWORD, (Role.QA_LEAD,))
        other = people.actor_for(session, people.add_user(session, SYSTEM, NOW, new))
    with pytest.raises(NotFound, match=f"There is no recording {recording_id}"), transaction(live.engine) as session:
        service.retry(session, other, NOW, recording_id)


def test_the_report_names_missing_files_and_bad_lines_and_imports_the_rest(live, centre, inbox):
    write_wav(inbox / "good.wav", seed=1)
    write_wav(inbox / "bad.wav", seed=2)
    write_wav(inbox / "extra.wav", seed=3)
    manifest(inbox, (
        "file,call_id,rating,started_at\ngood.wav,C-1,5,\nbad.wav,C-2,eleven,\ngone.wav,C-3,,\n,C-4,,\n"
        "good.wav,C-5,,\nlate.wav,C-6,,yesterday\n"
    ))  # fmt: skip
    found = intake.gather([inbox], None, ZONE)
    assert [file.name for file, _ in found.files] == ["extra.wav"]
    told = [(problem.file, problem.reason) for problem in found.problems]
    assert ("bad.wav", "manifest.csv line 3: rating cannot be 'eleven'") in told
    assert ("manifest.csv", "manifest.csv line 5: the file name is empty or stands twice") in told
    assert ("late.wav", "manifest.csv line 7: started_at cannot be 'yesterday'") in told
    assert ("gone.wav", f"{inbox / 'manifest.csv'} names it, but there is no such file") in told
    assert {name for name, _ in told} == {"bad.wav", "manifest.csv", "late.wav", "gone.wav", "good.wav"}


def test_a_file_that_stands_on_two_lines_waits_until_the_manifest_is_mended(live, centre, inbox):
    write_wav(inbox / "a.wav", seed=1)
    manifest(inbox, "file,call_id\na.wav,C-1\na.wav,C-5\n")
    assert outcomes(take_in(live, inbox)) == {"a.wav": "failed"}
    manifest(inbox, "file,call_id\na.wav,C-5\n")
    assert take_in(live, inbox)["a.wav"].call_id == "C-5"


def test_one_manifest_may_speak_of_several_folders(live, centre, tmp_path):
    one, two = write_wav(tmp_path / "one" / "a.wav", seed=1), write_wav(tmp_path / "two" / "b.wav", seed=2)
    path = manifest(tmp_path, "file,call_id\na.wav,C-1\nb.wav,C-2\nc.wav,C-3\n")
    found = intake.gather([one.parent, two.parent], path, ZONE)
    assert {facts.call_id for _, facts in found.files} == {"C-1", "C-2"}
    assert [problem.file for problem in found.problems] == ["c.wav"]


def test_folders_inside_a_folder_are_read_each_with_the_nearest_manifest(live, centre, inbox):
    write_wav(inbox / "a.wav", seed=1)
    write_wav(inbox / "2026-11" / "b.wav", seed=2)
    write_wav(inbox / "2026-12" / "deep" / "c.wav", seed=3)
    write_wav(inbox / ".trash" / "d.wav", seed=4)
    manifest(inbox, "file,call_id\na.wav,C-1\nb.wav,C-2\n")
    manifest(inbox / "2026-12", "file,call_id\nc.wav,C-3\n")
    found = intake.gather([inbox], None, ZONE)
    assert {file.name: facts.call_id for file, facts in found.files} == {"a.wav": "C-1", "b.wav": "C-2", "c.wav": "C-3"}
    assert found.problems == ()


def test_a_path_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"There is no file or folder .*nowhere"):
        intake.gather([tmp_path / "nowhere"], None, ZONE)


def test_a_manifest_saved_by_a_chinese_spreadsheet_is_read(live, centre, inbox):
    write_wav(inbox / "录音.wav")
    manifest(inbox, "file,call_id,queue,direction\n录音.wav,C-1,宽带,呼出\n", encoding="gb18030")
    take_in(live, inbox)
    (call,) = rows(live.engine, CallRow)
    assert (call.queue, call.direction) == ("宽带", "outbound")


def test_one_journal_entry_for_a_whole_import(live, centre, inbox):
    for seed in range(3):
        write_wav(inbox / f"{seed}.wav", seed=seed)
    (inbox / "empty.wav").write_bytes(b"")
    take_in(live, inbox)
    entries = [row for row in rows(live.engine, JournalRow) if row.action.startswith("recording")]
    assert [(row.action, row.detail) for row in entries] == [
        ("recordings.import", {"imported": 3, "duplicate": 0, "quarantined": 1, "failed": 0})
    ]


ODD = (
    "2026年11月 投诉 录音.wav", "with  two spaces.wav", "semi;colon,comma'quote.wav", "dots...many.WAV",
    "长" * 80 + ".wav", "x" * 240 + ".wav", "%41_percent.wav", "-rf.wav", "no_suffix", "🎧.wav",
)  # fmt: skip


def test_odd_names_are_safe_and_kept(live, centre, inbox):
    for seed, name in enumerate(ODD):
        write_wav(inbox / name, seed=seed)
    assert outcomes(take_in(live, inbox)) == dict.fromkeys(ODD, "imported")
    assert all(len(call.call_id) <= 120 for call in rows(live.engine, CallRow))
    kept = rows(live.engine, RecordingRow)
    assert {row.file_name for row in kept} == set(ODD)
    for row in kept:
        assert live.store.original(row.path).read_bytes() == (inbox / row.file_name).read_bytes()
        assert live.store.original(row.path).resolve().is_relative_to(live.settings.folder.resolve())


def test_long_names_that_begin_alike_stay_two_calls(live, centre, inbox):
    write_wav(inbox / ("x" * 200 + "1.wav"), seed=1)
    write_wav(inbox / ("x" * 200 + "2.wav"), seed=2)
    assert len({result.call_id for result in take_in(live, inbox).values()}) == 2


def test_a_name_that_is_no_text_is_imported_all_the_same(live, centre, inbox):
    file = write_wav(inbox / "a.wav")
    file.rename(os.fsdecode(os.path.join(os.fsencode(inbox), b"gbk-\xc2\xbc\xd2\xf4\xff.wav")))  # noqa: PTH118 - bytes
    (result,) = take_in(live, inbox).values()
    assert result.outcome is Outcome.IMPORTED
    result.file.encode()


def test_a_path_in_the_manifest_leads_nowhere_but_to_the_file_of_that_name(live, centre, inbox, tmp_path):
    write_wav(tmp_path / "secret.wav", seed=1)
    write_wav(inbox / "a.wav", seed=2)
    manifest(inbox, "file,call_id\n../secret.wav,C-1\nC:\\records\\a.wav,../../C-2\n")
    results = take_in(live, inbox)
    assert outcomes(results) == {"secret.wav": "failed", "a.wav": "imported"}
    assert [row.file_name for row in rows(live.engine, RecordingRow)] == ["a.wav"]
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".wav"] == ["secret.wav"]


def test_a_bug_in_reading_one_file_does_not_stop_the_batch(live, centre, inbox):
    write_wav(inbox / "a.wav", seed=1)
    write_wav(inbox / "b.wav", seed=2)
    plan = intake.plan_for(live)

    def stumble(path):
        if path.name == "a.wav":
            raise ZeroDivisionError
        return plan.examine(path)

    results = take_in(live, inbox, plan=replace(plan, examine=stumble))
    assert outcomes(results) == {"a.wav": "failed", "b.wav": "imported"}
    assert "see the log" in results["a.wav"].reason


def test_values_too_long_for_the_database_are_refused_by_their_line(live, centre, inbox):
    write_wav(inbox / "a.wav")
    manifest(inbox, f"file,call_id,queue\na.wav,C-1,{'q' * 81}\n")
    results = take_in(live, inbox)
    assert results["a.wav"].reason == "manifest.csv line 2: queue has 81 characters; at most 80 are taken"
    assert outcomes(results) == {"a.wav": "failed"}


def test_a_missing_original_s_folder_is_made_when_it_is_needed(live, centre, inbox):
    write_wav(inbox / "a.wav")
    assert not Path(live.settings.folder).exists()
    take_in(live, inbox)
    assert len(kept_files(live)) == 1


def test_units_and_people_are_not_made_for_files_that_name_nobody(live, centre, inbox):
    with reading(live.engine) as session:
        before = session.scalar(select(func.count()).select_from(UnitRow))
    write_wav(inbox / "a.wav")
    take_in(live, inbox)
    with reading(live.engine) as session:
        assert session.scalar(select(func.count()).select_from(UnitRow)) == before
    assert rows(live.engine, CallAgentRow) == []
