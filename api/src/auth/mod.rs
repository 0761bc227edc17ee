//! Who is calling and what they may do: passwords, access tokens, sessions, the lock after failed sign-ins, and the
//! declaration of permissions that every operation carries among its arguments.

mod declare;
mod known_tokens;
pub mod lockout;
pub mod login;
pub mod password;
mod permission;
mod refresh_token;
mod session;
mod token;

pub use declare::{Auth, PUBLIC, Public, SIGN_IN, SignIn};
pub use permission::*;
pub(crate) use session::{SessionCheck, states};
pub use session::{SessionState, Sessions};
pub use token::{Claims, TokenError, TokenKeys};
