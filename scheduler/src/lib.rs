//! The scheduler: ticks and the outbox sweeper.
