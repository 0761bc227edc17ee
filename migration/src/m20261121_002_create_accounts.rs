//! Accounts: roles, departments, users, and what signing in leaves behind. A soft-deleted user frees the e-mail address and
//! the employee id, hence the partial unique indexes.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE roles (
    id text PRIMARY KEY,
    name text NOT NULL UNIQUE,
    permissions jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(permissions) = 'array'),
    description text NOT NULL DEFAULT ''
);

CREATE TABLE departments (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    description text,
    location text,
    manager_id uuid,
    budget_allocated double precision CHECK (budget_allocated >= 0),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive'))
);
CREATE UNIQUE INDEX departments_name_key ON departments (lower(name));

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    hashed_password text NOT NULL,
    role_id text NOT NULL REFERENCES roles (id),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    employee_id text,
    department_id uuid REFERENCES departments (id) ON DELETE SET NULL,
    phone text,
    address text,
    avatar_key text,
    join_date date,
    last_login timestamptz,
    last_active timestamptz,
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0)
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_employee_id_key ON users (employee_id) WHERE deleted_at IS NULL;
CREATE INDEX users_role_id_idx ON users (role_id);
CREATE INDEX users_status_idx ON users (status);
CREATE INDEX users_department_id_idx ON users (department_id);

ALTER TABLE departments
    ADD CONSTRAINT departments_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES users (id) ON DELETE SET NULL;

CREATE TABLE login_attempts (
    email_lower text NOT NULL,
    ip_address inet NOT NULL,
    failures integer NOT NULL CHECK (failures >= 0),
    window_started_at timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (email_lower, ip_address)
);
CREATE INDEX login_attempts_window_idx ON login_attempts (window_started_at);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL,
    key_hash text NOT NULL UNIQUE,
    scopes jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(scopes) = 'array'),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_keys_user_id_idx ON api_keys (user_id);

CREATE TABLE user_sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    family_id uuid NOT NULL,
    refresh_token_hash text NOT NULL UNIQUE,
    device_id text,
    device_name text,
    ip_address inet,
    user_agent text,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    revocation_reason text CHECK (revocation_reason IN
        ('rotated', 'reused', 'signed_out', 'password_changed', 'suspended')),
    CHECK (expires_at > issued_at),
    CHECK ((revoked_at IS NULL) = (revocation_reason IS NULL))
);
CREATE INDEX user_sessions_user_id_idx ON user_sessions (user_id);
CREATE INDEX user_sessions_family_id_idx ON user_sessions (family_id);
CREATE INDEX user_sessions_expires_at_idx ON user_sessions (expires_at);

CREATE TABLE user_preferences (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    theme text NOT NULL DEFAULT 'system' CHECK (theme IN ('light', 'dark', 'system')),
    grid_mode text NOT NULL DEFAULT '2x2',
    auto_rotate boolean NOT NULL DEFAULT false,
    language text NOT NULL DEFAULT 'en',
    timezone text NOT NULL DEFAULT 'UTC',
    notifications_enabled boolean NOT NULL DEFAULT true,
    camera_access_enabled boolean NOT NULL DEFAULT false,
    export_format text NOT NULL DEFAULT 'csv' CHECK (export_format IN ('csv', 'xlsx', 'pdf')),
    preferences jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object')
);

CALL keep_row_times(
    'roles', 'departments', 'users', 'login_attempts', 'api_keys', 'user_sessions', 'user_preferences');
",
    down: "
DROP TABLE user_preferences, user_sessions, api_keys, login_attempts;
ALTER TABLE departments DROP CONSTRAINT departments_manager_id_fkey;
DROP TABLE users, departments, roles;
",
}
