//! An S3 server on the local disk, for the demo and the tests.
