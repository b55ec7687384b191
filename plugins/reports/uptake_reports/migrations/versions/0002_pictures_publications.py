"""Pictures keep their numbers, sources may have long addresses, and frozen reports can be published.

Revision: 0002_pictures_publications, after 0001_reports
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_pictures_publications"
down_revision = "0001_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reports_source") as table:
        table.add_column(sa.Column("numbers", sa.JSON(none_as_null=True), nullable=True))
        table.alter_column("path", existing_type=sa.String(length=300), type_=sa.Text(), existing_nullable=False)
    op.create_table(
        "reports_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["reports_project.id"], name=op.f("fk_reports_publication_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reports_publication_user_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["user_account.id"],
            name=op.f("fk_reports_publication_withdrawn_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_publication")),
    )
    op.create_index(op.f("ix_reports_publication_project_id"), "reports_publication", ["project_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reports_publication")
    op.execute(sa.text("DELETE FROM reports_source WHERE kind = 'picture' OR length(path) > 300"))
    with op.batch_alter_table("reports_source") as table:
        table.alter_column("path", existing_type=sa.Text(), type_=sa.String(length=300), existing_nullable=False)
        table.drop_column("numbers")
