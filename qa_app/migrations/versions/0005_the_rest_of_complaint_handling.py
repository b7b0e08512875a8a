"""The rest of complaint handling: attachments, notices, alarms, alerts, corrective actions, rules, interfaces."""

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

STEPS = (
    'received', 'acknowledged', 'assessed', 'assigned', 'solved_on_the_spot', 'dispatched', 'sent_back', 'urged',
    'returned', 'return_refused', 'responsibility_decided', 'second_dispatched', 'manager_hotline',
    'held_accountable', 'accountable_replied', 'consented', 'remedy_requested', 'remedy_granted',
    'remedy_credited', 'progress_told', 'delay_told', 'paused', 'resumed', 'fed_back', 'called_back',
    'recontacted', 'reopened', 'appealed', 'close_requested', 'closed', 'archived', 'mended', 'sender_answered', 'settled', 'noted',
)


def widen_steps() -> None:
    """More kinds of steps are allowed; the rows stay."""
    allowed = "kind IN (%s)" % ", ".join(f"'{kind}'" for kind in STEPS)
    with op.batch_alter_table('case_step') as batch:
        batch.drop_constraint(op.f('ck_case_step_stepkind'), type_='check')
        batch.create_check_constraint(op.f('ck_case_step_stepkind'), sa.text(allowed))


def upgrade() -> None:
    widen_steps()
    op.create_table('webhook',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('secret_sealed', sa.Text(), nullable=False),
    sa.Column('events', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook'))
    )
    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_api_token_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash'))
    )
    op.create_index(op.f('ix_api_token_user_id'), 'api_token', ['user_id'], unique=False)
    op.create_table('corrective_action',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('class_code', sa.String(length=80), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('product', sa.String(length=120), nullable=False),
    sa.Column('campaign', sa.String(length=120), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('source_kind', sa.String(length=20), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_corrective_action_by_id_user')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_corrective_action_owner_id_user')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_corrective_action_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrective_action')),
    sa.UniqueConstraint('number', name=op.f('uq_corrective_action_number'))
    )
    op.create_index(op.f('ix_corrective_action_owner_id'), 'corrective_action', ['owner_id'], unique=False)
    op.create_index(op.f('ix_corrective_action_unit_id'), 'corrective_action', ['unit_id'], unique=False)
    op.create_table('known_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('campaign', 'outage', name='eventkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('class_code', sa.String(length=80), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('campaign', sa.String(length=120), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_known_event_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_known_event'))
    )
    op.create_table('rule_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_rule_text_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_text')),
    sa.UniqueConstraint('kind', 'name', 'version', name=op.f('uq_rule_text_kind_name_version'))
    )
    op.create_table('alarm',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('clock', sa.String(length=60), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=False),
    sa.Column('level', sa.Enum('warned', 'alarmed', 'escalated', 'to_manager', name='alarmlevel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_alarm_case_id_complaint_case')),
    sa.ForeignKeyConstraint(['seen_by_id'], ['user.id'], name=op.f('fk_alarm_seen_by_id_user')),
    sa.PrimaryKeyConstraint('case_id', 'clock', 'started_by', 'level', name=op.f('pk_alarm'))
    )
    op.create_index('ix_alarm_seen_at_at', 'alarm', ['seen_at', 'at'], unique=False)
    op.create_table('alert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('open_key', sa.String(length=250), nullable=True),
    sa.Column('class_code', sa.String(length=80), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('campaign', sa.String(length=120), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closing', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['closed_by_id'], ['user.id'], name=op.f('fk_alert_closed_by_id_user')),
    sa.ForeignKeyConstraint(['event_id'], ['known_event.id'], name=op.f('fk_alert_event_id_known_event')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert')),
    sa.UniqueConstraint('open_key', name=op.f('uq_alert_open_key'))
    )
    op.create_index(op.f('ix_alert_opened_at'), 'alert', ['opened_at'], unique=False)
    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('mime', sa.String(length=100), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_attachment_by_id_user')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_attachment_case_id_complaint_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index(op.f('ix_attachment_case_id'), 'attachment', ['case_id'], unique=False)
    op.create_table('corrective_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('action_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('opened', 'proof_given', 'proof_refused', 'verified', 'reopened', 'noted', name='actionkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['action_id'], ['corrective_action.id'], name=op.f('fk_corrective_step_action_id_corrective_action')),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_corrective_step_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrective_step')),
    sa.UniqueConstraint('action_id', 'number', name=op.f('uq_corrective_step_action_id_number'))
    )
    op.create_table('idempotency',
    sa.Column('token_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['token_id'], ['api_token.id'], name=op.f('fk_idempotency_token_id_api_token')),
    sa.PrimaryKeyConstraint('token_id', 'key', name=op.f('pk_idempotency'))
    )
    op.create_index(op.f('ix_idempotency_at'), 'idempotency', ['at'], unique=False)
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('once', sa.String(length=160), nullable=False),
    sa.Column('template', sa.String(length=60), nullable=False),
    sa.Column('sender', sa.String(length=20), nullable=False),
    sa.Column('to_sealed', sa.Text(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body_sealed', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'delivered', 'failed', name='noticestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_notice_by_id_user')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_notice_case_id_complaint_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('once', name=op.f('uq_notice_once'))
    )
    op.create_index('ix_notice_case_id_created_at', 'notice', ['case_id', 'created_at'], unique=False)
    op.create_index(op.f('ix_notice_reference'), 'notice', ['reference'], unique=False)
    op.create_table('alert_case',
    sa.Column('alert_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_case_alert_id_alert')),
    sa.ForeignKeyConstraint(['case_id'], ['complaint_case.id'], name=op.f('fk_alert_case_case_id_complaint_case')),
    sa.PrimaryKeyConstraint('alert_id', 'case_id', name=op.f('pk_alert_case'))
    )
    op.create_index(op.f('ix_alert_case_case_id'), 'alert_case', ['case_id'], unique=False)
    op.add_column('customer', sa.Column('email_sealed', sa.Text(), server_default='', nullable=False))
