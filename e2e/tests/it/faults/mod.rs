//! Faults that lose nothing: real processes with hundreds of jobs under way (`FAULTS=long`: a thousand and a half), one fault in
//! the middle, and the count of every effect afterwards.

mod network;
mod postgres;
mod redis;
mod redis_full;
mod sockets;
mod storage;
mod workers;
