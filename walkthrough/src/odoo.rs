//! The end of the story: the attendance that a camera has made arrives in Odoo, where the demo has a stand-in for one.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{client::Client, error::Error, setting::setting, table::Table};

/// How often, and how many times, somebody looks whether a job has ended.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 400;

/// Connects Rollcall to the stand-in, syncs, and looks into the stand-in itself for everybody's record.
pub async fn show(client: &Client, names: &[&str], table: &mut Table) -> Result<(), Error> {
    connect(client, table).await?;
    // What is left open of an earlier day's demo is closed first.
    run(client, "/schedules/close_attendance_day/run", &json!({})).await?;
    let job = run(client, "/odoo/sync", &json!({})).await?;
    let result = &job["result"];
    table.step(
        "POST odoo/sync: job done",
        &format!("{} synced, {} failed", result["synced"], result["failed"]),
    );
    let records = records().await?;
    for name in names {
        let record = records.iter().find(|record| record["employee_id"][1] == **name);
        let record = record.ok_or_else(|| Error::Failed(format!("Odoo has no attendance of {name}")))?;
        let from = record["check_in"].as_str().unwrap_or_default();
        table.step("Odoo: hr.attendance", &format!("record {} of {name}: in {from} UTC", record["id"]));
    }
    Ok(())
}

async fn connect(client: &Client, table: &mut Table) -> Result<(), Error> {
    let config = json!({
        "baseUrl": setting("ODOO_URL")?, "database": "company", "username": "rollcall@company.example",
        "apiKey": setting("ODOO_KEY")?,
    });
    client.put("/odoo/config", &config).await?;
    let found = client.post("/odoo/test", &json!({})).await?;
    let message = found["message"].as_str().unwrap_or_default();
    if found["success"] != true {
        return Err(Error::Failed(message.to_owned()));
    }
    let version = found["serverVersion"].as_str().unwrap_or_default();
    table.step("POST odoo/test", &format!("version {version}: {message}"));
    Ok(())
}

/// Starts a job and waits for its end. One that the scheduler has started already may stand in for it, and tells nobody else.
async fn run(client: &Client, path: &str, body: &Value) -> Result<Value, Error> {
    let answer = client.post(path, body).await?;
    let id = answer["jobId"].as_str().ok_or(Error::Unexpected("a job without an id"))?;
    for _ in 0..LOOKS {
        let job = client.get(&format!("/jobs/{id}")).await?;
        match job["status"].as_str() {
            Some("done") => return Ok(job),
            Some("dead" | "cancelled" | "expired") => {
                return Err(Error::Failed(format!("job {id} failed: {}", job["attempts"])));
            }
            _ => tokio::time::sleep(LOOK).await,
        }
    }
    Err(Error::Failed(format!("job {id} did not end")))
}

/// Every attendance, newest first, as Odoo shows it to anybody who asks with the key.
async fn records() -> Result<Vec<Value>, Error> {
    let url = format!("{}/json/2/hr.attendance/search_read", setting("ODOO_URL")?);
    let ask = reqwest::Client::new().post(url).bearer_auth(setting("ODOO_KEY")?);
    let ask = ask.header("X-Odoo-Database", "company");
    let mut records: Vec<Value> = ask
        .json(&json!({ "domain": [], "fields": ["employee_id", "check_in", "check_out"] }))
        .send()
        .await?
        .json()
        .await?;
    records.sort_by(|a, b| b["check_in"].as_str().cmp(&a["check_in"].as_str()));
    Ok(records)
}
