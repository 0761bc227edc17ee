//! Migrations run forward, back and forward again, on an empty and on a filled database.

use std::collections::BTreeSet;

use migration::{Migrator, MigratorTrait};
use sea_orm::{DatabaseConnection, FromQueryResult, raw_sql};

use crate::fill::fill;

#[derive(FromQueryResult)]
struct Object {
    name: String,
}

/// Everything that migrations make: relations, functions, constraints and indexes, with their definitions. The days of
/// `detections` are left out, since they hang on today's date.
async fn objects(db: &DatabaseConnection) -> BTreeSet<String> {
    let query = raw_sql!(
        Postgres,
        r#"SELECT 'relation ' || relname || ' ' || relkind::text AS name FROM pg_class
           WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'seaql_migrations%'
           UNION ALL
           SELECT 'function ' || p.oid::regprocedure::text FROM pg_proc p
           WHERE pronamespace = 'public'::regnamespace
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
           UNION ALL
           SELECT 'constraint ' || conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid)
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
             AND conrelid::regclass::text <> 'seaql_migrations'
           UNION ALL
           SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'seaql_migrations'"#
    );
    let objects =
        Object::find_by_statement(query).all(db).await.unwrap().into_iter().map(|object| object.name);
    objects.filter(|name| !name.contains("detections_2")).collect()
}

#[tokio::test]
async fn up_down_up_on_an_empty_database_leaves_nothing_behind_and_makes_the_same_again() {
    let database = testkit::empty_database().await;
    let db = &database.connection;
    Migrator::up(db, None).await.unwrap();
    let first = objects(db).await;
    Migrator::down(db, None).await.unwrap();
    assert_eq!(objects(db).await, BTreeSet::new());
    Migrator::up(db, None).await.unwrap();
    assert_eq!(objects(db).await, first);
}

#[tokio::test]
async fn up_down_up_works_on_a_filled_database_too() {
    let database = testkit::database().await;
    let db = &database.connection;
    let first = objects(db).await;
    fill(db).await;
    Migrator::down(db, None).await.unwrap();
    Migrator::up(db, None).await.unwrap();
    assert_eq!(objects(db).await, first);
    fill(db).await;
}

#[tokio::test]
async fn each_migration_can_be_taken_back_and_applied_again_by_itself() {
    let database = testkit::database().await;
    let db = &database.connection;
    let complete = objects(db).await;
    for steps in 1..=u32::try_from(Migrator::migrations().len()).unwrap() {
        fill(db).await;
        Migrator::down(db, Some(steps)).await.unwrap();
        Migrator::up(db, None).await.unwrap();
        assert_eq!(objects(db).await, complete, "after taking back {steps}");
    }
}
