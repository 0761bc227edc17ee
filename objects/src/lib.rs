//! An S3 server over a folder, for the demo and the tests: signatures (`SigV4`, in headers and in presigned
//! URLs) are checked, so a client that signs wrongly fails here as it would in production. It is not meant to
//! be a production store: no replication, no access rules beyond one key.

mod files;
mod server;
mod settings;

pub use server::{Error, Server, serve};
pub use settings::{HELP, Settings, SettingsError};
