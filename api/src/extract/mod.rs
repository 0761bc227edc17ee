//! What handlers take out of a request, checked: JSON bodies, pages, idempotency keys.

mod body;
mod idempotency;
mod paging;
mod schema;

pub use body::Body;
pub(crate) use body::parse as parse_body;
pub use idempotency::IdempotencyKey;
pub use paging::{PageNumber, PageSize, Paging};
