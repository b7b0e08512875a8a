"""The case library: clips and written cases to learn from, with the steps of consent and confirmation."""

from alembic import op
import sqlalchemy as sa


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('library_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('form', sa.Enum('clip', 'story', name='form', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('lesson', sa.Enum('good', 'lesson', name='lesson', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('maker_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('criterion', sa.String(length=80), nullable=False),
    sa.Column('complaint_class', sa.String(length=80), nullable=False),
    sa.Column('case_number', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['maker_id'], ['user.id'], name=op.f('fk_library_entry_maker_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_library_entry_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_entry'))
    )
    op.create_index(op.f('ix_library_entry_maker_id'), 'library_entry', ['maker_id'], unique=False)
    op.create_index(op.f('ix_library_entry_unit_id'), 'library_entry', ['unit_id'], unique=False)
    op.create_table('library_clip',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('call_pk', sa.Integer(), nullable=False),
    sa.Column('recording_id', sa.Integer(), nullable=False),
    sa.Column('start_s', sa.Double(), nullable=False),
    sa.Column('end_s', sa.Double(), nullable=False),
    sa.Column('bleeps', sa.JSON(), nullable=False),
    sa.Column('path', sa.String(length=255), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('chunks', sa.JSON(), nullable=False),
    sa.CheckConstraint('start_s < end_s', name=op.f('ck_library_clip_start_before_end')),
    sa.ForeignKeyConstraint(['call_pk'], ['call.id'], name=op.f('fk_library_clip_call_pk_call')),
    sa.ForeignKeyConstraint(['entry_id'], ['library_entry.id'], name=op.f('fk_library_clip_entry_id_library_entry')),
    sa.ForeignKeyConstraint(['recording_id'], ['recording.id'], name=op.f('fk_library_clip_recording_id_recording')),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_library_clip'))
    )
    op.create_index(op.f('ix_library_clip_call_pk'), 'library_clip', ['call_pk'], unique=False)
    op.create_table('library_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('agreed', 'refused', 'withdrawn', 'confirmed', 'sent_back', 'removed', name='librarystep', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_library_step_by_id_user')),
    sa.ForeignKeyConstraint(['entry_id'], ['library_entry.id'], name=op.f('fk_library_step_entry_id_library_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_step'))
    )
    op.create_index(op.f('ix_library_step_entry_id'), 'library_step', ['entry_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_library_step_entry_id'), table_name='library_step')
    op.drop_table('library_step')
    op.drop_index(op.f('ix_library_clip_call_pk'), table_name='library_clip')
    op.drop_table('library_clip')
    op.drop_index(op.f('ix_library_entry_unit_id'), table_name='library_entry')
    op.drop_index(op.f('ix_library_entry_maker_id'), table_name='library_entry')
    op.drop_table('library_entry')
