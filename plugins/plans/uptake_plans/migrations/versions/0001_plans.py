"""Plans, their actions, and the recommendations that these answer.

Revision: 0001_plans, the first
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_plans"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plans_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plans_plan_code")),
    )
    op.create_table(
        "plans_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("budget", sa.Text(), nullable=True),
        sa.Column("reported", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans_plan.id"], name=op.f("fk_plans_action_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["actor.id"], name=op.f("fk_plans_action_lead_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans_action")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_plans_action_plan_id_code")),
    )
    op.create_index(op.f("ix_plans_action_lead_id"), "plans_action", ["lead_id"])
    op.create_index(op.f("ix_plans_action_due"), "plans_action", ["due"])
    op.create_table(
        "plans_action_recommendation",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["plans_action.id"],
            name=op.f("fk_plans_action_recommendation_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["recommendation.id"],
            name=op.f("fk_plans_action_recommendation_recommendation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("action_id", "recommendation_id", name=op.f("pk_plans_action_recommendation")),
    )
    op.create_index(
        op.f("ix_plans_action_recommendation_recommendation_id"), "plans_action_recommendation", ["recommendation_id"]
    )


def downgrade() -> None:
    op.drop_table("plans_action_recommendation")
    op.drop_table("plans_action")
    op.drop_table("plans_plan")
