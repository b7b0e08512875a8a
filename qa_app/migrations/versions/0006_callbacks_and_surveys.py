"""Callbacks and surveys: tasks, attempts, answers, links, what the recording says; supporting units see their cases."""

import json

from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def supporting_units() -> None:
    """Units that dispatches named beside the lead unit before."""
    connection = op.get_bind()
    dispatched = connection.execute(
        sa.text("SELECT case_id, facts FROM case_step WHERE kind IN ('dispatched', 'second_dispatched')")
    ).all()
    rows = set()
    for case_id, facts in dispatched:
        told = json.loads(facts) if isinstance(facts, str) else facts
        named = told.get("supporting") or []
        rows |= {(case_id, unit) for unit in named if isinstance(unit, int)} if isinstance(named, list) else set()
    for case_id, unit in sorted(rows):
        connection.execute(sa.text("INSERT INTO case_support (case_id, unit_id) VALUES (:c, :u)"), {"c": case_id, "u": unit})


def upgrade() -> None:
    op.create_table('do_not_contact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_do_not_contact_by_id_user')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_do_not_contact_customer_id_customer')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['user.id'], name=op.f('fk_do_not_contact_ended_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_do_not_contact'))
    )
    op.create_index(op.f('ix_do_not_contact_customer_id'), 'do_not_contact', ['customer_id'], unique=False)
    op.create_table('case_support',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_case_support_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_case_support_unit_id_unit')),
    sa.PrimaryKeyConstraint('case_id', 'unit_id', name=op.f('pk_case_support'))
    )
    op.create_index(op.f('ix_case_support_unit_id'), 'case_support', ['unit_id'], unique=False)
    op.create_table('survey_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('once', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.Enum('closing', 'survey', 'campaign', name='taskkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('questionnaire', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_by_id', sa.Integer(), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('appointment_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('calling_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('link_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('link_stage', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Enum('answered', 'refused', 'unreached', 'barred', 'dropped', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.CheckConstraint('(claimed_by_id IS NULL) = (claimed_until IS NULL)', name=op.f('ck_survey_task_claimed_until_a_moment')),
    sa.CheckConstraint('(ended_at IS NULL) = (outcome IS NULL)', name=op.f('ck_survey_task_ended_with_an_outcome')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_survey_task_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['claimed_by_id'], ['user.id'], name=op.f('fk_survey_task_claimed_by_id_user')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_survey_task_customer_id_customer')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_survey_task_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_task')),
    sa.UniqueConstraint('once', name=op.f('uq_survey_task_once'))
    )
    op.create_index(op.f('ix_survey_task_case_id'), 'survey_task', ['case_id'], unique=False)
    op.create_index(op.f('ix_survey_task_customer_id'), 'survey_task', ['customer_id'], unique=False)
    op.create_index('ix_survey_task_ended_at_ready_at', 'survey_task', ['ended_at', 'ready_at'], unique=False)
    op.create_index(op.f('ix_survey_task_link_at'), 'survey_task', ['link_at'], unique=False)
    op.create_index(op.f('ix_survey_task_unit_id'), 'survey_task', ['unit_id'], unique=False)
    op.create_table('survey_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_phone', sa.Boolean(), nullable=False),
    sa.Column('disposition', sa.Enum('completed', 'broke_off', 'refused', 'later', 'no_answer', 'busy', 'switched_off', 'not_in_service', 'wrong_person', 'link_sent', name='disposition', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('appointment_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_survey_attempt_by_id_user')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_survey_attempt_customer_id_customer')),
    sa.ForeignKeyConstraint(['task_id'], ['survey_task.id'], name=op.f('fk_survey_attempt_task_id_survey_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_attempt')),
    sa.UniqueConstraint('task_id', 'number', name=op.f('uq_survey_attempt_task_id_number'))
    )
    op.create_index('ix_survey_attempt_customer_id_at', 'survey_attempt', ['customer_id', 'at'], unique=False)
    op.create_table('survey_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['survey_task.id'], name=op.f('fk_survey_link_task_id_survey_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_link')),
    sa.UniqueConstraint('task_id', name=op.f('uq_survey_link_task_id'))
    )
    op.create_table('survey_response',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.Column('survey', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Enum('phone', 'link', 'keys', 'outside', name='mode', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('call_pk', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('outside_key', sa.String(length=160), nullable=True),
    sa.Column('traits', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unhappy', sa.Boolean(), nullable=False),
    sa.Column('compared_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_survey_response_by_id_user')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_survey_response_call_pk_call')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_survey_response_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['task_id'], ['survey_task.id'], name=op.f('fk_survey_response_task_id_survey_task')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_survey_response_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_response')),
    sa.UniqueConstraint('outside_key', name=op.f('uq_survey_response_outside_key')),
    sa.UniqueConstraint('task_id', name=op.f('uq_survey_response_task_id'))
    )
    op.create_index(op.f('ix_survey_response_call_pk'), 'survey_response', ['call_pk'], unique=False)
    op.create_index(op.f('ix_survey_response_case_id'), 'survey_response', ['case_id'], unique=False)
    op.create_index('ix_survey_response_survey_finished_at', 'survey_response', ['survey', 'finished_at'], unique=False)
    op.create_index(op.f('ix_survey_response_unit_id'), 'survey_response', ['unit_id'], unique=False)
    op.create_table('answer_difference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('response_id', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=80), nullable=False),
    sa.Column('logged', sa.Double(), nullable=False),
    sa.Column('spoken', sa.Double(), nullable=False),
    sa.Column('call_pk', sa.Integer(), nullable=False),
    sa.Column('at_s', sa.Double(), nullable=False),
    sa.Column('end_s', sa.Double(), nullable=False),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.Enum('logged_right', 'spoken_right', 'unclear', name='verdict', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_answer_difference_by_id_user')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_answer_difference_call_pk_call')),
    sa.ForeignKeyConstraint(['response_id'], ['survey_response.id'], name=op.f('fk_answer_difference_response_id_survey_response')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_difference')),
    sa.UniqueConstraint('response_id', 'question', name=op.f('uq_answer_difference_response_id_question'))
    )
    op.create_table('survey_answer',
    sa.Column('response_id', sa.Integer(), nullable=False),
    sa.Column('question', sa.String(length=80), nullable=False),
    sa.Column('number', sa.Double(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['response_id'], ['survey_response.id'], name=op.f('fk_survey_answer_response_id_survey_response')),
    sa.PrimaryKeyConstraint('response_id', 'question', name=op.f('pk_survey_answer'))
    )
    supporting_units()
