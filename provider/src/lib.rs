//! Rollcall's own face recogniser behind an HTTP contract: it finds faces, tells whose they are, and keeps the people
//! who were enrolled. It needs neither C++ nor the rest of Rollcall; the binary `rollcall-provider` serves it.

pub mod causes;
pub mod engine;
pub mod http;
pub mod matching;
pub mod model_files;
mod observation;
pub mod people;
pub mod picture;
pub mod recogniser;
pub mod settings;
