"""Contact data: sealed and opened again, found by fingerprint, masked, and numbers brought into one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.core.contacts import Vault, masked, masked_name, national, phone_number
from qa_app.core.errors import Invalid

VAULT, OTHER = Vault(b"s" * 32), Vault(b"t" * 32)


@given(st.text(max_size=80))
def test_what_was_sealed_is_opened_again_and_never_looks_the_same_twice(text):
    sealed = VAULT.seal(text)
    assert VAULT.unseal(sealed) == text
    if text:
        assert VAULT.seal(text) != sealed
        assert text not in sealed or len(text) < 3


@given(st.text(min_size=1, max_size=30), st.integers(0, 200), st.sampled_from("abcXYZ019-_"))
def test_a_sealed_text_that_was_changed_or_is_another_installations_is_refused(text, place, sign):
    sealed = VAULT.seal(text)
    with pytest.raises(Invalid, match="cannot be read"):
        OTHER.unseal(sealed)
    body = len("v1.") + place % (len(sealed) - len("v1.") - 4)
    changed = sealed[:body] + sign + sealed[body + 1 :]
    if changed != sealed:
        with pytest.raises(Invalid, match="cannot be read"):
            VAULT.unseal(changed)


@pytest.mark.parametrize("sealed", ["v1.", "v1.####", "v2.AAAA", "plain"])
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(Invalid, match="cannot be read"):
        VAULT.unseal(sealed)


def test_a_fingerprint_finds_the_same_and_only_under_the_same_secret():
    assert VAULT.fingerprint("+8613800138000") == VAULT.fingerprint("+8613800138000")
    assert VAULT.fingerprint("Li@Example.com") == VAULT.fingerprint("li@example.com")
    assert VAULT.fingerprint("+8613800138000") != OTHER.fingerprint("+8613800138000")
    assert VAULT.fingerprint("") == VAULT.seal("") == VAULT.unseal("") == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("138 0013 8000", "+8613800138000"),
        ("+86-138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("010-6552 5555", "+861065525555"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_a_number_has_one_form_however_it_is_written(written, kept):
    assert phone_number(written) == kept


@pytest.mark.parametrize("written", ["", "abc", "1380013", "138001380001234567"])
def test_what_is_no_number_is_refused_without_being_shown_whole(written):
    with pytest.raises(Invalid, match="no telephone number") as refused:
        phone_number(written)
    assert not written.isdigit() or written not in str(refused.value)


def test_a_number_is_shown_as_people_here_write_it():
    assert national("+8613800138000") == "13800138000"
    assert national("+861065525555") == "01065525555"
    assert national("+442079460018") == "+442079460018"


@given(st.text(alphabet="0123456789", min_size=8, max_size=20))
def test_a_masked_number_never_shows_more_than_seven_of_its_digits(number):
    assert sum(sign.isdigit() for sign in masked(number)) <= 7


def test_a_name_keeps_its_first_sign():
    assert [masked_name(name) for name in ("张伟", "欧阳娜娜", "李", "")] == ["张*", "欧**", "李", ""]
