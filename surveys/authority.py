"""Authority limits: how much a role may grant a customer by itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

import yaml

from qa_app.core.access import Role
from qa_app.core.errors import Forbidden, Invalid
from surveys.profiles import shipped_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST = Decimal(1000000)


@dataclass(frozen=True, slots=True)
class Authority:
    """The most each role may grant in one case, in yuan."""

    limits: Mapping[Role, Decimal]

    def limit(self, roles: Iterable[Role]) -> Decimal:
        """The highest limit of some roles, 0 where none has one."""
        return max((self.limits[role] for role in roles if role in self.limits), default=Decimal())


def authority_from_yaml(text: str, where: str = "authority") -> Authority:
    """The limits of a YAML text; Invalid names what does not fit."""
    try:
        document = yaml.safe_load(text)
        limits = {Role(role): amount(str(most)) for role, most in document["limits"].items()}
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Invalid("{where}: limits name a role and an amount in yuan, such as supervisor: 200 ({error}).",
                      where=where, error=error) from error  # fmt: skip
    return Authority(limits)


@cache
def shipped_authority() -> Authority:
    """The limits that ship."""
    return authority_from_yaml(shipped_text("authority"))


def amount(text: str) -> Decimal:
    """An amount in yuan of at most two places; Invalid where it is none, 0 or less, or beyond all reason."""
    try:
        given = Decimal(text.strip().removeprefix("¥").replace(",", ""))
    except InvalidOperation:
        given = Decimal(-1)
    if not given.is_finite() or not 0 < given <= MOST or given != given.quantize(Decimal("0.01")):
        raise Invalid("“{amount}” is no amount in yuan. Write it like 30 or 30.50.", amount=text)
    return given


def check_within(authority: Authority, roles: Iterable[Role], granted_before: Decimal, asked: Decimal) -> None:
    """Raise Forbidden where a grant, with what the case was granted before, passes the limit of the one who grants."""
    limit = authority.limit(roles)
    if granted_before + asked > limit:
        raise Forbidden(
            "{amount} yuan with {before} granted before are beyond your limit of {limit}. Ask for the remedy instead: "
            "somebody with a higher limit grants it.",
            amount=asked, before=granted_before, limit=limit,
        )  # fmt: skip
