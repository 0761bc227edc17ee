//! Attendance on its way to Odoo, so that each log ends as exactly one record there, or as a failure that says what to do.
//!
//! A batch of logs is taken ([`batch`]), its people are found, and what Odoo has of it is read. What is to be done about each log
//! follows from that alone ([`decide`]). It is noted in the log before it is done ([`sent`]), so that after a lost reply or a killed
//! worker the next run knows what to look for there before it sends anything again.

mod batch;
mod connect;
mod decide;
mod delete;
mod outcome;
mod send;
mod sent;
mod sync;
mod tell;

pub(crate) use delete::remove;
pub(crate) use sync::sync;
