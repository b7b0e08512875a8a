"""Correcting callbacks: wrong information in a call, and a kind of task of their own."""

from alembic import op
import sqlalchemy as sa


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


BEFORE, AFTER = "'closing', 'survey', 'campaign'", "'closing', 'survey', 'campaign', 'correcting'"
KIND = 'ck_survey_task_taskkind'


def allow(kinds: str) -> None:
    """Let the database take these kinds of tasks."""
    with op.batch_alter_table('survey_task') as batch:
        batch.drop_constraint(op.f(KIND), type_='check')
        batch.create_check_constraint(op.f(KIND), f'kind IN ({kinds})')


def upgrade() -> None:
    allow(AFTER)
    op.create_table('correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('call_pk', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('at_s', sa.Double(), nullable=True),
    sa.Column('said', sa.String(length=500), nullable=False),
    sa.Column('is_right', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_correction_by_id_user')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_correction_call_pk_call')),
    sa.ForeignKeyConstraint(['task_id'], ['survey_task.id'], name=op.f('fk_correction_task_id_survey_task')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_correction_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
    sa.UniqueConstraint('task_id', name=op.f('uq_correction_task_id'))
    )
    op.create_index(op.f('ix_correction_call_pk'), 'correction', ['call_pk'], unique=False)
    op.create_index(op.f('ix_correction_unit_id'), 'correction', ['unit_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_correction_unit_id'), table_name='correction')
    op.drop_index(op.f('ix_correction_call_pk'), table_name='correction')
    op.drop_table('correction')
    op.execute("DELETE FROM survey_task WHERE kind = 'correcting'")
    allow(BEFORE)
