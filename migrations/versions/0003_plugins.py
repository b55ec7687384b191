"""Plugins: what went wrong in them while the site ran.

Revision: 0003, after 0002_work
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002_work'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plugin_fault',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plugin', sa.String(length=60), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('message', sa.String(length=500), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('first', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plugin_fault'))
    )
    op.create_index(op.f('ix_plugin_fault_plugin'), 'plugin_fault', ['plugin'])


def downgrade() -> None:
    op.drop_table('plugin_fault')
