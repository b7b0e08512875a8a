"""The manifest that comes with recordings: every column, both encodings, and bad rows by their line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.errors import Invalid
from transcription.manifest import COLUMNS, LONGEST, call_id_from, channel_map, read_manifest

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "manifest.csv"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return read_manifest(path, ZONE)

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_column_is_read_in_every_encoding(written, encoding):
    facts = written(
        ",".join(COLUMNS) + '\n录音.wav,C-1,A1;A2;A1,138,2026-11-09 10:00,呼出,宽带,TS-1,"customer,agent",0,系统,B\n'
        .replace("系统", "system"), encoding,
    ).rows["录音.wav"]  # fmt: skip
    assert facts.agents == ("A1", "A2")
    assert facts.started_at.astimezone(UTC) == datetime(2026, 11, 9, 2, 0, tzinfo=UTC)  # 10:00 at UTC+8
    assert (facts.direction, facts.channel_map, facts.rating, facts.hangup_by) == (
        "outbound",
        "customer,agent",
        0,
        "system",
    )


def test_only_the_file_must_be_named(written):
    facts = written("file\nfolder/a.b.wav\n").rows["a.b.wav"]
    assert (facts.call_id, facts.agents, facts.started_at, facts.rating) == ("a.b", (), None, None)


@pytest.mark.parametrize(("cell", "moment"), [
    ("2026-11-09T10:00:00+08:00", datetime(2026, 11, 9, 2, tzinfo=UTC)),
    ("2026-11-09T02:00:00Z", datetime(2026, 11, 9, 2, tzinfo=UTC)),
    ("2026/11/09 10:00", datetime(2026, 11, 9, 2, tzinfo=UTC)),
])  # fmt: skip
def test_a_moment_with_and_without_an_offset(written, cell, moment):
    assert written(f"file,started_at\na.wav,{cell}\n").rows["a.wav"].started_at == moment


@pytest.mark.parametrize(("column", "cell"), [
    ("rating", "11"), ("rating", "-1"), ("rating", "good"), ("direction", "sideways"), ("hangup_by", "nobody"),
    ("started_at", "9 November"), ("started_at", "0001-01-01"), ("channels", "left,right"), ("channels", "agent,agent"),
])  # fmt: skip
def test_a_value_that_cannot_be_is_told_with_its_line_and_stops_no_other_row(written, column, cell):
    found = written(f'file,{column}\na.wav,"{cell}"\nb.wav,\n')
    assert set(found.rows) == {"b.wav"}
    ((name, reason),) = found.problems
    assert name == "a.wav"
    assert reason.startswith("manifest.csv line 2: ")
    assert cell in reason


def test_a_manifest_without_the_column_file_or_with_a_strange_one_is_refused(written):
    with pytest.raises(Invalid, match="needs a column named file"):
        written("name,agent\na.wav,A1\n")
    with pytest.raises(Invalid, match=r"it has speed"):
        written("file,speed\na.wav,3\n")
    with pytest.raises(Invalid, match="needs a column named file"):
        written("")


def test_bytes_that_are_no_text_are_refused(written):
    with pytest.raises(Invalid, match="neither UTF-8 nor GB18030"):
        written(b"file\n\xff\xff\xff\n")


def test_a_cell_without_end_is_refused_and_no_crash(written):
    with pytest.raises(Invalid, match=r"manifest\.csv line \d+ cannot be read"):
        written('file,agent\na.wav,"' + "x" * 200_000)


def test_a_longer_row_and_a_shorter_row_are_read(written):
    assert set(written("file,agent\na.wav,A1,surplus,more\nb.wav\n").rows) == {"a.wav", "b.wav"}


def test_channels_may_be_parted_by_a_comma_or_a_bar():
    assert channel_map("agent | customer") == channel_map("agent,customer") == "agent,customer"
    assert channel_map(" mixed ") == "mixed"


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_sentence(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("bytes") / "manifest.csv"
    path.write_bytes(b"file,call_id,started_at,rating\n" + body)
    try:
        found = read_manifest(path, ZONE)
    except Invalid:
        return
    assert all(name for name in found.rows)


@given(st.text(min_size=1, max_size=300).filter(lambda name: name.isprintable() and "/" not in name))
def test_a_call_id_from_a_name_fits_its_column(name):
    assert len(call_id_from(name)) <= LONGEST["call_id"]
