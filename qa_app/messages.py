"""The catalogue of the screens' words: every message in the code -> huiting.po, where it is translated -> huiting.mo.

python -m qa_app.messages update    take up new messages, drop unused ones, compile, name what is wrong
python -m qa_app.messages check     change nothing, name what is wrong

A message is a plain string: the first argument of `_`, `N_`, `say` (a `_` handed on), a sentence or an error, or a
value of a dictionary named LABELS. The command line's own lines stay English.
"""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from qa_app.i18n import DOMAIN, LOCALES

ROOT = Path(__file__).parents[1]
FOLDERS = tuple(ROOT / name for name in ("transcription", "scorecards", "surveys", "qa_app"))
PO = LOCALES / "zh_CN" / "LC_MESSAGES" / f"{DOMAIN}.po"
MARKS = frozenset({"_", "N_", "say"})
SENTENCES = frozenset({"Sentence", "Invalid", "NotFound", "Forbidden", "Conflict", "Refused"})

Place = tuple[str, int]


def collect(folders: Sequence[Path] = FOLDERS) -> dict[str, list[Place]]:
    """Every message in the code, with the files and lines where it stands."""
    found: dict[str, list[Place]] = {}
    for file, tree in _sources(folders):
        for text, line in _messages(tree):
            found.setdefault(text, []).append((file, line))
    return found


def code_faults(folders: Sequence[Path] = FOLDERS) -> list[str]:
    """Messages that nobody can translate or fill in: put together from pieces, or with a place that gets no value."""
    return [
        f"{file}:{call.lineno}: {fault}"
        for file, tree in _sources(folders)
        for call in _calls(tree)
        for fault in _call_faults(call)
    ]


def catalogue_faults(messages: Iterable[str], catalogue: Catalog) -> list[str]:
    """Messages without a translation, with a doubtful one, or with other places than the message."""
    return [f"{text!r}: {fault}" for text in messages if (fault := _translation_fault(text, catalogue))]


def compiled_faults(catalogue: Catalog, compiled: Mapping[str, str]) -> list[str]:
    """Messages that the compiled catalogue translates otherwise than the catalogue, or not, or too many."""
    written = {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
    differing = {text for text in written.keys() | compiled.keys() if written.get(text) != compiled.get(text)}
    return [f"{text!r}: the .mo is older than the .po; run the update." for text in sorted(differing)]


def places(text: str) -> list[str]:
    """The places of a message with their formats, sorted; a brace without its fellow counts as one too."""
    return sorted(re.findall(r"\{[^{}]*\}|[{}]", text))


def catalogue(po: Path = PO) -> Catalog:
    """The translations as written."""
    with po.open("rb") as file:
        return read_po(file, locale="zh_CN", domain=DOMAIN)


def compiled(po: Path = PO) -> dict[str, str]:
    """The translations as the application reads them, without the header."""
    with po.with_suffix(".mo").open("rb") as file:
        read: dict[str, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    return {text: translation for text, translation in read.items() if text}


def update(folders: Sequence[Path] = FOLDERS, po: Path = PO) -> None:
    """Take up what is new in the code, drop what is gone, keep every translation, and compile."""
    template = Catalog(domain=DOMAIN)
    for text, found in collect(folders).items():
        template.add(text, locations=found)
    kept = catalogue(po)
    kept.update(template, no_fuzzy_matching=True, update_creation_date=False)
    kept.obsolete.clear()
    with po.open("wb") as file:
        write_po(file, kept, width=0, sort_output=True, include_lineno=False)
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, kept)


def faults() -> list[str]:
    """Everything wrong between the code, the catalogue and the compiled catalogue."""
    messages, written = collect(), catalogue()
    unused = [
        f"{message.id!r}: stands nowhere in the code." for message in written if message.id not in {"", *messages}
    ]
    return [*code_faults(), *catalogue_faults(messages, written), *unused, *compiled_faults(written, compiled())]


def _sources(folders: Sequence[Path]) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield path.relative_to(folder.parent).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _messages(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for call in _calls(tree):
        for text in _plain(call.args[0]):
            yield text, call.lineno
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict) and _is_labels(node):
            yield from ((text, value.lineno) for value in node.value.values for text in _plain(value))


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that take a message, also through a module, as in session._("Save")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node) in MARKS | SENTENCES:
            yield node


def _name(call: ast.Call) -> str:
    named = call.func
    return named.id if isinstance(named, ast.Name) else named.attr if isinstance(named, ast.Attribute) else ""


def _plain(node: ast.expr) -> list[str]:
    """The strings an expression can be, where they can be read off: "a", "a" "b", "a" if x else "b"."""
    if isinstance(node, ast.IfExp):
        return _plain(node.body) + _plain(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else []


def _is_labels(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == "LABELS" for target in targets)


def _call_faults(call: ast.Call) -> Iterator[str]:
    first, given = call.args[0], {keyword.arg for keyword in call.keywords}
    pieces = isinstance(first, ast.JoinedStr | ast.BinOp)
    if _name(call) != "say" and (pieces or (isinstance(first, ast.Call) and _name(first) == "format")):
        yield f"{ast.unparse(first)} is put together; write one sentence with {{named}} places."
    for text in _plain(first):
        unfilled = set(re.findall(r"\{(\w+)", text)) - given
        if unfilled and None not in given and (given or _name(call) in SENTENCES):
            yield f"{text!r}: no value is given for {', '.join(sorted(unfilled))}."


def _translation_fault(text: str, written: Catalog) -> str:
    message = written.get(text)
    if message is None:
        return "not in the catalogue; run the update."
    if not message.string:
        return "not translated."
    if message.fuzzy:
        return "the translation is marked as doubtful."
    if places(text) != places(str(message.string)):
        return f"the translation {message.string!r} has other places."
    return ""


@click.command()
@click.argument("action", type=click.Choice(["update", "check"]))
def main(action: str) -> None:
    """Bring the Chinese catalogue in line with the code, or only say where it is not; exit status 1 if it is not."""
    if action == "update":
        update()
    found = faults()
    for fault in found:
        click.echo(fault)
    click.echo(f"{len(collect())} messages, {len(found)} faults")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
