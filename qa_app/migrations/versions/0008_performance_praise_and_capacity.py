"""Performance months closed for good, praise, inspectors' capacity, and sampling of one queue."""

from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('performance_month',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_performance_month')),
    sa.UniqueConstraint('month', name=op.f('uq_performance_month_month'))
    )
    op.create_table('inspector_capacity',
    sa.Column('inspector_id', sa.Integer(), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_inspector_capacity_by_id_user')),
    sa.ForeignKeyConstraint(['inspector_id'], ['user.id'], name=op.f('fk_inspector_capacity_inspector_id_user')),
    sa.PrimaryKeyConstraint('inspector_id', name=op.f('pk_inspector_capacity'))
    )
    op.create_table('performance_figure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('month_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('measure', sa.String(length=40), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('total', sa.Double(), nullable=False),
    sa.Column('squares', sa.Double(), nullable=False),
    sa.Column('sources', sa.JSON(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['user.id'], name=op.f('fk_performance_figure_agent_id_user')),
    sa.ForeignKeyConstraint(['month_id'], ['performance_month.id'], name=op.f('fk_performance_figure_month_id_performance_month')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_performance_figure_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_performance_figure')),
    sa.UniqueConstraint('month_id', 'agent_id', 'measure', name=op.f('uq_performance_figure_month_id_agent_id_measure'))
    )
    op.create_index(op.f('ix_performance_figure_agent_id'), 'performance_figure', ['agent_id'], unique=False)
    op.create_table('praise',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('call_pk', sa.Integer(), nullable=True),
    sa.Column('at_s', sa.Double(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['user.id'], name=op.f('fk_praise_agent_id_user')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_praise_by_id_user')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_praise_call_pk_call')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_praise_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_praise'))
    )
    op.create_index(op.f('ix_praise_agent_id'), 'praise', ['agent_id'], unique=False)
    op.add_column('sample_period', sa.Column('queue', sa.String(length=80), server_default='', nullable=False))


def downgrade() -> None:
    op.drop_column('sample_period', 'queue')
    op.drop_index(op.f('ix_praise_agent_id'), table_name='praise')
    op.drop_table('praise')
    op.drop_index(op.f('ix_performance_figure_agent_id'), table_name='performance_figure')
    op.drop_table('performance_figure')
    op.drop_table('inspector_capacity')
    op.drop_table('performance_month')
