"""Mystery shopping: scenarios, shoppers, visits with their steps, drafts, files and recordings."""

from alembic import op
import sqlalchemy as sa


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('shop_scenario',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_shop_scenario_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_scenario')),
    sa.UniqueConstraint('name', 'version', name=op.f('uq_shop_scenario_name_version'))
    )
    op.create_table('shopper',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_shopper_user_id_user')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_shopper')),
    sa.UniqueConstraint('number', name=op.f('uq_shopper_number'))
    )
    op.create_table('shop_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('scenario_id', sa.Integer(), nullable=False),
    sa.Column('shopper_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.Column('visited_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['user.id'], name=op.f('fk_shop_visit_agent_id_user')),
    sa.ForeignKeyConstraint(['scenario_id'], ['shop_scenario.id'], name=op.f('fk_shop_visit_scenario_id_shop_scenario')),
    sa.ForeignKeyConstraint(['shopper_id'], ['user.id'], name=op.f('fk_shop_visit_shopper_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_shop_visit_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_visit'))
    )
    op.create_index(op.f('ix_shop_visit_agent_id'), 'shop_visit', ['agent_id'], unique=False)
    op.create_index(op.f('ix_shop_visit_shopper_id'), 'shop_visit', ['shopper_id'], unique=False)
    op.create_index(op.f('ix_shop_visit_unit_id'), 'shop_visit', ['unit_id'], unique=False)
    op.create_index(op.f('ix_shop_visit_visited_at'), 'shop_visit', ['visited_at'], unique=False)
    op.create_table('shop_draft',
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['shop_visit.id'], name=op.f('fk_shop_draft_visit_id_shop_visit')),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_shop_draft'))
    )
    op.create_table('shop_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('mime', sa.String(length=100), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_shop_file_by_id_user')),
    sa.ForeignKeyConstraint(['visit_id'], ['shop_visit.id'], name=op.f('fk_shop_file_visit_id_shop_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_file'))
    )
    op.create_index(op.f('ix_shop_file_visit_id'), 'shop_file', ['visit_id'], unique=False)
    op.create_table('shop_match',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('call_pk', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_shop_match_by_id_user')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_shop_match_call_pk_call')),
    sa.ForeignKeyConstraint(['visit_id'], ['shop_visit.id'], name=op.f('fk_shop_match_visit_id_shop_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_match'))
    )
    op.create_index(op.f('ix_shop_match_call_pk'), 'shop_match', ['call_pk'], unique=False)
    op.create_index(op.f('ix_shop_match_visit_id'), 'shop_match', ['visit_id'], unique=False)
    op.create_table('shop_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('assigned', 'started', 'submitted', 'returned', 'validated', 'withdrawn', name='visitstep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_shop_step_by_id_user')),
    sa.ForeignKeyConstraint(['visit_id'], ['shop_visit.id'], name=op.f('fk_shop_step_visit_id_shop_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shop_step'))
    )
    op.create_index(op.f('ix_shop_step_visit_id'), 'shop_step', ['visit_id'], unique=False)
