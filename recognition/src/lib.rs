//! Clients of face-detection providers.
