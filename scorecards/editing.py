"""Edits of a scorecard's text as a form makes them: the text is read, one thing changed, and written again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from qa_app.core.errors import Invalid
from scorecards.card_file import card_to_dict, document_from_yaml
from scorecards.model import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scorecards.model import Criterion, Scorecard

FULL_WEIGHT = 100.0
TENTHS = 10  # weights brought to 100 are rounded to a tenth
TEMPLATE = """name: new-card
version: 1
language: zh
title: {zh: 新评分表, en: New scorecard}
method: weights
pass_pct: 80
sections:
  - id: script
    title: {zh: 服务规范, en: Script}
    criteria:
      - id: greeting
        title: {zh: 问候, en: Greeting}
        points: 100
        check: {kind: phrases, speaker: agent, any_of: [您好]}
"""

Document = dict[str, Any]


def read_document(text: str) -> Document:
    """The text as a document with sections of criteria; Invalid where a form could not show it."""
    document = document_from_yaml(text)
    sections = document.get("sections") if isinstance(document, dict) else None
    if (
        not isinstance(document, dict)
        or not isinstance(sections, list)
        or not all(isinstance(section, dict) and isinstance(section.get("criteria"), list) for section in sections)
        or not all(isinstance(one, dict) and "id" in one for section in sections for one in section["criteria"])
    ):
        raise Invalid("The form needs sections with a list of criteria, each with an id. Mend that in the text.")
    return document


def write_document(document: Document, before: str) -> str:
    """The document as YAML under the comment lines with which the text before began."""
    head = re.match(r"(?:[ \t]*#.*\n|[ \t]*\n)*", before)
    body = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
    return (head.group() if head else "") + body


def loses_comments(text: str) -> bool:
    """Whether writing the document again would lose comments that stand between its lines."""
    head = re.match(r"(?:[ \t]*#.*\n|[ \t]*\n)*", text)
    return re.search(r"(?m)^\s*#|\s#\s", text[head.end() if head else 0 :]) is not None


def criteria_of(document: Document) -> Iterator[tuple[Document, Document]]:
    """Every section with each of its criteria."""
    for section in document["sections"]:
        for criterion in section["criteria"]:
            yield section, criterion


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Each criterion's share of all positive weight, 0..1; nothing where there is no weight."""
    total = sum(weight for weight in weights.values() if weight > 0)
    return {name: weight / total for name, weight in weights.items() if weight > 0} if total else {}


def to_full_weight(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights in proportion so that they add up to exactly 100, in tenths (largest remainders get the rest)."""
    exact = {name: share * FULL_WEIGHT * TENTHS for name, share in shares(weights).items()}
    whole = {name: int(tenths) for name, tenths in exact.items()}
    missing = round(FULL_WEIGHT * TENTHS) - sum(whole.values()) if whole else 0
    for name in sorted(exact, key=lambda name: whole[name] - exact[name])[:missing]:
        whole[name] += 1
    return {name: whole[name] / TENTHS if name in whole else weight for name, weight in weights.items()}


def set_facts(text: str, facts: Mapping[str, object]) -> str:
    """Change what stands at the top of a card; None takes a line away."""
    document = read_document(text)
    _change(document, facts)
    return write_document(document, text)


def set_criteria(text: str, changes: Mapping[str, Mapping[str, object]]) -> str:
    """Change fields of criteria by id; None takes a field away."""
    document = read_document(text)
    for _, criterion in criteria_of(document):
        _change(criterion, changes.get(criterion["id"], {}))
    return write_document(document, text)


def add_section(text: str, section: str, title: Wording) -> str:
    """Add a section at the end with one criterion for people, since no section is empty."""
    document = read_document(text)
    first = {"id": f"{section}_1", "title": {"zh": title.zh, "en": title.en}, "points": 5}
    document["sections"].append({"id": section, "title": {"zh": title.zh, "en": title.en}, "criteria": [first]})
    return write_document(document, text)


def add_criterion(text: str, section: str, name: str, title: Wording) -> str:
    """Add a criterion for people at the end of a section."""
    document = read_document(text)
    own = [one for one in document["sections"] if one.get("id") == section]
    if not own:
        raise Invalid("There is no section “{section}”. Choose one of the card.", section=section)
    own[0]["criteria"].append({"id": name, "title": {"zh": title.zh, "en": title.en}, "points": 5})
    return write_document(document, text)


def remove_criterion(text: str, name: str) -> str:
    """Take a criterion away, with its section where it was the last one there."""
    document = read_document(text)
    for section in document["sections"]:
        section["criteria"] = [one for one in section["criteria"] if one["id"] != name]
    document["sections"] = [section for section in document["sections"] if section["criteria"]]
    return write_document(document, text)


def move_criterion(text: str, name: str, places: int) -> str:
    """Move a criterion up (below 0) or down within its section, as far as it goes."""
    document = read_document(text)
    for section in document["sections"]:
        criteria = section["criteria"]
        at = next((at for at, one in enumerate(criteria) if one["id"] == name), None)
        if at is not None:
            criteria.insert(min(max(at + places, 0), len(criteria) - 1), criteria.pop(at))
    return write_document(document, text)


def changes(before: Scorecard | None, after: Scorecard) -> list[Wording]:
    """What publishing a card would change against the version in force, one sentence each."""
    if before is None:
        return [Wording("首次发布，尚无在用版本", "The first version: nothing is in force yet")]
    old = {criterion.id: criterion for _, criterion in before.criteria}
    new = {criterion.id: criterion for _, criterion in after.criteria}
    said = [*_facts_changed(before, after)]
    said += [Wording(f"新增：{_zh(one)}", f"New: {_en(one)}") for name, one in new.items() if name not in old]
    said += [Wording(f"取消：{_zh(one)}", f"Gone: {_en(one)}") for name, one in old.items() if name not in new]
    for name in [name for name in new if name in old]:
        said += _criterion_changed(old[name], new[name])
    return said


def _facts_changed(before: Scorecard, after: Scorecard) -> Iterator[Wording]:
    one, other = card_to_dict(before), card_to_dict(after)
    names = {
        "name": Wording("名称", "Name"), "language": Wording("语言", "Language"), "title": Wording("标题", "Title"),
        "method": Wording("计分方式", "Method"), "pass_pct": Wording("合格线", "Pass mark"),
        "grades": Wording("等级", "Grades"), "signals": Wording("提示", "Signals"), "for": Wording("适用", "For"),
    }  # fmt: skip
    for key, name in names.items():
        if one.get(key) != other.get(key):
            plain = not isinstance(one.get(key), list | dict) and not isinstance(other.get(key), list | dict)
            detail = f": {one.get(key)} → {other.get(key)}" if plain else ""
            yield Wording(f"{name.zh}有变{detail}", f"{name.en} changed{detail}")


def _criterion_changed(old: Criterion, new: Criterion) -> Iterator[Wording]:
    if old.points != new.points:
        yield Wording(f"{_zh(new)}：权重 {old.points:g} → {new.points:g}",
                      f"{_en(new)}: weight {old.points:g} → {new.points:g}")  # fmt: skip
    if old.check != new.check:
        yield Wording(f"{_zh(new)}：质检规则有变", f"{_en(new)}: its check changed")
    rules = [(one.applies_if, one.comment_required_on, one.root_causes, one.root_cause_required_on, one.tags, one.fatal,
              one.partly_share, one.allow_not_applicable) for one in (old, new)]  # fmt: skip
    if rules[0] != rules[1]:
        yield Wording(f"{_zh(new)}：适用条件、评语、根因、标签或致命设置有变",
                      f"{_en(new)}: when it applies, comments, root causes, tags or fatal changed")  # fmt: skip
    if (old.title, old.guidance, old.examples) != (new.title, new.guidance, new.examples):
        yield Wording(f"{_zh(new)}：文字有变", f"{_en(new)}: its wording changed")


def _zh(criterion: Criterion) -> str:
    return criterion.title.in_language("zh")


def _en(criterion: Criterion) -> str:
    return criterion.title.in_language("en")


def _change(item: Document, fields: Mapping[str, object]) -> None:
    for key, value in fields.items():
        if value is None:
            item.pop(key, None)
        else:
            item[key] = value


def lines_of(phrases: object) -> str:
    """A list of phrases one a line; groups of phrases with an empty line between them."""
    if not isinstance(phrases, list):
        return ""
    if any(isinstance(one, list) for one in phrases):
        return "\n\n".join(map(lines_of, phrases))
    return "\n".join(map(str, phrases))


def phrases_in(lines: str) -> list[str] | None:
    """One phrase a line, without empty lines; None where there is none."""
    return [line.strip() for line in lines.splitlines() if line.strip()] or None


def groups_in(lines: str) -> list[list[str]] | None:
    """Groups of phrases, an empty line between them; None where there is none."""
    groups = [phrases_in(group) for group in re.split(r"\n\s*\n", lines)]
    return [group for group in groups if group] or None


def lines_of_causes(causes: object) -> str:
    """Root causes one a line: id | 中文 | English."""
    rows = [(str(one.get("id", "")), *both_of(one.get("title"))) for one in causes] if isinstance(causes, list) else []
    return "\n".join(" | ".join(row) for row in rows)


def causes_in(lines: str) -> list[Document] | None:
    """Root causes from lines of id | 中文 | English; a line without an id of its own gets one from its place."""
    causes: list[Document] = []
    for at, line in enumerate(phrases_in(lines) or [], 1):
        parts = [part.strip() for part in line.split("|")]
        name = parts[0] if len(parts) > 1 else f"cause_{at}"
        words = parts[1:] if len(parts) > 1 else parts
        causes.append({"id": name, "title": wording_in(words[0], words[1] if len(words) > 1 else "")})
    return causes or None


def both_of(wording: object) -> tuple[str, str]:
    """A text of the file in Chinese and English, however it is written there."""
    if isinstance(wording, dict):
        return str(wording.get("zh", "")), str(wording.get("en", ""))
    return (wording, wording) if isinstance(wording, str) else ("", "")


def wording_in(zh: str, en: str) -> Document:
    """A text in both languages as the file has it, without a language that is empty."""
    return {key: text for key, text in (("zh", zh.strip()), ("en", en.strip())) if text} or {"zh": ""}
