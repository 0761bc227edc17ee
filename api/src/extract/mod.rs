//! What handlers take out of a request, checked: JSON bodies, kinds of text, pages, idempotency keys.

mod body;
mod idempotency;
mod paging;
mod picture;
mod schema;
mod text_kinds;
mod wording;

pub use body::Body;
pub(crate) use body::parse as parse_body;
pub use idempotency::IdempotencyKey;
pub use paging::{PageNumber, PageSize, Paging};
pub use picture::jpeg_of;
pub use text_kinds::{CameraId, OneLine};
pub(crate) use wording::expectation;
