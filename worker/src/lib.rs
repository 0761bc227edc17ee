//! Workers: run the jobs.
