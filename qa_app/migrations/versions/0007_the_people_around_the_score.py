"""The people around the score: sampling, picks, quality disputes, coaching, what an evaluation is for."""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('coaching',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('coach_id', sa.Integer(), nullable=True),
    sa.Column('planned_for', sa.Date(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['user.id'], name=op.f('fk_coaching_agent_id_user')),
    sa.ForeignKeyConstraint(['coach_id'], ['user.id'], name=op.f('fk_coaching_coach_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_coaching_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coaching'))
    )
    op.create_index(op.f('ix_coaching_agent_id'), 'coaching', ['agent_id'], unique=False)
    op.create_index(op.f('ix_coaching_unit_id'), 'coaching', ['unit_id'], unique=False)
    op.create_table('sample_period',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('commitment', sa.String(length=64), nullable=False),
    sa.Column('seed_sealed', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('drawn_to', sa.Date(), nullable=True),
    sa.Column('revealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('first <= last', name=op.f('ck_sample_period_first_before_last')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['user.id'], name=op.f('fk_sample_period_opened_by_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_sample_period_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sample_period')),
    sa.UniqueConstraint('unit_id', 'name', name=op.f('uq_sample_period_unit_id_name'))
    )
    op.create_table('coaching_clip',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('coaching_id', sa.Integer(), nullable=False),
    sa.Column('call_pk', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=80), nullable=False),
    sa.Column('start_s', sa.Double(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_coaching_clip_call_pk_call')),
    sa.ForeignKeyConstraint(['coaching_id'], ['coaching.id'], name=op.f('fk_coaching_clip_coaching_id_coaching')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coaching_clip'))
    )
    op.create_index(op.f('ix_coaching_clip_coaching_id'), 'coaching_clip', ['coaching_id'], unique=False)
    op.create_table('coaching_goal',
    sa.Column('coaching_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=80), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['coaching_id'], ['coaching.id'], name=op.f('fk_coaching_goal_coaching_id_coaching')),
    sa.PrimaryKeyConstraint('coaching_id', 'criterion', name=op.f('pk_coaching_goal'))
    )
    op.create_table('coaching_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('coaching_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('held', 'acknowledged', 'followed_up', 'cancelled', name='coachingstep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_coaching_step_by_id_user')),
    sa.ForeignKeyConstraint(['coaching_id'], ['coaching.id'], name=op.f('fk_coaching_step_coaching_id_coaching')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coaching_step'))
    )
    op.create_index(op.f('ix_coaching_step_coaching_id'), 'coaching_step', ['coaching_id'], unique=False)
    op.create_table('sample_draw',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('frame_sha256', sa.String(length=64), nullable=False),
    sa.Column('frame', sa.JSON(), nullable=False),
    sa.Column('wanted', sa.JSON(), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_sample_draw_by_id_user')),
    sa.ForeignKeyConstraint(['period_id'], ['sample_period.id'], name=op.f('fk_sample_draw_period_id_sample_period')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sample_draw')),
    sa.UniqueConstraint('period_id', 'part', name=op.f('uq_sample_draw_period_id_part'))
    )
    op.create_table('dispute_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('evaluation_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('told', 'signed', 'disputed', 'withdrawn', 'decided', 'second_disputed', 'second_decided', name='stepkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('verdict', sa.Enum('met', 'partly_met', 'not_met', 'not_applicable', 'abstained', name='verdict', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_dispute_step_by_id_user')),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_dispute_step_evaluation_id_evaluation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute_step'))
    )
    op.create_index(op.f('ix_dispute_step_evaluation_id'), 'dispute_step', ['evaluation_id'], unique=False)
    op.create_table('pick',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=True),
    sa.Column('draw_id', sa.Integer(), nullable=True),
    sa.Column('call_pk', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('pool', sa.Enum('random', 'risk', 'always', 'manual', 'recheck', name='pool', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('why', sa.JSON(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('inclusion', sa.Double(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('inspector_id', sa.Integer(), nullable=True),
    sa.Column('claimed_by_id', sa.Integer(), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('evaluation_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['user.id'], name=op.f('fk_pick_agent_id_user')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_pick_by_id_user')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_pick_call_pk_call')),
    sa.ForeignKeyConstraint(['claimed_by_id'], ['user.id'], name=op.f('fk_pick_claimed_by_id_user')),
    sa.ForeignKeyConstraint(['draw_id'], ['sample_draw.id'], name=op.f('fk_pick_draw_id_sample_draw')),
    sa.ForeignKeyConstraint(['evaluation_id'], ['evaluation.id'], name=op.f('fk_pick_evaluation_id_evaluation')),
    sa.ForeignKeyConstraint(['inspector_id'], ['user.id'], name=op.f('fk_pick_inspector_id_user')),
    sa.ForeignKeyConstraint(['period_id'], ['sample_period.id'], name=op.f('fk_pick_period_id_sample_period')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_pick_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pick')),
    sa.UniqueConstraint('call_pk', 'pool', name=op.f('uq_pick_call_pk_pool'))
    )
    op.create_index(op.f('ix_pick_agent_id'), 'pick', ['agent_id'], unique=False)
    op.create_index(op.f('ix_pick_claimed_by_id'), 'pick', ['claimed_by_id'], unique=False)
    op.create_index('ix_pick_open', 'pick', ['ended_at', 'inspector_id'], unique=False)
    op.create_index(op.f('ix_pick_period_id'), 'pick', ['period_id'], unique=False)
    op.add_column('evaluation', sa.Column('purpose', sa.String(length=16), server_default='score', nullable=False))
