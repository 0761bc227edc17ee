//! What every call passes on its way in and out, one concern a file. From outside to inside:
//! `entrance` (request id, address, token, metrics) → `cors` → `compression` → `rate_limit` → `audit` → `recover`
//! (errors and panics become the envelope) → `target` → `body_limit` → the router.

pub mod audit;
pub mod body_limit;
pub mod compression;
pub mod cors;
pub mod entrance;
pub mod rate_limit;
pub mod recover;
pub mod target;

/// Declares a middleware: the layer, and the endpoint type that wraps the next. With `=>` the endpoint keeps the layer.
macro_rules! middleware {
    ($(#[$doc:meta])* $name:ident -> $endpoint:ident) => {
        impl<E: poem::Endpoint<Output = poem::Response>> poem::Middleware<E> for $name {
            type Output = $endpoint<E>;

            fn transform(&self, next: E) -> $endpoint<E> {
                $endpoint { next }
            }
        }

        $(#[$doc])*
        pub struct $endpoint<E> {
            next: E,
        }
    };
    ($(#[$doc:meta])* $name:ident => $endpoint:ident) => {
        impl<E: poem::Endpoint<Output = poem::Response>> poem::Middleware<E> for $name {
            type Output = $endpoint<E>;

            fn transform(&self, next: E) -> $endpoint<E> {
                $endpoint { next, layer: self.clone() }
            }
        }

        $(#[$doc])*
        pub struct $endpoint<E> {
            next: E,
            layer: $name,
        }
    };
}
use middleware;
