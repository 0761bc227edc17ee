//! `created_at` and `updated_at`: the database keeps them, whatever statement writes.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, raw_sql};

use crate::fill::fill;

#[derive(FromQueryResult)]
struct Table {
    name: String,
}

#[tokio::test]
async fn every_table_keeps_the_times_of_its_rows() {
    let database = testkit::database().await;
    let query = raw_sql!(
        Postgres,
        r#"SELECT relname::text AS name FROM pg_class t
           WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'seaql_migrations'
             AND NOT (EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgname = 'touch_updated_at')
                      AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnotnull
                             AND a.attname IN ('created_at', 'updated_at')) = 2)"#
    );
    let without = Table::find_by_statement(query).all(&database.connection).await.unwrap();
    assert_eq!(without.into_iter().map(|table| table.name).collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn an_update_by_any_statement_moves_updated_at_and_leaves_created_at() {
    let database = testkit::database().await;
    let db = &database.connection;
    fill(db).await;
    for table in ["roles", "detections"] {
        let statement = format!(
            "UPDATE {table} SET created_at = created_at - interval '1 day', updated_at = '2000-01-01'
             RETURNING '' AS name, (updated_at = now() AND created_at < now() - interval '23 hours') AS kept"
        );
        let row =
            db.query_one_raw(Statement::from_string(DbBackend::Postgres, statement)).await.unwrap().unwrap();
        assert!(row.try_get::<bool>("", "kept").unwrap(), "{table}");
    }
}
