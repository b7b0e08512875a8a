"""Sentence vectors: unit length, near for what means the same in either language, the same in any company."""

import numpy as np
import pytest
from conftest import missing

from transcription import vectors


@pytest.fixture(scope="module")
def encoder():
    found = vectors.encoder()
    if found is None:
        missing("the extra “vectors” is not installed")
    return found


def test_rows_are_unit_vectors_in_the_order_of_the_texts(encoder):
    rows = encoder.encode(["您好", "", "Good morning", "您好"])
    assert rows.shape == (4, 512)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(4), abs=1e-4)
    assert (rows[0] == rows[3]).all()
    assert encoder.encode([]).shape == (0, 512)


def test_a_sentence_has_one_vector_alone_and_in_company(encoder):
    alone = encoder.encode(["我完全理解您现在的心情"])[0]
    encoder._known.clear()
    together = encoder.encode(["退费三天内到账", "我完全理解您现在的心情"])[1]
    assert alone == pytest.approx(together, abs=1e-5)


def test_meaning_is_nearer_than_wording_and_crosses_languages(encoder):
    understanding, paraphrase, english, other = encoder.encode(
        ["我理解您的心情", "我明白您现在的感受", "I understand how you feel", "请提供一下您的手机号码"]
    )
    assert understanding @ paraphrase > understanding @ other + 0.2
    assert understanding @ english > understanding @ other + 0.2


def test_what_is_kept_has_a_bound(encoder, monkeypatch):
    monkeypatch.setattr(vectors, "MOST_KEPT", 2)
    assert encoder.encode(["一", "二", "三", "四"]).shape == (4, 512)
    assert len(encoder._known) == 2


def test_the_hash_names_the_weights(encoder):
    assert len(encoder.sha256) == 64
