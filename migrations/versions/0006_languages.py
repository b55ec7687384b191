"""The language of comments and of documents' titles, and titles in other languages.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

OF_ITS_TEXTS = """
update document set title_language = coalesce(
  (select min(case when text.language = 'en' then ' en' else text.language end)
   from recommendation_text text join recommendation on recommendation.id = text.recommendation_id
   where recommendation.document_id = document.id and text.origin = 'official'), 'en')
where title is not null
"""
OF_ITS_AUTHOR = """
update comment set language = (select user_account.language from user_account where user_account.id = comment.user_id)
"""


def upgrade() -> None:
    op.add_column('comment', sa.Column('language', sa.String(length=12), nullable=True))
    op.execute(OF_ITS_AUTHOR)
    op.add_column('document', sa.Column('title_language', sa.String(length=12), nullable=True))
    op.execute(OF_ITS_TEXTS)
    op.execute("update document set title_language = trim(title_language)")
    op.create_table('document_title',
    sa.Column('document_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('origin', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_title_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('document_id', 'language', name=op.f('pk_document_title')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    op.drop_table('document_title')
    op.drop_column('document', 'title_language')
    op.drop_column('comment', 'language')
