//! The story: everyone who walks past the entrance is recognised, the stranger in the lobby is not. It only ends well
//! if detection, attendance log and WebSocket message really arrived.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    client::{Client, Listener},
    error::Error,
    files, odoo,
    setting::setting,
    stage::{self, Camera, Manifest},
    table::Table,
};

/// People walk in and out of the picture: so many frames are asked for before somebody counts as missing.
const FRAMES: usize = 20;
const PATIENCE: Duration = Duration::from_secs(40);

/// Tells it.
pub async fn tell() -> Result<(), Error> {
    let begun = Utc::now();
    let mut table = Table::start();
    let manifest = Manifest::read()?;
    stage::enrol(&manifest.people).await?;
    table.step("enrol the known people", &names(&manifest));
    let client = sign_in().await?;
    table.step("sign in", "admin@rollcall.local");
    stage::connect_provider(&client).await?;
    let cameras = stage::cameras(&client, manifest.cameras).await?;
    let ids: Vec<_> = cameras.iter().map(|camera| format!("{} {}", camera.id, camera.scene.name)).collect();
    table.step("register the cameras", &ids.join(", "));
    let mut listener = client.listen().await?;
    table.step("subscribe to detections", "WebSocket open");
    for camera in cameras.iter().filter(|camera| !camera.scene.shows.is_empty()) {
        watch(&client, &mut listener, camera, &mut table).await?;
    }
    let expected: Vec<_> = manifest.people.iter().map(|person| person.employee_id.as_str()).collect();
    check_presence(&client, &expected, begun).await?;
    show_attendance(&client, &expected, &mut table).await?;
    files::show(&client, &mut listener, &expected, &mut table).await?;
    let names: Vec<_> = manifest.people.iter().map(|person| person.name.as_str()).collect();
    odoo::show(&client, &names, &mut table).await
}

/// Signs in as the administrator whom the seed made.
pub async fn sign_in() -> Result<Client, Error> {
    Client::sign_in(&setting("ROLLCALL_URL")?, "admin@rollcall.local", &setting("ADMIN_PASSWORD")?).await
}

fn names(manifest: &Manifest) -> String {
    let names: Vec<_> = manifest.people.iter().map(|p| format!("{} {}", p.employee_id, p.name)).collect();
    names.join(", ")
}

/// Asks for frames of one camera until everybody whom it shows was seen.
async fn watch(
    client: &Client,
    listener: &mut Listener,
    camera: &Camera,
    table: &mut Table,
) -> Result<(), Error> {
    let mut missing: BTreeSet<_> = camera.scene.shows.iter().cloned().collect();
    for _ in 0..FRAMES {
        let job = frame(client, listener, camera, table).await?;
        for _ in 0..job["result"]["detections"].as_u64().unwrap_or_default() {
            missing.remove(&hear(client, listener, camera, table).await?);
        }
        if missing.is_empty() {
            return Ok(());
        }
    }
    Err(Error::Failed(format!("{} never showed {missing:?}", camera.id)))
}

async fn frame(
    client: &Client,
    listener: &mut Listener,
    camera: &Camera,
    table: &mut Table,
) -> Result<Value, Error> {
    let asked = Instant::now();
    let answer = client.post("/detections/send-frame", &json!({ "cameraId": camera.id })).await?;
    let id = answer["jobId"].as_str().ok_or(Error::Unexpected("send-frame answered no jobId"))?;
    table.row(&format!("{}: POST send-frame", camera.id), asked.elapsed(), &format!("202, job {id}"));
    let job = finished(client, listener, id).await?;
    let steps = &job["result"]["steps"];
    let took = format!(
        "{}: capture {} ms, recognise {} ms, store {} ms",
        job["status"].as_str().unwrap_or_default(),
        steps["captureMs"],
        steps["recogniseMs"],
        steps["storeMs"]
    );
    table.row(&format!("{}: job done on a worker", camera.id), asked.elapsed(), &took);
    Ok(job)
}

/// Waits until a job is said to have ended, well or not.
pub async fn ended(listener: &mut Listener, id: &str) -> Result<(), Error> {
    let ended = |message: &Value| {
        let job = &message["job"];
        job["id"] == id && matches!(job["status"].as_str(), Some("done" | "dead" | "cancelled" | "expired"))
    };
    listener.next("job", PATIENCE, ended).await.map(drop)
}

/// Hears on the WebSocket that the job has ended, and reads how.
pub async fn finished(client: &Client, listener: &mut Listener, id: &str) -> Result<Value, Error> {
    ended(listener, id).await?;
    // The message is sent when the work is done, a moment before the queue has noted it.
    for _ in 0..20 {
        let job = client.get(&format!("/jobs/{id}")).await?;
        match job["status"].as_str() {
            Some("done") => return Ok(job),
            Some("dead" | "cancelled" | "expired") => {
                return Err(Error::Failed(format!("job {id} failed: {}", job["attempts"])));
            }
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    Err(Error::Failed(format!("job {id} said that it ended, and did not")))
}

/// Takes the next detection off the WebSocket, and finds the same one in the live list.
async fn hear(
    client: &Client,
    listener: &mut Listener,
    camera: &Camera,
    table: &mut Table,
) -> Result<Option<String>, Error> {
    let message = listener
        .next("detection", Duration::from_secs(5), |message| message["cameraId"] == *camera.id)
        .await?;
    let detection = &message["detection"];
    let person = detection["personId"].as_str().map(str::to_owned);
    let who = match &person {
        Some(id) => format!("{id} {}", detection["name"].as_str().unwrap_or_default()),
        None => "somebody unknown".to_owned(),
    };
    let what = format!(
        "{who}, {}, confidence {:.1}",
        detection["status"],
        detection["confidence"].as_f64().unwrap_or(0.0)
    );
    table.step(&format!("{}: WebSocket message", camera.id), &what);
    let live = client.get(&format!("/detections/live?cameraId={}", camera.id)).await?;
    let found = live.as_array().is_some_and(|all| all.iter().any(|one| one["id"] == detection["id"]));
    table.step(
        &format!("{}: GET detections/live", camera.id),
        if found { "the same detection" } else { "missing" },
    );
    if found {
        Ok(person)
    } else {
        Err(Error::Unexpected("the live list lacks a detection that was announced"))
    }
}

/// A log of today may be there from an earlier walk; where somebody was last seen is moved by the same transaction, so it tells
/// whether attendance heard of this one.
async fn check_presence(client: &Client, expected: &[&str], begun: DateTime<Utc>) -> Result<(), Error> {
    let records = client.get("/attendance/records?limit=200").await?;
    let seen_now = |record: &Value| {
        let at = record["timestamp"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        at.is_some_and(|at| at >= begun)
    };
    let now: Vec<_> = records.as_array().into_iter().flatten().filter(|record| seen_now(record)).collect();
    match expected.iter().find(|id| !now.iter().any(|record| record["personId"] == **id)) {
        Some(id) => Err(Error::Failed(format!("attendance did not hear that {id} was seen"))),
        None => Ok(()),
    }
}

async fn show_attendance(client: &Client, expected: &[&str], table: &mut Table) -> Result<(), Error> {
    let logs = client.get("/attendance/logs?pageSize=200").await?;
    let logs = logs.as_array().ok_or(Error::Unexpected("no list of attendance logs"))?;
    if let Some(id) = expected.iter().find(|id| !logs.iter().any(|log| log["employeeId"] == **id)) {
        return Err(Error::Failed(format!("{id} has no attendance log")));
    }
    for log in logs {
        let text = |key: &str| log[key].as_str().unwrap_or_default().to_owned();
        let what = format!(
            "{} {} {}: in {} ({})",
            text("id"),
            text("employeeId"),
            text("name"),
            text("timeIn"),
            text("status")
        );
        table.step("GET attendance/logs", &what);
    }
    Ok(())
}
