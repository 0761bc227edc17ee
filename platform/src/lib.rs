//! Settings, database, Redis, object storage, encryption, telemetry and shutdown, shared by every binary.
