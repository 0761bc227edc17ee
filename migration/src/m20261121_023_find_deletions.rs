//! The deletions of one person's records in Odoo, which each sync asks for that finds a record it does not know.

use crate::script::migration;

migration! {
    up: "CREATE INDEX job_outbox_deletions_idx ON job_outbox ((payload ->> 'employeeId')) WHERE kind = 'delete_odoo_record';",
    down: "DROP INDEX job_outbox_deletions_idx;",
}
