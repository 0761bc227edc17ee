//! Primary keys that the application makes. A UUID is of version 7, so that keys rise with time and inserts stay at the right
//! edge of their index.

/// Gives an entity whose key is `id: Uuid` a fresh version 7 one at insert, unless the caller has set it.
///
/// It runs in `ActiveModel::insert` and `save`; `Entity::insert` and `insert_many` bypass it, so callers of those set the key.
macro_rules! uuid_v7_key {
    () => {
        #[sea_orm::prelude::async_trait::async_trait]
        impl sea_orm::ActiveModelBehavior for ActiveModel {
            async fn before_save<C: sea_orm::ConnectionTrait>(
                mut self,
                _db: &C,
                insert: bool,
            ) -> Result<Self, sea_orm::DbErr> {
                if insert {
                    self.id.set_if_unset(uuid::Uuid::now_v7());
                }
                Ok(self)
            }
        }
    };
}

pub(crate) use uuid_v7_key;
