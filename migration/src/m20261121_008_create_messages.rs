//! What the system tells people: alerts, notifications and banners. The partial unique index on `dedup_key` is what makes one
//! trouble one open alert, however many workers see it at once.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE alerts (
    id text PRIMARY KEY,
    title text NOT NULL,
    description text,
    level text NOT NULL CHECK (level IN ('low', 'medium', 'high', 'critical')),
    kind text NOT NULL,
    dedup_key text,
    timestamp timestamptz NOT NULL,
    camera_id text,
    acknowledged boolean NOT NULL DEFAULT false,
    acknowledged_by uuid REFERENCES users (id) ON DELETE SET NULL,
    muted_until timestamptz,
    tags jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tags) = 'array'),
    resolved_at timestamptz
);
CREATE UNIQUE INDEX alerts_open_dedup_key ON alerts (dedup_key) WHERE resolved_at IS NULL;
CREATE INDEX alerts_dedup_key_idx ON alerts (dedup_key, timestamp DESC) WHERE dedup_key IS NOT NULL;
CREATE INDEX alerts_timestamp_idx ON alerts (timestamp DESC, id DESC);
CREATE INDEX alerts_level_idx ON alerts (level, timestamp DESC, id DESC);
CREATE INDEX alerts_acknowledged_idx ON alerts (acknowledged, timestamp DESC, id DESC);
CREATE INDEX alerts_camera_id_idx ON alerts (camera_id, timestamp DESC, id DESC);

CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    notification_type text NOT NULL,
    title text NOT NULL,
    message text,
    level text NOT NULL CHECK (level IN ('info', 'warning', 'critical')),
    link text,
    timestamp timestamptz NOT NULL
);
CREATE INDEX notifications_user_id_idx ON notifications (user_id, timestamp DESC, id DESC);

CREATE TABLE notification_receipts (
    notification_id uuid NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    acknowledged_at timestamptz,
    deleted_at timestamptz,
    PRIMARY KEY (notification_id, user_id)
);
CREATE INDEX notification_receipts_user_id_idx ON notification_receipts (user_id);

CREATE TABLE banner_messages (
    id uuid PRIMARY KEY,
    message text NOT NULL,
    level text NOT NULL CHECK (level IN ('info', 'warning', 'critical')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    created_by uuid NOT NULL REFERENCES users (id),
    CHECK (ends_at > starts_at)
);
CREATE INDEX banner_messages_window_idx ON banner_messages (starts_at, ends_at);

CALL keep_row_times('alerts', 'notifications', 'notification_receipts', 'banner_messages');
",
    down: "DROP TABLE banner_messages, notification_receipts, notifications, alerts;",
}
