"""The rules of complaint handling in force: what an administrator set from a moment on, else what ships."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from qa_app.core import rules
from qa_app.core.access import Actor
from qa_app.core.errors import Invalid, NotFound
from qa_app.core.rules import NewRule
from surveys.authority import Authority, authority_from_yaml, shipped_authority
from surveys.batches import BatchRule, batch_rule_from_yaml, shipped_batch_rule
from surveys.calling import CallingRules, calling_from_yaml, shipped_calling
from surveys.measures import Targets, shipped_targets, targets_from_yaml
from surveys.outside import OutsideMapping, mapping_from_yaml
from surveys.profiles import Profile, profile_from_yaml, shipped_profile, shipped_profiles, shipped_text
from surveys.questionnaires import (
    Questionnaire,
    questionnaire_from_yaml,
    shipped_questionnaire,
    shipped_questionnaires,
)
from surveys.sampling import SurveyPlan, shipped_survey_plan, survey_plan_from_yaml
from surveys.taxonomy import ComplaintClass, shipped_taxonomy, taxonomy_from_yaml
from surveys.templates import Templates, shipped_templates, templates_from_yaml

PROFILE, TAXONOMY, TEMPLATES, AUTHORITY, BATCH, TARGETS, CALLING, SURVEY, QUESTIONNAIRE, OUTSIDE = (
    "profile", "taxonomy", "templates", "authority", "batch", "targets", "calling", "survey", "questionnaire",
    "outside",
)  # fmt: skip
NAMED = (PROFILE, QUESTIONNAIRE, OUTSIDE)
"""Rules of which there are several, each with its own name."""
SHIPPED_VERSION = 1
ONE = "default"
"""The name of rules of which there is one only."""


def profile(session: Session, name: str, at: datetime) -> Profile:
    """A time profile as it was in force at a moment; NotFound names the known ones."""
    text = rules.in_force(session, PROFILE, name, at)
    if text is not None:
        read: Profile = _parsed(profile_from_yaml, text, name)
        return read
    return shipped_profile(name)


def profile_names(session: Session, at: datetime) -> tuple[str, ...]:
    """The time profiles that can be chosen at a moment."""
    return tuple(sorted({*shipped_profiles(), *rules.names(session, PROFILE, at)}))


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of many cases, each read once."""

    session: Session

    def of(self, name: str, at: datetime) -> Profile:
        return profile(self.session, name, at) if name in self._set() else shipped_profile(name)

    def _set(self) -> frozenset[str]:
        kept: frozenset[str] | None = self.session.info.get("profiles_set")
        if kept is None:
            kept = self.session.info["profiles_set"] = frozenset(
                rules.names(self.session, PROFILE, datetime.max.replace(tzinfo=UTC))
            )
        return kept


def taxonomy(session: Session, at: datetime) -> tuple[ComplaintClass, ...]:
    """The classes of complaints at a moment."""
    text = rules.in_force(session, TAXONOMY, ONE, at)
    return shipped_taxonomy() if text is None else _parsed(taxonomy_from_yaml, text, TAXONOMY)


def templates(session: Session, at: datetime) -> Templates:
    """The wordings of messages at a moment."""
    text = rules.in_force(session, TEMPLATES, ONE, at)
    return shipped_templates() if text is None else _parsed(templates_from_yaml, text, TEMPLATES)


def authority(session: Session, at: datetime) -> Authority:
    """Who may grant how much at a moment."""
    text = rules.in_force(session, AUTHORITY, ONE, at)
    return shipped_authority() if text is None else _parsed(authority_from_yaml, text, AUTHORITY)


def batch_rule(session: Session, at: datetime) -> BatchRule:
    """From how many similar complaints on there is an alert, at a moment."""
    text = rules.in_force(session, BATCH, ONE, at)
    return shipped_batch_rule() if text is None else _parsed(batch_rule_from_yaml, text, BATCH)


def targets(session: Session, at: datetime) -> Targets:
    """The targets that managers are held to at a moment, and how many customers there are."""
    text = rules.in_force(session, TARGETS, ONE, at)
    return shipped_targets() if text is None else _parsed(targets_from_yaml, text, TARGETS)


def calling(session: Session, at: datetime) -> CallingRules:
    """When customers may be called, at a moment."""
    text = rules.in_force(session, CALLING, ONE, at)
    return shipped_calling() if text is None else _parsed(calling_from_yaml, text, CALLING)


def survey_plan(session: Session, at: datetime) -> SurveyPlan:
    """Which closed cases are surveyed, at a moment."""
    text = rules.in_force(session, SURVEY, ONE, at)
    return shipped_survey_plan() if text is None else _parsed(survey_plan_from_yaml, text, SURVEY)


def questionnaire(session: Session, code: str, at: datetime) -> Questionnaire:
    """A questionnaire as it is asked at a moment; NotFound names the known ones."""
    found = rules.numbered(session, QUESTIONNAIRE, code, at)
    if found is None:
        return shipped_questionnaire(code)
    read: Questionnaire = _parsed(questionnaire_from_yaml, found.text, code)
    return replace(read, version=found.version + SHIPPED_VERSION)


def questionnaire_version(session: Session, code: str, version: int) -> Questionnaire:
    """A questionnaire as it was asked then: version 1 is the one that ships."""
    if version == SHIPPED_VERSION:
        return shipped_questionnaire(code)
    text = rules.text_of(session, QUESTIONNAIRE, code, version - SHIPPED_VERSION)
    if text is None:
        raise NotFound("There is no version {version} of the questionnaire “{name}”.", version=version, name=code)
    read: Questionnaire = _parsed(questionnaire_from_yaml, text, code)
    return replace(read, version=version)


def outside_mapping(session: Session, survey: str, at: datetime) -> OutsideMapping | None:
    """The saved mapping of an outside survey; None where none was saved."""
    text = rules.in_force(session, OUTSIDE, survey, at)
    return None if text is None else _parsed(mapping_from_yaml, text, survey)


def questionnaire_codes(session: Session, at: datetime) -> tuple[str, ...]:
    """The questionnaires that can be asked at a moment."""
    return tuple(sorted({*shipped_questionnaires(), *rules.names(session, QUESTIONNAIRE, at)}))


PARSERS: dict[str, Callable[[str, str], Any]] = {
    PROFILE: profile_from_yaml,
    TAXONOMY: taxonomy_from_yaml,
    TEMPLATES: templates_from_yaml,
    AUTHORITY: authority_from_yaml,
    BATCH: batch_rule_from_yaml,
    TARGETS: targets_from_yaml,
    CALLING: calling_from_yaml,
    SURVEY: survey_plan_from_yaml,
    QUESTIONNAIRE: questionnaire_from_yaml,
    OUTSIDE: mapping_from_yaml,
}
"""Every kind of rule, and what reads its text."""


def text_in_force(session: Session, kind: str, name: str, at: datetime) -> str:
    """The text to start an edit from: the one in force, else the one that ships; a new profile starts from none."""
    set_text = rules.in_force(session, kind, name, at)
    if set_text is not None:
        return set_text
    if kind == PROFILE and name in shipped_profiles():
        return shipped_text(f"profiles/{name}")
    if kind == QUESTIONNAIRE and name in shipped_questionnaires():
        return shipped_text(f"questionnaires/{name}")
    if kind in NAMED or kind not in PARSERS:
        raise NotFound("There is no {kind} “{name}”.", kind=kind, name=name)
    return shipped_text(kind)


def publish(session: Session, actor: Actor, now: datetime, rule: NewRule) -> int:
    """Set a rule from a moment on, once its text can be read; a profile's name is the one in its text."""
    if rule.kind not in PARSERS:
        raise Invalid("There is no kind of rule “{kind}”.", kind=rule.kind)
    read = PARSERS[rule.kind](rule.text, rule.name)
    if rule.kind in (PROFILE, QUESTIONNAIRE):
        inside = read.code if rule.kind == QUESTIONNAIRE else read.name
        if inside != rule.name:
            raise Invalid("The profile calls itself “{inside}” and is published as “{name}”. Give both the same name.",
                          inside=inside, name=rule.name)  # fmt: skip
        if rule.effective_from < now:
            raise Invalid("A time profile counts from now on at the earliest: no rule changes what has passed.")
    session.info.pop("profiles_set", None)
    return rules.publish(session, actor, now, rule)


@lru_cache(maxsize=64)
def _parsed(parser: Callable[[str, str], Any], text: str, where: str) -> Any:  # noqa: ANN401 - whatever the parser makes
    return parser(text, where)
