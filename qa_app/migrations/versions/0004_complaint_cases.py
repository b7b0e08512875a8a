"""Complaint cases: customers, cases, steps, deadlines, the calendar's corrections."""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('case_number',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('given', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_case_number'))
    )
    op.create_table('customer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name_sealed', sa.Text(), nullable=False),
    sa.Column('phone_sealed', sa.Text(), nullable=False),
    sa.Column('phone_fingerprint', sa.String(length=64), nullable=False),
    sa.Column('tier', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
    sa.UniqueConstraint('phone_fingerprint', name=op.f('uq_customer_phone_fingerprint'))
    )
    op.create_table('calendar_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_calendar_day_by_id_user')),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_calendar_day'))
    )
    op.create_table('complaint_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('complaint', 'suggestion', 'appeal', name='casekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('channel', sa.Enum('hotline', 'online', 'email', 'social', 'shop', 'letter', 'regulator', 'internal', name='channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('urgency', sa.Enum('ordinary', 'urgent', 'green', name='urgency', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('class_code', sa.String(length=80), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('demand', sa.Text(), nullable=False),
    sa.Column('product', sa.String(length=120), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('campaign', sa.String(length=120), nullable=False),
    sa.Column('sender', sa.String(length=200), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('first_asked_id', sa.Integer(), nullable=True),
    sa.Column('follow_up_id', sa.Integer(), nullable=True),
    sa.Column('profile', sa.String(length=80), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('joined_to_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('joined_to_id IS NULL OR joined_to_id <> id', name=op.f('ck_complaint_case_not_joined_to_itself')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_complaint_case_customer_id_customer')),
    sa.ForeignKeyConstraint(['first_asked_id'], ['user.id'], name=op.f('fk_complaint_case_first_asked_id_user')),
    sa.ForeignKeyConstraint(['follow_up_id'], ['user.id'], name=op.f('fk_complaint_case_follow_up_id_user')),
    sa.ForeignKeyConstraint(['joined_to_id'], ['complaint_case.id'], name=op.f('fk_complaint_case_joined_to_id_complaint_case')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_complaint_case_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_case')),
    sa.UniqueConstraint('number', name=op.f('uq_complaint_case_number'))
    )
    op.create_index(op.f('ix_complaint_case_class_code'), 'complaint_case', ['class_code'], unique=False)
    op.create_index('ix_complaint_case_customer_id_received_at', 'complaint_case', ['customer_id', 'received_at'], unique=False)
    op.create_index(op.f('ix_complaint_case_follow_up_id'), 'complaint_case', ['follow_up_id'], unique=False)
    op.create_index(op.f('ix_complaint_case_received_at'), 'complaint_case', ['received_at'], unique=False)
    op.create_index('ix_complaint_case_unit_id_received_at', 'complaint_case', ['unit_id', 'received_at'], unique=False)
    op.create_table('case_call',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('call_pk', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_case_call_call_pk_call')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_case_call_case_id_complaint_case')),
    sa.PrimaryKeyConstraint('case_id', 'call_pk', name=op.f('pk_case_call'))
    )
    op.create_index(op.f('ix_case_call_call_pk'), 'case_call', ['call_pk'], unique=False)
    op.create_table('case_deadline',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('clock', sa.String(length=60), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('warn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_case_deadline_case_id_complaint_case')),
    sa.PrimaryKeyConstraint('case_id', 'clock', 'started_by', name=op.f('pk_case_deadline'))
    )
    op.create_index('ix_case_deadline_ended_at_due_at', 'case_deadline', ['ended_at', 'due_at'], unique=False)
    op.create_table('case_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('received', 'acknowledged', 'assessed', 'assigned', 'solved_on_the_spot', 'dispatched', 'sent_back', 'urged', 'returned', 'return_refused', 'responsibility_decided', 'second_dispatched', 'manager_hotline', 'held_accountable', 'accountable_replied', 'consented', 'remedy_granted', 'remedy_credited', 'progress_told', 'delay_told', 'paused', 'resumed', 'fed_back', 'called_back', 'recontacted', 'reopened', 'appealed', 'closed', 'archived', 'noted', name='stepkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('result', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_case_step_by_id_user')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_case_step_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_case_step_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_step')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_case_step_case_id_number'))
    )
    op.create_index('ix_case_step_kind_at', 'case_step', ['kind', 'at'], unique=False)
    op.create_index(op.f('ix_case_step_unit_id'), 'case_step', ['unit_id'], unique=False)
