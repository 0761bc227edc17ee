//! The site that is measured: who is signed in, the cameras, the rows, and which provider the platform asks.

use std::time::Duration;

use sea_orm::{Database, DatabaseConnection};
use serde_json::{Value, json};

use super::{rows, wire::Target};
use crate::{
    client::Client,
    error::Error,
    setting::setting,
    stage::{self, Manifest},
    story,
};

/// A picture below the media root with a face that the real provider knows.
pub const PICTURE: &str = "entrance/frames/0020.jpg";

const PROVIDER: &str = "/detections/provider/config";
/// A change of the configuration is in force on every worker within 5 s.
const IN_FORCE: Duration = Duration::from_secs(6);

/// The site.
pub struct Site {
    /// The administrator.
    pub client: Client,
    /// The system's database.
    pub db: DatabaseConnection,
    /// The API, for the load.
    pub target: Target,
    provider: Value,
}

impl Site {
    /// Signs in, points the platform to the demo's recogniser, and removes what a killed run has left.
    pub async fn start() -> Result<Self, Error> {
        let db = Database::connect(setting("DATABASE_URL")?).await?;
        rows::remove(&db).await?;
        stage::enrol(&Manifest::read()?.people).await?;
        let client = story::sign_in().await?;
        stage::connect_provider(&client).await?;
        let provider = client.get(PROVIDER).await?;
        let address = setting("ROLLCALL_URL")?.replacen("http://", "", 1);
        let target = Target { address, token: client.token().to_owned() };
        Ok(Self { client, db, target, provider })
    }

    /// Makes the rows. The first camera of each kind is made through the API, which seals its address.
    pub async fn prepare(&self) -> Result<(), Error> {
        let rtsp = format!("{}/entrance", setting("DEMO_RTSP_URL")?);
        for (id, stream_type, url) in
            [(rows::RTSP, "RTSP", rtsp.as_str()), (rows::FILE, "Local File", PICTURE)]
        {
            let camera = json!({ "name": id, "location": "Bench", "streamType": stream_type, "streamUrl": url,
                                 "direction": "entry", "enabled": true });
            let camera = self.client.post("/cameras", &camera).await?;
            let given = camera["id"].as_str().ok_or(Error::Unexpected("a camera without an id"))?;
            rows::rename_camera(&self.db, given, id).await?;
        }
        rows::make(&self.db).await
    }

    /// Has the platform ask another provider, of the kind of our own.
    pub async fn ask_provider(&self, endpoint: &str) -> Result<(), Error> {
        self.client.put(PROVIDER, &json!({ "kind": "rollcall", "endpoint": endpoint })).await?;
        tokio::time::sleep(IN_FORCE).await;
        Ok(())
    }

    /// Has it ask the one again that it asked at the start.
    pub async fn restore_provider(&self) -> Result<(), Error> {
        let former = json!({ "kind": self.provider["kind"], "endpoint": self.provider["endpoint"] });
        self.client.put(PROVIDER, &former).await.map(drop)
    }
}
