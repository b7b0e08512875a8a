"""Audits by the monitoring group: plan, lot, pieces with their checks, findings with their steps."""

from alembic import op
import sqlalchemy as sa


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('process', 'inspectors', 'callbacks', name='auditkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('class_code', sa.String(length=80), nullable=False),
    sa.Column('rate', sa.Double(), nullable=False),
    sa.Column('chance', sa.Double(), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=True),
    sa.Column('checklist', sa.Text(), nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('seed_sealed', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('first <= last', name=op.f('ck_audit_first_before_last')),
    sa.CheckConstraint('rate > 0 AND rate < 1', name=op.f('ck_audit_rate_is_a_share')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_audit_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_audit_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_unit_id'), 'audit', ['unit_id'], unique=False)
    op.create_table('audit_draw',
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('frame_sha256', sa.String(length=64), nullable=False),
    sa.Column('frame', sa.JSON(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['audit_id'], ['audit.id'], name=op.f('fk_audit_draw_audit_id_audit')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_audit_draw_by_id_user')),
    sa.PrimaryKeyConstraint('audit_id', name=op.f('pk_audit_draw'))
    )
    op.create_table('audit_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('planned', 'drawn', 'checking', 'reported', 'closed', name='auditstep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['audit_id'], ['audit.id'], name=op.f('fk_audit_step_audit_id_audit')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_audit_step_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_step')),
    sa.UniqueConstraint('audit_id', 'kind', name=op.f('uq_audit_step_audit_id_kind'))
    )
    op.create_table('finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('process', 'inspectors', 'callbacks', name='auditkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('item', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('severity', sa.Enum('minor', 'major', 'severe', name='severity', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['audit_id'], ['audit.id'], name=op.f('fk_finding_audit_id_audit')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_finding_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_finding_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('number', name=op.f('uq_finding_number')),
    sa.UniqueConstraint('unit_id', 'kind', 'item', name=op.f('uq_finding_unit_id_kind_item'))
    )
    op.create_index(op.f('ix_finding_audit_id'), 'finding', ['audit_id'], unique=False)
    op.create_table('finding_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('finding_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('opened', 'cause_noted', 'action_opened', 'proof_given', 'proof_refused', 'closed', 'action_reopened', 'seen_again', 'reopened', 'held_accountable', 'replied', name='findingstep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('action_id', sa.Integer(), nullable=True),
    sa.Column('audit_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['audit_id'], ['audit.id'], name=op.f('fk_finding_step_audit_id_audit')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_finding_step_by_id_user')),
    sa.ForeignKeyConstraint(['finding_id'], ['finding.id'], name=op.f('fk_finding_step_finding_id_finding')),
    sa.ForeignKeyConstraint(['person_id'], ['user.id'], name=op.f('fk_finding_step_person_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_step'))
    )
    op.create_index(op.f('ix_finding_step_action_id'), 'finding_step', ['action_id'], unique=False)
    op.create_index(op.f('ix_finding_step_finding_id'), 'finding_step', ['finding_id'], unique=False)
    op.create_index(op.f('ix_finding_step_person_id'), 'finding_step', ['person_id'], unique=False)
    op.create_table('audit_piece',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('piece', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('call_pk', sa.Integer(), nullable=True),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('proposals', sa.JSON(), nullable=False),
    sa.Column('checker_id', sa.Integer(), nullable=True),
    sa.Column('evaluation_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['audit_id'], ['audit.id'], name=op.f('fk_audit_piece_audit_id_audit')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_audit_piece_call_pk_call')),
    sa.ForeignKeyConstraint(['checker_id'], ['user.id'], name=op.f('fk_audit_piece_checker_id_user')),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_audit_piece_evaluation_id_evaluation')),
    sa.ForeignKeyConstraint(['person_id'], ['user.id'], name=op.f('fk_audit_piece_person_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_audit_piece_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_piece')),
    sa.UniqueConstraint('audit_id', 'piece', name=op.f('uq_audit_piece_audit_id_piece'))
    )
    op.create_index('ix_audit_piece_call_pk_evaluation_id', 'audit_piece', ['call_pk', 'evaluation_id'], unique=False)
    op.create_table('audit_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('piece_id', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(length=40), nullable=False),
    sa.Column('result', sa.Enum('met', 'not_met', 'not_applicable', name='result', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_audit_check_by_id_user')),
    sa.ForeignKeyConstraint(['piece_id'], ['audit_piece.id'], name=op.f('fk_audit_check_piece_id_audit_piece')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_check'))
    )
    op.create_index('ix_audit_check_piece_id_item', 'audit_check', ['piece_id', 'item'], unique=False)
