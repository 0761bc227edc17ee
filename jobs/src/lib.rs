//! What work exists: one payload a file, and how it is enqueued.
