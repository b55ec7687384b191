"""Report projects, their sections, sources, comments, and the circulation of drafts.

Revision: 0001_reports, the first
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_reports"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports_project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("outline", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("mechanism_id", sa.Integer(), nullable=True),
        sa.Column("state_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("words", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_reports_project_document_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["mechanism_id"], ["mechanism.id"], name=op.f("fk_reports_project_mechanism_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["state_id"], ["state.id"], name=op.f("fk_reports_project_state_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_project")),
        sa.UniqueConstraint("uuid", name=op.f("uq_reports_project_uuid")),
    )
    op.create_table(
        "reports_asked",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_reports_asked_actor_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["reports_project.id"], name=op.f("fk_reports_asked_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_reports_asked_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "recommendation_id", "actor_id", name=op.f("pk_reports_asked")),
    )
    op.create_table(
        "reports_circulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("society", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["reports_project.id"], name=op.f("fk_reports_circulation_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_circulation_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_circulation")),
    )
    op.create_index(op.f("ix_reports_circulation_project_id"), "reports_circulation", ["project_id"], unique=False)
    op.create_table(
        "reports_member",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["reports_project.id"], name=op.f("fk_reports_member_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_member_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "user_id", name=op.f("pk_reports_member")),
    )
    op.create_index(op.f("ix_reports_member_user_id"), "reports_member", ["user_id"], unique=False)
    op.create_table(
        "reports_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("heading", sa.String(length=300), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("wants", sa.JSON(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_reports_section_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["reports_section.id"], name=op.f("fk_reports_section_parent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["reports_project.id"], name=op.f("fk_reports_section_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_section_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_section")),
    )
    op.create_index(op.f("ix_reports_section_actor_id"), "reports_section", ["actor_id"], unique=False)
    op.create_index(
        op.f("ix_reports_section_project_id_reports_section_position"),
        "reports_section",
        ["project_id", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_reports_section_user_id"), "reports_section", ["user_id"], unique=False)
    op.create_table(
        "reports_circulation_actor",
        sa.Column("circulation_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_reports_circulation_actor_actor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["circulation_id"],
            ["reports_circulation.id"],
            name=op.f("fk_reports_circulation_actor_circulation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("circulation_id", "actor_id", name=op.f("pk_reports_circulation_actor")),
    )
    op.create_index(
        op.f("ix_reports_circulation_actor_actor_id"), "reports_circulation_actor", ["actor_id"], unique=False
    )
    op.create_table(
        "reports_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["section_id"], ["reports_section.id"], name=op.f("fk_reports_comment_section_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_comment_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_comment")),
    )
    op.create_index(op.f("ix_reports_comment_section_id"), "reports_comment", ["section_id"], unique=False)
    op.create_table(
        "reports_lock",
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["reports_section.id"], name=op.f("fk_reports_lock_section_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_lock_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("section_id", name=op.f("pk_reports_lock")),
    )
    op.create_table(
        "reports_remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circulation_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("anchor", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disposition", sa.String(length=12), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actor.id"], name=op.f("fk_reports_remark_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["circulation_id"],
            ["reports_circulation.id"],
            name=op.f("fk_reports_remark_circulation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["reports_section.id"], name=op.f("fk_reports_remark_section_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_remark_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_remark")),
    )
    op.create_index(op.f("ix_reports_remark_actor_id"), "reports_remark", ["actor_id"], unique=False)
    op.create_index(op.f("ix_reports_remark_circulation_id"), "reports_remark", ["circulation_id"], unique=False)
    op.create_table(
        "reports_section_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["reports_section.id"],
            name=op.f("fk_reports_section_version_section_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_section_version_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_section_version")),
        sa.UniqueConstraint("section_id", "number", name=op.f("uq_reports_section_version_section_id_number")),
    )
    op.create_table(
        "reports_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("taken", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_reports_source_recommendation_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["reports_section.id"], name=op.f("fk_reports_source_section_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_source_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_source")),
        sa.UniqueConstraint("section_id", "kind", "ref", name=op.f("uq_reports_source_section_id_kind_ref")),
        sa.UniqueConstraint("uuid", name=op.f("uq_reports_source_uuid")),
    )
    op.create_index(op.f("ix_reports_source_kind_reports_source_ref"), "reports_source", ["kind", "ref"], unique=False)
    op.create_index(op.f("ix_reports_source_recommendation_id"), "reports_source", ["recommendation_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reports_source")
    op.drop_table("reports_section_version")
    op.drop_table("reports_remark")
    op.drop_table("reports_lock")
    op.drop_table("reports_comment")
    op.drop_table("reports_circulation_actor")
    op.drop_table("reports_section")
    op.drop_table("reports_member")
    op.drop_table("reports_circulation")
    op.drop_table("reports_asked")
    op.drop_table("reports_project")
