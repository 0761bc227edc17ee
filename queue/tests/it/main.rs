//! Integration tests of the queue, against a real Redis.
