//! The three roles and their permissions, as the table of permissions in the HTTP contract names them.

use entity::{TextList, role};
use sea_orm_migration::sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};

const ROLES: [(&str, &str, &str, &str); 3] = [
    ("ROLE-ADMIN", "Admin", "May do everything.", "*"),
    (
        "ROLE-OPERATOR",
        "Operator",
        "Runs cameras, faces, attendance and reports from day to day.",
        "cameras:read cameras:write detections:read detections:write attendance:read attendance:write \
         faces:read faces:write alerts:read alerts:write reports:read reports:write system:read jobs:read odoo:read",
    ),
    (
        "ROLE-VIEWER",
        "Viewer",
        "Sees what is going on and changes nothing.",
        "cameras:read detections:read attendance:read alerts:read reports:read system:read",
    ),
];

/// Adds the roles that are missing.
pub(super) async fn plant(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let rows = ROLES.map(|(id, name, description, permissions)| role::ActiveModel {
        id: Set(id.to_owned()),
        name: Set(name.to_owned()),
        description: Set(description.to_owned()),
        permissions: Set(permissions.split_whitespace().collect::<TextList>()),
        ..Default::default()
    });
    role::Entity::insert_many(rows).on_conflict_do_nothing().exec_without_returning(db).await.map(drop)
}
