//! The people of the scenes as employees: whoever has an active profile and is recognised is authorized, and attends.

use entity::face_profile;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, DatabaseConnection};
use serde_json::Value;

/// Stores a profile of everybody whom the scenes show.
pub async fn hire(db: &DatabaseConnection) {
    for person in testkit::camera::manifest()["people"].as_array().unwrap() {
        let profile = face_profile::ActiveModel {
            employee_id: Set(text(&person["employeeId"])),
            name: Set(text(&person["name"])),
            status: Set(face_profile::Status::Active),
            ..Default::default()
        };
        profile.insert(db).await.unwrap();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
