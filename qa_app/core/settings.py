"""Every setting in one place, read once from the environment (prefix HUITING_) and passed in."""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an administrator may set; the defaults run a small centre on one machine."""

    model_config = SettingsConfigDict(env_prefix="HUITING_", extra="ignore")

    folder: Path = Path("data")
    """Where recordings, playback copies, the embedded database and the secret key are kept."""

    database_url: str = ""
    """SQLAlchemy address, e.g. postgresql+psycopg://user@host/db; empty: SQLite in the data folder."""

    model: str = ""
    """Speech model: a local folder, a hub name, or empty for the offline pack in the models folder."""

    models: Path | None = None
    """Where the offline model pack is unpacked; empty: .models here, else in the project's own folder."""

    workers: int = Field(default=0, ge=0, le=256)
    """Decoding processes; 0: one for each core."""

    port: int = Field(default=8501, ge=1, le=65535)
    """TCP port of the web process."""

    host: str = "127.0.0.1"
    """Address the web process listens on; 0.0.0.0 behind a reverse proxy with TLS."""

    public_url: str = ""
    """Address under which customers open surveys by link, e.g. https://survey.example.com; empty: host and port."""

    secure_cookies: bool = False
    """Send the login cookie over HTTPS only; switch on wherever TLS is in front."""

    session_hours: float = Field(default=12, gt=0, le=24 * 30)
    """Hours until a login ends by itself."""

    login_failures: int = Field(default=8, ge=1)
    """Failed logins for one name, or ten times as many from one address, within the window that lock it."""

    login_window_min: float = Field(default=15, gt=0)
    """Minutes over which failed logins are counted."""

    shortest_s: float = Field(default=3.0, ge=0)
    """Recordings shorter than this many seconds are quarantined as too short."""

    longest_s: float = Field(default=3600.0, gt=0)
    """Recordings longer than this many seconds are quarantined; an hour of two channels takes 460 MB to decode."""

    lease_s: float = Field(default=60, gt=0)
    """Seconds a worker holds a job without renewing before another may take it."""

    attempts: int = Field(default=4, ge=1)
    """Tries of one job before it is given up (a recording is then quarantined)."""

    retry_s: float = Field(default=30, ge=0)
    """Seconds before the second try; doubled for each further one."""

    timezone: str = "Asia/Shanghai"
    """Time zone in which times are shown and manifests without an offset are read."""

    company: str = "回听"
    """The operator's name in messages to customers."""

    hotline: str = "10000"
    """The number that customers are told to call with questions."""

    dial_url: str = "tel:{number}"
    """Address that the callback desk opens to dial, e.g. sip:{number}@pbx.example.com; {number} is filled in."""

    sms_url: str = ""
    """Address of the SMS gateway that messages are posted to; empty: SMS are written to the outbox folder."""

    sms_secret: SecretStr = SecretStr("")
    """Signs requests to that gateway and checks its receipts; written nowhere."""

    smtp_host: str = ""
    """Mail server; empty: mails are written to the outbox folder."""

    smtp_port: int = Field(default=587, ge=1, le=65535)
    """TCP port of the mail server."""

    smtp_user: str = ""
    """Login at the mail server; empty: none."""

    smtp_password: SecretStr = SecretStr("")
    """Password at the mail server; written nowhere."""

    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection to the mail server is encrypted: starttls, tls from the first byte, or none."""

    mail_from: str = "huiting@localhost"
    """The sender's address of mails."""

    listen_minutes: float = Field(default=60, gt=0)
    """Minutes a signed recording address stays good; a page asks for a new one by itself."""

    judge_url: str = ""
    """Address of a language model for judge checks, OpenAI's form, e.g. http://127.0.0.1:8000/v1; empty: none."""

    judge_model: str = ""
    """The model's name at that endpoint; empty: whatever the endpoint serves (llama.cpp)."""

    judge_key: SecretStr = SecretStr("")
    """Sent to that endpoint as a bearer token and written nowhere; empty: none."""

    judge_timeout_s: float = Field(default=60, gt=0, le=3600)
    """Seconds one answer may take."""

    judge_retries: int = Field(default=1, ge=0, le=10)
    """Further tries of a question when the endpoint is silent, busy (429) or in error (5xx)."""

    judge_budget: int = Field(default=2000, ge=0)
    """Most questions of one process in 24 hours; beyond it judge checks abstain; 0: no limit."""

    judge_characters: int = Field(default=8000, ge=500, le=1_000_000)
    """Most characters of a transcript in one question; longer ones lose their middle. Must fit the model's context."""

    @property
    def url(self) -> str:
        """The database address in use."""
        return self.database_url or f"sqlite:///{(self.folder / 'huiting.db').resolve()}"

    @property
    def public_address(self) -> str:
        """The address that stands in messages to customers."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def journal_heads(self) -> Path:
        """The file outside the database to which the journal's heads are anchored."""
        return self.folder / "journal-heads.txt"

    @property
    def decoding_processes(self) -> int:
        """How many decoding processes the worker starts."""
        return self.workers or len(os.sched_getaffinity(0))

    @cached_property
    def secret(self) -> bytes:
        """The key that signs recording links, made once and readable by its owner only."""
        path = self.folder / "secret.key"
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()
