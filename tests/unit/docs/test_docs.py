"""Docs that cannot drift: every command, setting, page and manifest column stands in the guides."""

import re
from pathlib import Path

import click
import pytest

from qa_app.cli import main
from qa_app.core.settings import Settings
from transcription.manifest import COLUMNS

ROOT = Path(__file__).parents[3]
ADMIN = (ROOT / "docs/administrator-guide.md").read_text(encoding="utf-8")
USER = (ROOT / "docs/user-guide.md").read_text(encoding="utf-8")


def commands(group, before="huiting"):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield before, name


@pytest.mark.parametrize(("before", "name"), sorted(commands(main)))
def test_every_command_stands_in_the_administrator_guide(before, name):
    assert re.search(rf"`{before}[^|]*\b{name}\b", ADMIN), f"{before} {name}"


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_administrator_guide(field):
    assert f"`HUITING_{field.upper()}`" in ADMIN


def test_no_setting_is_described_that_does_not_exist():
    described = set(re.findall(r"`HUITING_([A-Z_]+)`", ADMIN))
    assert described == {field.upper() for field in Settings.model_fields}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_manifest_column_stands_in_the_administrator_guide(column):
    assert f"| `{column}` |" in ADMIN


def test_every_page_stands_in_the_user_guide():
    titles = re.findall(r'st\.Page\("views/\w+\.py", title=_\("(\w+)"\)', (ROOT / "qa_app/main.py").read_text("utf-8"))
    assert len(titles) >= 5
    assert all(f"## {title} " in USER for title in titles)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_links_lead_somewhere(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert all((ROOT / link).exists() for link in links), links


def test_both_readmes_and_the_makefile_name_the_same_targets():
    targets = set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for readme in ("README.md", "README.zh-CN.md"):
        named = set(re.findall(r"make ([a-z0-9]+)", (ROOT / readme).read_text("utf-8")))
        assert {"demo", "test", "serve", "check", "e2e", "bench", "help"} <= named
        assert named <= targets | {"help"}
