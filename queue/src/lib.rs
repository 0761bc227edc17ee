//! The job queue: an apalis backend on Redis with leases, fencing, retries, priorities and limits.
