//! The audit: every POST, PUT, PATCH and DELETE leaves exactly one row. A change's row is written by [`Change::commit`]
//! in the change's own transaction, so that neither exists without the other; what wrote none by the end of the call
//! (refused, failed, or nothing to change) gets its row from the middleware; while the database is away, that row waits in
//! the [`Backlog`].

mod backlog;
mod change;
mod entry;
mod mask;

pub use backlog::Backlog;
pub use change::Change;
pub use entry::Entry;
