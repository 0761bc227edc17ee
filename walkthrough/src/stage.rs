//! Sets the stage: the people of the scenes are enrolled, with the provider and as active profiles, and the simulated
//! cameras are registered. Everything may be there already from an earlier run.

use std::path::Path;

use entity::face_profile;
use reqwest::{Client as Http, multipart};
use sea_orm::{ActiveValue::Set, Database, DatabaseConnection, EntityTrait as _, sea_query::OnConflict};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::{client::Client, error::Error, setting::setting};

/// What `simulator/compose.py` wrote about the scenes.
#[derive(Debug, Deserialize)]
pub struct Manifest {
    /// The simulated cameras.
    pub cameras: Vec<Scene>,
    /// Who is to be enrolled.
    pub people: Vec<Person>,
}

/// One simulated camera.
#[derive(Debug, Deserialize)]
pub struct Scene {
    /// Its name, which is its path on the simulator.
    pub name: String,
    /// Employee ids of those who appear; `None` is a stranger.
    pub shows: Vec<Option<String>>,
}

/// One employee of the demo.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Employee id.
    pub employee_id: String,
    /// Name.
    pub name: String,
    /// Pictures to enrol; others than those in the scene, where there are several.
    pub enrol: Vec<String>,
}

impl Manifest {
    /// Reads the manifest that the environment names.
    pub fn read() -> Result<Self, Error> {
        let path = setting("DEMO_MANIFEST")?;
        let text = std::fs::read_to_string(&path).map_err(|error| Error::File { path, error })?;
        Ok(serde_json::from_str(&text)?)
    }
}

/// Enrols everybody.
pub async fn enrol(people: &[Person]) -> Result<(), Error> {
    let db = Database::connect(setting("DATABASE_URL")?).await?;
    let provider = setting("PROVIDER_URL")?;
    for person in people {
        enrol_face(&provider, person).await?;
        store_profile(&db, person).await?;
    }
    Ok(())
}

async fn enrol_face(provider: &str, person: &Person) -> Result<(), Error> {
    let mut form = multipart::Form::new().text("name", person.name.clone());
    for path in &person.enrol {
        let bytes = tokio::fs::read(path).await.map_err(|error| Error::File { path: path.clone(), error })?;
        let file = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        form = form.part("images[]", multipart::Part::bytes(bytes).file_name(file));
    }
    let url = format!("{provider}/people/{}", person.employee_id);
    let response = Http::new().put(url).multipart(form).send().await?;
    if response.status().is_success() {
        return Ok(());
    }
    let answer = response.text().await?;
    Err(Error::Failed(format!("the provider did not enrol {}: {answer}", person.name)))
}

/// An active profile with its pictures is what the enrolment job of the faces API leaves behind.
async fn store_profile(db: &DatabaseConnection, person: &Person) -> Result<(), Error> {
    let profile = face_profile::ActiveModel {
        id: Set(Uuid::now_v7()),
        employee_id: Set(person.employee_id.clone()),
        name: Set(person.name.clone()),
        department: Set(Some("Operations".to_owned())),
        status: Set(face_profile::Status::Active),
        consent_at: Set(Some(chrono::Utc::now())),
        ..Default::default()
    };
    let known = OnConflict::column(face_profile::Column::EmployeeId)
        .update_columns([face_profile::Column::Name, face_profile::Column::Status])
        .to_owned();
    face_profile::Entity::insert(profile).on_conflict(known).exec_without_returning(db).await?;
    Ok(())
}

/// Points the platform to the demo's recogniser, whose port may have changed since the last run.
pub async fn connect_provider(client: &Client) -> Result<(), Error> {
    let config = client.get("/detections/provider/config").await?;
    let wanted = json!({
        "providerName": config["providerName"], "kind": config["kind"], "endpoint": setting("PROVIDER_URL")?,
        "enabled": config["enabled"], "minConfidence": config["minConfidence"], "timeoutMs": config["timeoutMs"],
    });
    client.put("/detections/provider/config", &wanted).await.map(drop)
}

/// A camera of the API and the scene that it shows.
#[derive(Debug)]
pub struct Camera {
    /// `CAM-NN`.
    pub id: String,
    /// The scene behind it.
    pub scene: Scene,
}

/// Registers every scene as an RTSP camera, unless one of that name is there.
pub async fn cameras(client: &Client, scenes: Vec<Scene>) -> Result<Vec<Camera>, Error> {
    let rtsp = setting("DEMO_RTSP_URL")?;
    let known = client.get("/cameras?pageSize=200").await?;
    let mut cameras = Vec::new();
    for scene in scenes {
        let url = format!("{rtsp}/{}", scene.name);
        let body = json!({ "name": scene.name, "location": "Demo site", "streamType": "RTSP", "streamUrl": url,
                           "direction": "entry", "enabled": true });
        let same =
            known.as_array().and_then(|all| all.iter().find(|camera| camera["name"] == scene.name.as_str()));
        let camera = match same {
            // The simulator's port may have changed since the last run.
            Some(camera) => {
                client.put(&format!("/cameras/{}", camera["id"].as_str().unwrap_or_default()), &body).await?
            }
            None => client.post("/cameras", &body).await?,
        };
        let id = camera["id"].as_str().ok_or(Error::Unexpected("a camera without an id"))?.to_owned();
        cameras.push(Camera { id, scene });
    }
    Ok(cameras)
}
