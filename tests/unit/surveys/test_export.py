"""Tables that a spreadsheet opens without running anything."""

from surveys.export import csv_bytes


def test_what_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers():
    found = csv_bytes(["=x", "n"], [["=HYPERLINK(1)", -5], ["+1", 2.5], ["@a", 0], ["名", 1]]).decode("utf-8-sig")
    assert found.splitlines() == ["'=x,n", "'=HYPERLINK(1),-5", "'+1,2.5", "'@a,0", "名,1"]
    assert csv_bytes(["n"], []).startswith(b"\xef\xbb\xbf")
