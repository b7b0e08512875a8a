import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from conftest import NOW
from sqlalchemy import delete, update

from qa_app.core import journal
from qa_app.core.access import SYSTEM
from qa_app.core.db import reading, transaction
from qa_app.core.tables import JournalRow


def fill(engine, entries=5):
    for number in range(entries):
        with transaction(engine) as session:
            at = NOW + timedelta(seconds=number)
            journal.record(session, SYSTEM, "test.entry", f"thing:{number}", at, value=number, text="回听")


def verified(engine, anchors=None):
    with reading(engine) as session:
        return journal.verify(session, anchors)


def test_an_untouched_journal_is_unbroken(engine):
    fill(engine)
    found = verified(engine)
    assert (found.entries, found.fault) == (5, None)
    assert len(found.head) == 64


def test_an_empty_journal_is_unbroken(engine):
    assert verified(engine) == journal.Verification(0, journal.GENESIS, None)


CHANGES = ({"detail": {"value": 9}}, {"actor_name": "somebody"}, {"at": NOW}, {"subject": "x"})


@pytest.mark.parametrize("change", CHANGES)
def test_any_changed_field_is_found(engine, change):
    fill(engine)
    with transaction(engine) as session:
        session.execute(update(JournalRow).where(JournalRow.seq == 3).values(**change))
    assert str(verified(engine).fault).startswith("entry 3 of")


def test_an_entry_cut_out_is_found(engine):
    fill(engine)
    with transaction(engine) as session:
        session.execute(delete(JournalRow).where(JournalRow.seq == 3))
    assert str(verified(engine).fault) == "entry 3 is missing (the next one found is 4)"


def test_a_cut_tail_is_found_through_the_anchored_head(engine, tmp_path):
    anchors = tmp_path / "heads.txt"
    fill(engine)
    with reading(engine) as session:
        journal.anchor(session, anchors, NOW)
        journal.anchor(session, anchors, NOW)
    assert len(anchors.read_text().splitlines()) == 1
    with transaction(engine) as session:
        session.execute(delete(JournalRow).where(JournalRow.seq >= 4))
    assert verified(engine).fault is None
    assert str(verified(engine, anchors).fault) == "the tail was cut: entry 5 was anchored, the last one here is 3"


def test_a_chain_written_anew_does_not_fit_the_anchor(engine, tmp_path):
    anchors = tmp_path / "heads.txt"
    fill(engine)
    with reading(engine) as session:
        journal.anchor(session, anchors, NOW)
    with transaction(engine) as session:
        session.execute(delete(JournalRow))
    with transaction(engine) as session:
        for number in range(6):
            journal.record(session, SYSTEM, "forged", f"thing:{number}", NOW)
    assert str(verified(engine, anchors).fault) == "entry 5 is not the one that was anchored"


def test_a_rolled_back_action_leaves_no_entry(engine):
    fill(engine, 1)
    with pytest.raises(RuntimeError), transaction(engine) as session:
        journal.record(session, SYSTEM, "test.entry", "thing", NOW)
        raise RuntimeError
    assert verified(engine).entries == 1


def exported(engine, folder, anchors):
    with transaction(engine) as session, (folder / "out.zip").open("wb") as out:
        count = journal.export(session, SYSTEM, NOW, anchors, out)
    with zipfile.ZipFile(folder / "out.zip") as bundle:
        bundle.extractall(folder)
    return count


def checked(folder):
    """What the program in the export says, run with nothing but Python, away from the project."""
    command = [sys.executable, "-I", "-S", "verify_journal.py"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.strip()


def test_an_outside_auditor_checks_the_export_with_python_alone(engine, tmp_path):
    fill(engine)
    anchors = tmp_path / "heads"
    with reading(engine) as session:
        journal.anchor(session, anchors, NOW)
    count = exported(engine, tmp_path, anchors)
    head = verified(engine)
    assert checked(tmp_path)[0] == 0
    assert checked(tmp_path)[1].startswith(f"{count} entries, unbroken")
    assert head.fault is None
    assert head.entries == count + 1  # the export itself


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines[:1] + lines[2:], "is missing"),
        (lambda lines: [lines[0].replace("test.entry", "test.other"), *lines[1:]], "was changed"),
        (lambda lines: lines[:-1], "the tail was cut"),
    ],
)
def test_an_export_that_was_tampered_with_is_found_out(engine, tmp_path, change, told):
    fill(engine)
    anchors = tmp_path / "heads"
    with reading(engine) as session:
        journal.anchor(session, anchors, NOW)
    exported(engine, tmp_path, anchors)
    file = tmp_path / "journal.jsonl"
    file.write_text("".join(change(file.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")
    code, said = checked(tmp_path)
    assert code == 1
    assert told in said
