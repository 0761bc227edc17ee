//! One row in every table, with a value in every column: made from the catalogue, so that a new table or column is filled
//! without anybody's doing.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, FromQueryResult, Statement, TransactionTrait};

#[derive(FromQueryResult)]
struct Insert {
    statement: String,
}

/// Builds an INSERT per table. Times rise from column to column, so that what ends ends after it began; a CHECK that lists
/// texts gives the first of them.
const INSERTS: &str = r#"
    SELECT format('INSERT INTO %I (%s) VALUES (%s) ON CONFLICT DO NOTHING', c.table_name,
                  string_agg(format('%I', c.column_name), ', ' ORDER BY c.ordinal_position),
                  string_agg(coalesce(one_of.value, CASE c.data_type
                      WHEN 'text' THEN '''x'''
                      WHEN 'uuid' THEN 'gen_random_uuid()'
                      WHEN 'timestamp with time zone' THEN format('now() + %s * interval ''1 minute''', c.ordinal_position)
                      WHEN 'time without time zone' THEN format('time ''08:00'' + %s * interval ''1 minute''', c.ordinal_position)
                      WHEN 'date' THEN 'current_date'
                      WHEN 'inet' THEN '''192.0.2.1'''
                      WHEN 'bytea' THEN '''\x00'''
                      WHEN 'boolean' THEN 'true'
                      WHEN 'xid8' THEN '''1'''
                      WHEN 'ARRAY' THEN 'ARRAY[1]'
                      WHEN 'jsonb' THEN coalesce(c.column_default, '''{"top":1,"left":2,"width":3,"height":4}''')
                      ELSE '1' END), ', ' ORDER BY c.ordinal_position)) AS statement
    FROM information_schema.columns c
    JOIN pg_class t ON t.oid = format('public.%I', c.table_name)::regclass AND t.relkind IN ('r', 'p') AND NOT t.relispartition
    LEFT JOIN LATERAL (
        SELECT quote_literal(substring(pg_get_constraintdef(k.oid) FROM '''([^'']*)''::text')) AS value
        FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
        WHERE k.conrelid = t.oid AND k.contype = 'c' AND a.attname = c.column_name
          AND pg_get_constraintdef(k.oid) LIKE '%= ANY (ARRAY[%'
    ) AS one_of ON true
    WHERE c.table_schema = 'public' AND c.is_generated = 'NEVER' AND c.table_name <> 'seaql_migrations'
    GROUP BY c.table_name"#;

/// Fills every table. References between the rows are not looked at.
pub async fn fill(db: &DatabaseConnection) {
    let inserts = Insert::find_by_statement(Statement::from_string(DbBackend::Postgres, INSERTS))
        .all(db)
        .await
        .unwrap();
    let transaction = db.begin().await.unwrap();
    transaction.execute_unprepared("SET LOCAL session_replication_role = replica").await.unwrap();
    for Insert { statement } in inserts {
        transaction
            .execute_unprepared(&statement)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    transaction.commit().await.unwrap();
}
