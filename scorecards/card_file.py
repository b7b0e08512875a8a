"""Scorecard file <-> scorecard: YAML, read strictly, so that a slip of the pen is refused and not ignored."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from qa_app.core.errors import Invalid, NotFound
from scorecards.checks.registry import check_spec
from scorecards.conditions import refuse_impossible
from scorecards.model import (
    CheckSpec,
    Condition,
    Criterion,
    Fatal,
    Grade,
    Method,
    RootCause,
    Scorecard,
    Section,
    SignalRule,
    Tag,
    Verdict,
    Wording,
)
from transcription.files import refuse_misfit, refuse_unreal_numbers, shown
from transcription.model import Kind

LONGEST_FILE = 1_000_000  # characters


def load_card(name_or_path: str) -> Scorecard:
    """The scorecard in a file, or the shipped one of that name."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return card_from_yaml(_read(path), str(path))
    if name_or_path not in shipped_cards():
        raise NotFound(
            "There is no scorecard “{name}”. Give a YAML file or one of: {known}.",
            name=name_or_path,
            known=", ".join(shipped_cards()),
        )
    return card_from_yaml(shipped_text(name_or_path), name_or_path)


def shipped_cards() -> tuple[str, ...]:
    """The names of the scorecards that ship, in order."""
    files = resources.files("scorecards").joinpath("library").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def shipped_text(name: str) -> str:
    """The YAML of a shipped scorecard."""
    return resources.files("scorecards").joinpath("library", f"{name}.yaml").read_text(encoding="utf-8")


def card_from_yaml(text: str, name: str = "") -> Scorecard:
    """The scorecard in a YAML text; Invalid names the place and the value that does not fit."""
    where = name or "scorecard"
    return card_from_dict(document_from_yaml(text, where), where)


def document_from_yaml(text: str, where: str = "scorecard") -> object:
    """What stands in a YAML text, whether or not it is a scorecard."""
    if len(text) > LONGEST_FILE:
        raise Invalid("{where} is longer than {most} characters. Is it a scorecard?", where=where, most=LONGEST_FILE)
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader that also refuses a key given twice
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = _where_and_what(error)
        raise Invalid("{where}: this is not YAML ({error}). Mend it there.", where=where, error=said) from error


def _where_and_what(error: Exception) -> str:
    """Where the text stops being YAML and why, in one line."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return str(error)
    return f"line {mark.line + 1}, column {mark.column + 1}: {getattr(error, 'problem', '')}"


def card_from_dict(document: object, where: str = "scorecard") -> Scorecard:
    """The scorecard in a document as YAML has it."""
    refuse_unreal_numbers(document, where)
    refuse_misfit(document, _schema(), where)
    assert isinstance(document, dict)  # noqa: S101 - the schema has just said so
    method = Method(document.get("method", Method.WEIGHTS.value))
    card = Scorecard(
        name=document["name"],
        version=document["version"],
        language=document["language"],
        title=_wording(document["title"]),
        method=method,
        pass_pct=document["pass_pct"],
        sections=tuple(_section(item, method, where) for item in document["sections"]),
        grades=tuple(Grade(_wording(item["title"]), item["from_pct"]) for item in document.get("grades", ())),
        signals=tuple(_signal(item, where) for item in document.get("signals", ())),
        kind=Kind(document.get("for", Kind.PHONE)),
    )
    _refuse_twice([section.id for section in card.sections], "section", where)
    names = [criterion.id for _, criterion in card.criteria] + [signal.id for signal in card.signals]
    _refuse_twice(names, "criterion or signal", where)
    refuse_impossible([criterion for _, criterion in card.criteria], where)
    return card


def card_to_yaml(card: Scorecard) -> str:
    """The card as YAML that reads back as the same card."""
    return yaml.safe_dump(card_to_dict(card), allow_unicode=True, sort_keys=False, width=120)


def card_to_dict(card: Scorecard) -> dict[str, Any]:
    """The card as its YAML has it, without what is as unsaid."""
    return {
        "name": card.name,
        "version": card.version,
        "language": card.language,
        **({} if card.kind is Kind.PHONE else {"for": card.kind.value}),
        "title": _said(card.title),
        "method": card.method.value,
        "pass_pct": card.pass_pct,
        "grades": [{"title": _said(grade.title), "from_pct": grade.from_pct} for grade in card.grades],
        "sections": [
            {
                "id": section.id,
                "title": _said(section.title),
                "criteria": [_criterion_to_dict(criterion) for criterion in section.criteria],
            }
            for section in card.sections
        ],
        "signals": [
            {"id": signal.id, "title": _said(signal.title), "check": _check_to_dict(signal.check)}
            for signal in card.signals
        ],
    }


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses a key given twice and any alias (a file of a few lines can unfold to gigabytes)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.YAMLError(f"“{key.value}” stands twice, line {key.start_mark.line + 1}")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


@cache
def _schema() -> dict[str, Any]:
    text = resources.files("scorecards").joinpath("schemas/scorecard.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFound("{path} cannot be read: {error}.", path=path, error=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise Invalid("{path} is not UTF-8 text. Save it as UTF-8.", path=path) from error


def _section(item: dict[str, Any], method: Method, where: str) -> Section:
    place = f"{where}: {item['id']}"
    criteria = tuple(_criterion(one, method, f"{place}.{one['id']}") for one in item["criteria"])
    return Section(item["id"], _wording(item["title"]), criteria)


def _criterion(item: dict[str, Any], method: Method, place: str) -> Criterion:
    fatal = Fatal(item["fatal"]) if "fatal" in item else None
    points = item.get("points", 0)
    if fatal is not None and (points or "check" in item):
        wrong = "check" if "check" in item else "points"
        raise Invalid("{place} is a fatal error and has {wrong}. People judge it: leave that out.", place=place,
                      wrong=wrong)  # fmt: skip
    if fatal is None and (points == 0 or (points < 0 and method is Method.WEIGHTS)):
        raise Invalid(
            "{place}.points is {points}. Give more than 0 (below 0 only for a bonus on a deduction card).",
            place=place,
            points=shown(points),
        )
    causes = _root_causes(item, place)
    return Criterion(
        id=item["id"],
        title=_wording(item["title"]),
        points=points,
        guidance=_wording(item.get("guidance", "")),
        examples=tuple(map(_wording, item.get("examples", ()))),
        partly_share=item.get("partly_share", 0.5),
        fatal=fatal,
        check=_check(item["check"], f"{place}.check") if "check" in item else None,
        comment_required_on=tuple(Verdict(verdict) for verdict in item.get("comment_required_on", ())),
        allow_not_applicable=item.get("allow_not_applicable", True),
        applies_if=_condition(item["applies_if"]) if "applies_if" in item else None,
        root_causes=causes,
        root_cause_required_on=tuple(Verdict(verdict) for verdict in item.get("root_cause_required_on", ())),
        tags=tuple(Tag(tag) for tag in item.get("tags", ())),
    )


def _condition(item: dict[str, Any]) -> Condition:
    return Condition(item["criterion"], tuple(Verdict(verdict) for verdict in item["verdict"]))


def _root_causes(item: dict[str, Any], place: str) -> tuple[RootCause, ...]:
    causes = tuple(RootCause(one["id"], _wording(one["title"])) for one in item.get("root_causes", ()))
    _refuse_twice([cause.id for cause in causes], "root cause", place)
    if item.get("root_cause_required_on") and not causes:
        raise Invalid("{place} asks for a root cause and offers none. Give root_causes to choose from.", place=place)
    return causes


def _signal(item: dict[str, Any], where: str) -> SignalRule:
    place = f"{where}: signals.{item['id']}.check"
    return SignalRule(item["id"], _wording(item["title"]), _check(item["check"], place))


def _check(item: dict[str, Any], place: str) -> CheckSpec:
    spec = CheckSpec(item["kind"], {key: value for key, value in item.items() if key != "kind"})
    check_spec(spec, place)
    return spec


def _wording(item: str | dict[str, str]) -> Wording:
    return Wording(item, item) if isinstance(item, str) else Wording(item.get("zh", ""), item.get("en", ""))


def _refuse_twice(names: list[str], what: str, where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Invalid("{where}: the {what} “{name}” stands twice. Rename one.", where=where, what=what, name=name)


def _said(wording: Wording) -> dict[str, str]:
    return {"zh": wording.zh, "en": wording.en}


def _criterion_to_dict(criterion: Criterion) -> dict[str, Any]:
    bare = Criterion(criterion.id, criterion.title, criterion.points)
    written: dict[str, Any] = {"id": criterion.id, "title": _said(criterion.title)}
    if criterion.points:
        written["points"] = criterion.points
    if criterion.guidance != bare.guidance:
        written["guidance"] = _said(criterion.guidance)
    if criterion.examples:
        written["examples"] = [_said(example) for example in criterion.examples]
    if criterion.partly_share != bare.partly_share:
        written["partly_share"] = criterion.partly_share
    if criterion.fatal is not None:
        written["fatal"] = criterion.fatal.value
    if criterion.comment_required_on:
        written["comment_required_on"] = [verdict.value for verdict in criterion.comment_required_on]
    if not criterion.allow_not_applicable:
        written["allow_not_applicable"] = False
    written |= _rules_to_dict(criterion)
    if criterion.check is not None:
        written["check"] = _check_to_dict(criterion.check)
    return written


def _rules_to_dict(criterion: Criterion) -> dict[str, Any]:
    """When a criterion applies, what a low answer must name, and whom an error on it harms."""
    written: dict[str, Any] = {}
    if criterion.applies_if is not None:
        verdicts = [verdict.value for verdict in criterion.applies_if.verdicts]
        written["applies_if"] = {"criterion": criterion.applies_if.criterion, "verdict": verdicts}
    if criterion.root_causes:
        written["root_causes"] = [{"id": cause.id, "title": _said(cause.title)} for cause in criterion.root_causes]
    if criterion.root_cause_required_on:
        written["root_cause_required_on"] = [verdict.value for verdict in criterion.root_cause_required_on]
    if criterion.tags:
        written["tags"] = [tag.value for tag in criterion.tags]
    return written


def _check_to_dict(check: CheckSpec) -> dict[str, Any]:
    return {"kind": check.kind, **check.parameters}
