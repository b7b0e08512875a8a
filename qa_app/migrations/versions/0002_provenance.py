"""What answered, where it is more than a rule."""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('answer', sa.Column('provenance', sa.JSON(), nullable=True))
