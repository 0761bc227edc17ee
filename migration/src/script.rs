//! What a migration file is made of: the SQL that makes its tables and the SQL that removes them. Partitions, partial and
//! expression indexes, check constraints and triggers are PostgreSQL's own language, so they are written in it and not built.

/// Declares `Migration` of the file it stands in (the file's name is the migration's) from two scripts.
/// Each script runs in one transaction.
macro_rules! migration {
    (up: $up:expr, down: $down:expr $(,)?) => {
        /// The migration of this file.
        #[derive(sea_orm_migration::prelude::DeriveMigrationName)]
        pub struct Migration;

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                use sea_orm_migration::sea_orm::ConnectionTrait as _;
                manager.get_connection().execute_unprepared($up).await.map(drop)
            }

            async fn down(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::DbErr> {
                use sea_orm_migration::sea_orm::ConnectionTrait as _;
                manager.get_connection().execute_unprepared($down).await.map(drop)
            }
        }
    };
}

pub(crate) use migration;
