"""Contact data: encrypted where it is kept, found again by a keyed fingerprint, masked where it is shown."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from qa_app.core.errors import Invalid

VERSION = "v1"
NONCE_BYTES = 12
_VISIBLE_HEAD = 3
_MOBILE = re.compile(r"1[3-9]\d{9}")  # new ranges are given out faster than any list of them is renewed
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
REGION = "CN"
"""Numbers without a country code are read as China's."""


class Vault:
    """Seals contact data with a key derived from the installation's secret; the secret itself encrypts nothing."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(_derived(secret, b"huiting contacts: cipher"))
        self._index_key = _derived(secret, b"huiting contacts: index")

    def seal(self, text: str) -> str:
        """The text encrypted (AES-256-GCM under a fresh nonce), as printable signs; empty stays empty."""
        if not text:
            return ""
        return f"{VERSION}.{base64.urlsafe_b64encode(self.seal_bytes(text.encode())).decode()}"

    def seal_bytes(self, body: bytes) -> bytes:
        """Bytes encrypted, their fresh nonce before them."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, body, VERSION.encode())

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """The bytes that were sealed; Invalid where they were changed or sealed under another secret."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], VERSION.encode())
        except (InvalidTag, ValueError) as error:
            raise Invalid("The file cannot be read: it was changed, or the secret key is another one.") from error

    def unseal(self, sealed: str) -> str:
        """The text that was sealed; Invalid where it was changed or sealed under another secret."""
        if not sealed:
            return ""
        version, _, body = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(body.encode())
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], version.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Invalid("Contact data cannot be read: it was changed, or the secret key is another one.") from error

    def fingerprint(self, text: str) -> str:
        """A keyed hash by which the same number or address is found without being readable; empty stays empty."""
        if not text:
            return ""
        return hmac.new(self._index_key, text.casefold().encode(), hashlib.sha256).hexdigest()


def phone_number(text: str) -> str:
    """A telephone number as +country and digits (E.164); Invalid where no such number can exist."""
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not (phonenumbers.is_valid_number(number) or _MOBILE.fullmatch(str(number.national_number))):
        raise Invalid(
            "“{number}” is no telephone number. Give 11 digits for a mobile, or area code and number for a fixed line.",
            number=masked(text),
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email_address(text: str) -> str:
    """An e-mail address as it is kept; empty stays empty, Invalid where it can be none."""
    given = text.strip()
    if given and not _EMAIL.fullmatch(given):
        raise Invalid("“{address}” is no e-mail address. Write it like name@example.com.", address=masked(given))
    return given


def national(number: str) -> str:
    """A number as people here write it: without China's country code, a fixed line with its 0."""
    if not number.startswith("+86"):
        return number
    parsed = phonenumbers.parse(number)
    return re.sub(r"\D", "", phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


def masked(reference: str) -> str:
    """Contact data as it is shown: the first three and the last four digits, e.g. 138****8000."""
    digits = sum(sign.isdigit() for sign in reference)
    if digits < _VISIBLE_HEAD + 5:
        return reference if not digits else "*" * max(0, len(reference) - 2) + reference[-2:]
    seen = 0

    def cover(sign: str) -> str:
        nonlocal seen
        if not sign.isdigit():
            return sign
        seen += 1
        return sign if seen <= _VISIBLE_HEAD or seen > digits - 4 else "*"

    return "".join(cover(sign) for sign in reference)


def masked_name(name: str) -> str:
    """A person's name with only its first sign left: 张**."""
    kept = name.strip()
    return kept[:1] + "*" * min(len(kept) - 1, 2)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
