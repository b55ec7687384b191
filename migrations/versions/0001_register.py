"""The register

Revision: 0001_register, after None
"""

import sqlalchemy as sa
from alembic import op

revision = '0001_register'
down_revision = None
branch_labels = None
depends_on = None


SEARCH = {
    "sqlite": [
        "create virtual table search_text using fts5(stems, words, content='', tokenize='ascii')",
        "insert into search_text(search_text, rank) values ('hashsize', 8388608)",
    ],
    "postgresql": [
        "create table search_text (id integer primary key, stems tsvector not null, words tsvector not null)",
        "create index ix_search_text_stems on search_text using gin (stems)",
        "create index ix_search_text_words on search_text using gin (words)",
    ],
}
APPEND_ONLY = {
    "sqlite": [
        "create trigger audit_entry_no_update before update on audit_entry "
        "begin select raise(abort, 'the audit trail is append-only'); end",
        "create trigger audit_entry_no_delete before delete on audit_entry "
        "begin select raise(abort, 'the audit trail is append-only'); end",
        "create trigger audit_entry_no_replace before insert on audit_entry "
        "when exists (select 1 from audit_entry where id = new.id) "
        "begin select raise(abort, 'the audit trail is append-only'); end",
    ],
    "postgresql": [
        "create function audit_entry_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit trail is append-only'; end $$",
        "create trigger audit_entry_append_only before update or delete on audit_entry "
        "for each row execute function audit_entry_append_only()",
        "create trigger audit_entry_no_truncate before truncate on audit_entry "
        "for each statement execute function audit_entry_append_only()",
    ],
}


def upgrade() -> None:
    op.create_table('actor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['actor.id'], name=op.f('fk_actor_parent_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_actor')),
    sa.UniqueConstraint('uuid', name=op.f('uq_actor_uuid'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=200), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_table('import_mapping',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('spec', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_import_mapping'))
    )
    op.create_table('mechanism',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('family', sa.String(length=30), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('confidential', sa.Boolean(), nullable=False),
    sa.Column('symbols', sa.JSON(), nullable=False),
    sa.Column('origin', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mechanism')),
    sa.UniqueConstraint('code', name=op.f('uq_mechanism_code'))
    )
    op.create_table('search_posting',
    sa.Column('field', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=300), nullable=False),
    sa.Column('bits', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('field', 'value', name=op.f('pk_search_posting')),
    sqlite_with_rowid=False
    )
    op.create_table('search_state',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('normaliser', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_state'))
    )
    op.create_table('source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source')),
    sa.UniqueConstraint('code', name=op.f('uq_source_code'))
    )
    op.create_table('state',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('iso3', sa.String(length=3), nullable=False),
    sa.Column('iso2', sa.String(length=2), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('region', sa.String(length=10), nullable=True),
    sa.Column('names', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_state')),
    sa.UniqueConstraint('iso3', name=op.f('uq_state_iso3'))
    )
    op.create_table('import_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('importer', sa.String(length=60), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(length=300), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('started', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counts', sa.JSON(), nullable=True),
    sa.Column('journal', sa.JSON(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_import_run_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_run')),
    sa.UniqueConstraint('uuid', name=op.f('uq_import_run_uuid'))
    )
    op.create_table('mechanism_alias',
    sa.Column('folded', sa.String(length=200), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_mechanism_alias_mechanism_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('folded', name=op.f('pk_mechanism_alias'))
    )
    op.create_table('state_alias',
    sa.Column('folded', sa.String(length=200), nullable=False),
    sa.Column('state_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['state_id'], ['state.id'], name=op.f('fk_state_alias_state_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('folded', name=op.f('pk_state_alias'))
    )
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('symbol', sa.String(length=200), nullable=True),
    sa.Column('title', sa.String(), nullable=True),
    sa.Column('mechanism_id', sa.Integer(), nullable=True),
    sa.Column('date', sa.Date(), nullable=True),
    sa.Column('session', sa.String(length=60), nullable=True),
    sa.Column('cycle', sa.Integer(), nullable=True),
    sa.Column('links', sa.JSON(), nullable=True),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_document_mechanism_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_document_run_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('key', name=op.f('uq_document_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_document_uuid'))
    )
    op.create_table('import_change',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('recommendation_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_import_change_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'recommendation_id', name=op.f('pk_import_change')),
    sqlite_with_rowid=False
    )
    op.create_table('import_finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_import_finding_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_finding'))
    )
    with op.batch_alter_table('import_finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_finding_run_id'), ['run_id'], unique=False)

    op.create_table('vocabulary',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('origin', sa.String(length=200), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_vocabulary_run_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vocabulary')),
    sa.UniqueConstraint('code', name=op.f('uq_vocabulary_code'))
    )
    op.create_table('recommendation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.Uuid(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('state_id', sa.Integer(), nullable=True),
    sa.Column('mechanism_id', sa.Integer(), nullable=True),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('paragraph', sa.String(length=60), nullable=True),
    sa.Column('order_key', sa.String(length=80), nullable=False),
    sa.Column('date', sa.Date(), nullable=True),
    sa.Column('cycle', sa.Integer(), nullable=True),
    sa.Column('session', sa.String(length=60), nullable=True),
    sa.Column('position', sa.String(length=20), nullable=True),
    sa.Column('unresolved', sa.JSON(), nullable=True),
    sa.Column('locked', sa.JSON(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_recommendation_document_id')),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_recommendation_mechanism_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['recommendation.id'], name=op.f('fk_recommendation_parent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_recommendation_run_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_recommendation_source_id')),
    sa.ForeignKeyConstraint(['state_id'], ['state.id'], name=op.f('fk_recommendation_state_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recommendation')),
    sa.UniqueConstraint('uuid', name=op.f('uq_recommendation_uuid'))
    )
    with op.batch_alter_table('recommendation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recommendation_document_id_recommendation_order_key'), ['document_id', 'order_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_recommendation_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recommendation_state_id_recommendation_mechanism_id'), ['state_id', 'mechanism_id'], unique=False)

    op.create_table('term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('vocabulary_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('slug', sa.String(length=140), nullable=False),
    sa.Column('labels', sa.JSON(), nullable=False),
    sa.Column('aliases', sa.JSON(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('reviewed', sa.Boolean(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['term.id'], name=op.f('fk_term_parent_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_term_run_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['vocabulary_id'], ['vocabulary.id'], name=op.f('fk_term_vocabulary_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term')),
    sa.UniqueConstraint('slug', name=op.f('uq_term_slug')),
    sa.UniqueConstraint('vocabulary_id', 'code', name=op.f('uq_term_vocabulary_id_code'))
    )
    op.create_table('external_id',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.String(length=200), nullable=False),
    sa.Column('edition', sa.String(length=20), nullable=False),
    sa.Column('recommendation_id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(length=32), nullable=False),
    sa.Column('raw', sa.Text(), nullable=True),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('missing_since', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['missing_since'], ['import_run.id'], name=op.f('fk_external_id_missing_since'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendation.id'], name=op.f('fk_external_id_recommendation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_external_id_run_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_external_id_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_external_id')),
    sa.UniqueConstraint('source_id', 'value', 'edition', name=op.f('uq_external_id_source_id_value_edition'))
    )
    with op.batch_alter_table('external_id', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_external_id_recommendation_id'), ['recommendation_id'], unique=False)

    op.create_table('position',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recommendation_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.String(length=20), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('date', sa.Date(), nullable=True),
    sa.Column('document_symbol', sa.String(length=200), nullable=True),
    sa.Column('paragraph', sa.String(length=60), nullable=True),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendation.id'], name=op.f('fk_position_recommendation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_position_source_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position'))
    )
    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_position_recommendation_id'), ['recommendation_id'], unique=False)

    op.create_table('recommendation_alias',
    sa.Column('recommendation_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('symbol', sa.String(length=200), nullable=False),
    sa.Column('paragraph', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendation.id'], name=op.f('fk_recommendation_alias_recommendation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('recommendation_id', 'symbol', 'paragraph', name=op.f('pk_recommendation_alias')),
    sqlite_with_rowid=False
    )
    op.create_table('recommendation_state',
    sa.Column('recommendation_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('state_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendation.id'], name=op.f('fk_recommendation_state_recommendation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['state_id'], ['state.id'], name=op.f('fk_recommendation_state_state_id')),
    sa.PrimaryKeyConstraint('recommendation_id', 'state_id', name=op.f('pk_recommendation_state')),
    sqlite_with_rowid=False
    )
    op.create_table('recommendation_text',
    sa.Column('recommendation_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('heading', sa.Text(), nullable=True),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('cleaned', sa.Text(), nullable=False),
    sa.Column('origin', sa.String(length=12), nullable=False),
    sa.Column('untranslated', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendation.id'], name=op.f('fk_recommendation_text_recommendation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_recommendation_text_source_id')),
    sa.PrimaryKeyConstraint('recommendation_id', 'language', name=op.f('pk_recommendation_text')),
    sqlite_with_rowid=True
    )
    op.create_table('recommender',
    sa.Column('recommendation_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('state_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendation.id'], name=op.f('fk_recommender_recommendation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_recommender_source_id')),
    sa.ForeignKeyConstraint(['state_id'], ['state.id'], name=op.f('fk_recommender_state_id')),
    sa.PrimaryKeyConstraint('recommendation_id', 'state_id', 'source_id', name=op.f('pk_recommender')),
    sqlite_with_rowid=False
    )
    op.create_table('tag',
    sa.Column('recommendation_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('term_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=True),
    sa.Column('confirmed_by', sa.String(length=200), nullable=True),
    sa.Column('rejected', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['recommendation_id'], ['recommendation.id'], name=op.f('fk_tag_recommendation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_tag_source_id')),
    sa.ForeignKeyConstraint(['term_id'], ['term.id'], name=op.f('fk_tag_term_id')),
    sa.PrimaryKeyConstraint('recommendation_id', 'term_id', 'source_id', name=op.f('pk_tag')),
    sqlite_with_rowid=False
    )
    op.create_table('term_link',
    sa.Column('term_id', sa.Integer(), nullable=False),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['term_id'], ['term.id'], name=op.f('fk_term_link_term_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_id'], ['term.id'], name=op.f('fk_term_link_to_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('term_id', 'to_id', name=op.f('pk_term_link')),
    sqlite_with_rowid=False
    )
    dialect = op.get_bind().dialect.name
    for statement in SEARCH[dialect] + APPEND_ONLY[dialect]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table search_text")
    op.drop_table('term_link')
    op.drop_table('tag')
    op.drop_table('recommender')
    op.drop_table('recommendation_text')
    op.drop_table('recommendation_state')
    op.drop_table('recommendation_alias')
    with op.batch_alter_table('position', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_position_recommendation_id'))

    op.drop_table('position')
    with op.batch_alter_table('external_id', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_external_id_recommendation_id'))

    op.drop_table('external_id')
    op.drop_table('term')
    with op.batch_alter_table('recommendation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recommendation_state_id_recommendation_mechanism_id'))
        batch_op.drop_index(batch_op.f('ix_recommendation_parent_id'))
        batch_op.drop_index(batch_op.f('ix_recommendation_document_id_recommendation_order_key'))

    op.drop_table('recommendation')
    op.drop_table('vocabulary')
    with op.batch_alter_table('import_finding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_finding_run_id'))

    op.drop_table('import_finding')
    op.drop_table('import_change')
    op.drop_table('document')
    op.drop_table('state_alias')
    op.drop_table('mechanism_alias')
    op.drop_table('import_run')
    op.drop_table('state')
    op.drop_table('source')
    op.drop_table('search_state')
    op.drop_table('search_posting')
    op.drop_table('mechanism')
    op.drop_table('import_mapping')
    op.drop_table('audit_entry')
    op.drop_table('actor')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function audit_entry_append_only")
