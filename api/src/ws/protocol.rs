//! The messages of the protocol, as text and as types.

use platform::events::Channel;
use serde::Deserialize;
use serde_json::json;

use crate::auth::{AlertsRead, CamerasRead, DetectionsRead, Myself, Permission as _};

/// What a browser can subscribe to: a channel, or one camera of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Topic {
    /// The channel.
    pub channel: Channel,
    /// Only this camera.
    pub camera_id: Option<String>,
}

/// What a browser asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Send me these.
    Subscribe(Topic),
    /// Send me these no more.
    Unsubscribe(Topic),
    /// Are you there?
    Ping,
}

/// Why a request is refused; the connection stays open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl Problem {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

const MAX_CAMERA_ID: usize = 64;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incoming {
    action: Option<String>,
    r#type: Option<String>,
    channel: Option<String>,
    camera_id: Option<String>,
}

/// Understands a message.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Request, Problem> {
    let incoming: Incoming = serde_json::from_str(text)
        .map_err(|_| Problem::new("BAD_REQUEST", "this is no message that we know"))?;
    match (incoming.action.as_deref(), incoming.r#type.as_deref()) {
        (Some("subscribe"), _) => Ok(Request::Subscribe(topic(incoming)?)),
        (Some("unsubscribe"), _) => Ok(Request::Unsubscribe(topic(incoming)?)),
        (None, Some("ping")) => Ok(Request::Ping),
        _ => Err(Problem::new("BAD_REQUEST", "send an action, subscribe or unsubscribe, or a ping")),
    }
}

fn topic(incoming: Incoming) -> Result<Topic, Problem> {
    let name = incoming.channel.unwrap_or_default();
    let channel = serde_json::from_value(json!(name))
        .map_err(|_| Problem::new("VALIDATION_ERROR", format!("there is no channel {name:.40}")))?;
    match incoming.camera_id {
        Some(_) if ![Channel::Detections, Channel::CameraStatus].contains(&channel) => {
            Err(Problem::new("VALIDATION_ERROR", "this channel is not divided by camera"))
        }
        Some(id) if id.is_empty() || id.len() > MAX_CAMERA_ID => {
            Err(Problem::new("VALIDATION_ERROR", "cameraId must have 1 to 64 characters"))
        }
        camera_id => Ok(Topic { channel, camera_id }),
    }
}

/// Who may subscribe to `channel`. Jobs are open to everybody, who then see their own.
#[must_use]
pub fn permission(channel: Channel) -> &'static str {
    match channel {
        Channel::Detections => DetectionsRead::NAME,
        Channel::CameraStatus => CamerasRead::NAME,
        Channel::Alerts => AlertsRead::NAME,
        Channel::Notifications | Channel::Jobs => Myself::NAME,
    }
}

/// The answer to a subscription, `kind` being `subscribed` or `unsubscribed`.
#[must_use]
pub fn confirmation(kind: &str, topic: &Topic) -> String {
    let mut message = json!({ "type": kind, "channel": topic.channel });
    if let Some(camera) = &topic.camera_id {
        message["cameraId"] = camera.as_str().into();
    }
    message.to_string()
}

/// The answer to what we do not take.
#[must_use]
pub fn error(problem: &Problem) -> String {
    json!({ "type": "error", "code": problem.code, "message": problem.message }).to_string()
}

/// The answer to a ping.
pub const PONG: &str = "{\"type\":\"pong\"}";

/// Tells a browser that it reads too slowly.
#[must_use]
pub fn lagged(dropped: u64) -> String {
    format!("{{\"type\":\"lagged\",\"dropped\":{dropped}}}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_three_messages_of_the_contract_are_understood() {
        let camera = parse(r#"{"action":"subscribe","channel":"detections","cameraId":"CAM-01"}"#).unwrap();
        let topic = Topic { channel: Channel::Detections, camera_id: Some("CAM-01".to_owned()) };
        assert_eq!(camera, Request::Subscribe(topic));
        let all = parse(r#"{"action":"unsubscribe","channel":"camera-status"}"#).unwrap();
        assert_eq!(all, Request::Unsubscribe(Topic { channel: Channel::CameraStatus, camera_id: None }));
        assert_eq!(parse(r#"{"type":"ping"}"#).unwrap(), Request::Ping);
    }

    #[test]
    fn anything_else_is_answered_with_a_code() {
        for (text, code) in [
            ("", "BAD_REQUEST"),
            ("[]", "BAD_REQUEST"),
            (r#"{"action":"explode"}"#, "BAD_REQUEST"),
            (r#"{"action":"subscribe","channel":"nothing"}"#, "VALIDATION_ERROR"),
            (r#"{"action":"subscribe"}"#, "VALIDATION_ERROR"),
            (r#"{"action":"subscribe","channel":"alerts","cameraId":"CAM-01"}"#, "VALIDATION_ERROR"),
            (r#"{"action":"subscribe","channel":"detections","cameraId":""}"#, "VALIDATION_ERROR"),
        ] {
            assert_eq!(parse(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn a_confirmation_repeats_the_topic() {
        let topic = Topic { channel: Channel::CameraStatus, camera_id: None };
        assert_eq!(confirmation("subscribed", &topic), r#"{"channel":"camera-status","type":"subscribed"}"#);
    }
}
