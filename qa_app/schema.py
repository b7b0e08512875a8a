"""Every slice's tables on one metadata, for the application, the command line, the tests and Alembic."""

from __future__ import annotations

import qa_app.core.tables
import scorecards.audit_tables
import scorecards.coaching_tables
import scorecards.library_tables
import scorecards.performance_tables
import scorecards.shopping_tables
import scorecards.tables
import scorecards.training_tables
import scorecards.work_tables
import surveys.survey_tables
import surveys.tables
import transcription.tables
from qa_app.core.db import Base

SLICES = (
    qa_app.core.tables,
    transcription.tables,
    scorecards.tables,
    scorecards.performance_tables,
    scorecards.work_tables,
    scorecards.coaching_tables,
    scorecards.shopping_tables,
    scorecards.training_tables,
    scorecards.audit_tables,
    scorecards.library_tables,
    surveys.tables,
    surveys.survey_tables,
)
metadata = Base.metadata
