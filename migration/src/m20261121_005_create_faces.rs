//! Known faces. Removing a profile removes its pictures and encodings with it.

use crate::script::migration;

migration! {
    up: "
CREATE TABLE face_profiles (
    id uuid PRIMARY KEY,
    employee_id text NOT NULL UNIQUE,
    name text NOT NULL,
    department text,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('active', 'pending', 'archived')),
    consent_at timestamptz,
    notes text
);
CREATE INDEX face_profiles_department_idx ON face_profiles (department);
CREATE INDEX face_profiles_status_idx ON face_profiles (status);

CREATE TABLE face_images (
    id uuid PRIMARY KEY,
    profile_id uuid NOT NULL REFERENCES face_profiles (id) ON DELETE CASCADE,
    s3_key text NOT NULL,
    image_hash text NOT NULL,
    quality_score double precision CHECK (quality_score BETWEEN 0 AND 1),
    face_confidence double precision CHECK (face_confidence BETWEEN 0 AND 100),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'verified', 'rejected')),
    provider_ref text,
    encoding bytea,
    captured_at timestamptz
);
CREATE UNIQUE INDEX face_images_image_hash_key ON face_images (profile_id, image_hash);

CALL keep_row_times('face_profiles', 'face_images');
",
    down: "DROP TABLE face_images, face_profiles;",
}
