"""What the services of complaint cases work with beside the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from qa_app.core.contacts import Vault
from qa_app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Office:
    """Vault, time zone, how messages are signed, where files are kept, the address under which customers reach us."""

    vault: Vault
    zone: ZoneInfo
    company: str = "回听"
    hotline: str = "10000"
    folder: Path = Path("data")
    address: str = "http://127.0.0.1:8501"

    @classmethod
    def of(cls, settings: Settings) -> Office:
        """The office of an installation."""
        return cls(Vault(settings.secret), ZoneInfo(settings.timezone), settings.company, settings.hotline,
                   settings.folder, settings.public_address)  # fmt: skip
