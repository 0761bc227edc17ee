//! The S3 server as its clients see it: the `s3` crate over the network, as in api and worker, and bare HTTP.
#![expect(clippy::unwrap_used, reason = "tests")]

mod multipart;
mod process;
mod reading;
mod room;
mod signatures;
