//! The audit trail. It is append-only for every role, the owner's included: a trigger refuses UPDATE and TRUNCATE, and lets
//! DELETE through only in a transaction that has set `rollcall.audit_retention` to `on`, which only retention does.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE audit_logs (
    id uuid PRIMARY KEY,
    actor text NOT NULL,
    user_id uuid,
    actor_role text,
    action text NOT NULL,
    resource_type text,
    resource_id text,
    message text NOT NULL,
    old_value jsonb,
    new_value jsonb,
    context jsonb,
    severity text NOT NULL DEFAULT 'info' CHECK (severity IN ('info', 'warning', 'critical')),
    status text NOT NULL CHECK (status IN ('success', 'failure')),
    error_message text,
    ip_address inet,
    user_agent text,
    request_id uuid NOT NULL,
    timestamp timestamptz NOT NULL
);
CREATE INDEX audit_logs_actor_idx ON audit_logs (actor, timestamp DESC, id DESC);
CREATE INDEX audit_logs_timestamp_idx ON audit_logs (timestamp DESC, id DESC);
CREATE INDEX audit_logs_severity_idx ON audit_logs (severity, timestamp DESC, id DESC);
CREATE INDEX audit_logs_resource_idx ON audit_logs (resource_type, resource_id, timestamp DESC);

CALL keep_row_times('audit_logs');

CREATE OR REPLACE FUNCTION guard_audit_logs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('rollcall.audit_retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit_logs is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON audit_logs
    FOR EACH ROW EXECUTE FUNCTION guard_audit_logs();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON audit_logs
    FOR EACH STATEMENT EXECUTE FUNCTION guard_audit_logs();
",
    down: "
DROP TABLE audit_logs;
DROP FUNCTION guard_audit_logs();
",
}
