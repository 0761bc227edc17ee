//! Models and tables: every table has its model, and every model reads a row in which no column is null.

use std::collections::BTreeSet;

use sea_orm::{EntityName, EntityTrait, FromQueryResult, raw_sql};

use crate::fill::fill;

#[derive(FromQueryResult)]
struct Table {
    name: String,
}

macro_rules! read_row_of_each {
    ($db:expr, $($table:ident)*) => {{
        let mut tables = BTreeSet::new();
        $(
            let row = entity::$table::Entity::find().one($db).await;
            assert!(row.unwrap_or_else(|error| panic!("{}: {error}", stringify!($table))).is_some());
            tables.insert(entity::$table::Entity.table_name().to_owned());
        )*
        tables
    }};
}

#[tokio::test]
async fn every_table_has_a_model_that_reads_a_full_row() {
    let database = testkit::database().await;
    let db = &database.connection;
    fill(db).await;
    let modelled = read_row_of_each!(db,
        alert api_key attendance_log attendance_log_change attendance_record audit_log banner_message camera camera_summary closed_day department detection
        detection_event_count detection_event_log detection_provider_config export_job face_image face_profile id_counter idempotency_key job_effect job_outbox
        login_attempt notification notification_receipt odoo_config odoo_sync_count odoo_sync_log report_schedule role schedule
        shift_schedule system_config system_metric system_service user user_preference user_session
    );
    let query = raw_sql!(
        Postgres,
        r#"SELECT relname::text AS name FROM pg_class
           WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
             AND relname <> 'seaql_migrations'"#
    );
    let tables = Table::find_by_statement(query).all(db).await.unwrap();
    assert_eq!(modelled, tables.into_iter().map(|table| table.name).collect());
}
