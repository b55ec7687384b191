"""Unofficial translations: of updates, and marked as such on recommendations, terms and institutions.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

MARKED = ('term', 'actor')


def upgrade() -> None:
    op.create_table('progress_update_text',
    sa.Column('update_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('texts', sa.JSON(), nullable=False),
    sa.Column('origin', sa.String(length=12), nullable=False),
    sa.Column('outdated', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['update_id'], ['progress_update.id'], name=op.f('fk_progress_update_text_update_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('update_id', 'language', name=op.f('pk_progress_update_text'))
    )
    op.add_column('recommendation_text', sa.Column('outdated', sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in MARKED:
        op.add_column(table, sa.Column('unofficial', sa.JSON(), server_default=sa.text("'{}'"), nullable=False))


def downgrade() -> None:
    for table in MARKED:
        op.drop_column(table, 'unofficial')
    op.drop_column('recommendation_text', 'outdated')
    op.drop_table('progress_update_text')
