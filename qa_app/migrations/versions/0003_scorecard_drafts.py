"""Drafts of scorecards with every saving, what kind of conversation a card is for, root causes under answers."""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('scorecard', sa.Column('kind', sa.String(length=16), server_default='phone', nullable=False))
    op.add_column('answer', sa.Column('root_cause', sa.String(length=80), server_default='', nullable=False))
    op.create_table('scorecard_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'archived', name='cardstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=True),
    sa.Column('published_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['base_id'], ['scorecard.id'], name=op.f('fk_scorecard_draft_base_id_scorecard')),
    sa.ForeignKeyConstraint(['published_id'], ['scorecard.id'], name=op.f('fk_scorecard_draft_published_id_scorecard')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard_draft'))
    )
    op.create_index(op.f('ix_scorecard_draft_state'), 'scorecard_draft', ['state'], unique=False)
    op.create_table('scorecard_edit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['scorecard_draft.id'], name=op.f('fk_scorecard_edit_draft_id_scorecard_draft')),
    sa.ForeignKeyConstraint(['saved_by'], ['user.id'], name=op.f('fk_scorecard_edit_saved_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scorecard_edit')),
    sa.UniqueConstraint('draft_id', 'revision', name=op.f('uq_scorecard_edit_draft_id_revision'))
    )
