//! Private servers, databases, buckets and cameras for tests.
