"""Mentors, training tasks and skill certificates."""

from alembic import op
import sqlalchemy as sa


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mentor_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mentor_id', sa.Integer(), nullable=False),
    sa.Column('mentee_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('criteria', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_words', sa.Text(), nullable=False),
    sa.CheckConstraint('mentor_id <> mentee_id', name=op.f('ck_mentor_pair_nobody_mentors_oneself')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_mentor_pair_by_id_user')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['user.id'], name=op.f('fk_mentor_pair_ended_by_id_user')),
    sa.ForeignKeyConstraint(['mentee_id'], ['user.id'], name=op.f('fk_mentor_pair_mentee_id_user')),
    sa.ForeignKeyConstraint(['mentor_id'], ['user.id'], name=op.f('fk_mentor_pair_mentor_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_mentor_pair_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_pair'))
    )
    op.create_index(op.f('ix_mentor_pair_mentee_id'), 'mentor_pair', ['mentee_id'], unique=False)
    op.create_index(op.f('ix_mentor_pair_mentor_id'), 'mentor_pair', ['mentor_id'], unique=False)
    op.create_table('skill_certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('skill', sa.String(length=120), nullable=False),
    sa.Column('criteria', sa.JSON(), nullable=False),
    sa.Column('ground', sa.Enum('calls', 'exam', name='ground', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('share', sa.Double(), nullable=True),
    sa.Column('low', sa.Double(), nullable=True),
    sa.Column('high', sa.Double(), nullable=True),
    sa.Column('mark', sa.Double(), nullable=True),
    sa.Column('granted_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['user.id'], name=op.f('fk_skill_certificate_agent_id_user')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_skill_certificate_by_id_user')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['user.id'], name=op.f('fk_skill_certificate_revoked_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_skill_certificate_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_skill_certificate'))
    )
    op.create_index(op.f('ix_skill_certificate_agent_id'), 'skill_certificate', ['agent_id'], unique=False)
    op.create_table('training_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('listen', 'role_play', 'read', 'shadow', name='taskkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['user.id'], name=op.f('fk_training_task_agent_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_training_task_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_task'))
    )
    op.create_index(op.f('ix_training_task_agent_id'), 'training_task', ['agent_id'], unique=False)
    op.create_table('training_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('given', 'done', 'confirmed', 'sent_back', 'cancelled', name='trainingstep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_training_step_by_id_user')),
    sa.ForeignKeyConstraint(['task_id'], ['training_task.id'], name=op.f('fk_training_step_task_id_training_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_step'))
    )
    op.create_index(op.f('ix_training_step_task_id'), 'training_step', ['task_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_training_step_task_id'), table_name='training_step')
    op.drop_table('training_step')
    op.drop_index(op.f('ix_training_task_agent_id'), table_name='training_task')
    op.drop_table('training_task')
    op.drop_index(op.f('ix_skill_certificate_agent_id'), table_name='skill_certificate')
    op.drop_table('skill_certificate')
    op.drop_index(op.f('ix_mentor_pair_mentor_id'), table_name='mentor_pair')
    op.drop_index(op.f('ix_mentor_pair_mentee_id'), table_name='mentor_pair')
    op.drop_table('mentor_pair')
