//! Our own face recogniser behind an HTTP contract.
