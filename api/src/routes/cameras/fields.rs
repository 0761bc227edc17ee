//! What people say about a camera, checked, and turned into the columns to write.

use entity::{
    Secret, TextList,
    camera::{ActiveModel, Direction as RowDirection, Model, Status, StreamType as RowType},
};
use platform::seal;
use poem_openapi::{Object, types::MaybeUndefined};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    prelude::IpNetwork,
};

use super::{
    address::{ip_of, restored},
    camera::{CameraStatus, Direction, StreamType, stored_address},
};
use crate::{
    error::{ApiError, FieldIssue},
    extract::{CameraId, OneLine},
    state::App,
};

/// A camera to make, or a row of an import.
#[derive(Clone, Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct NewCamera {
    /// 1 to 32 letters, digits, `-` and `_`, the first a letter or digit, and none of `summary`, `export`, `import`; the
    /// next `CAM-NN` where absent.
    pub id: Option<CameraId>,
    /// Name for people.
    #[oai(validator(min_length = 1, max_length = 120))]
    pub name: OneLine,
    /// Where it hangs.
    #[oai(validator(max_length = 200))]
    pub location: Option<OneLine>,
    /// How frames are fetched.
    pub stream_type: StreamType,
    /// Address of the stream, of the scheme that belongs to the stream type.
    #[oai(validator(min_length = 1, max_length = 2048))]
    pub stream_url: OneLine,
    /// `maintenance` keeps health checks away; they correct the other two. `offline` where absent.
    pub status: Option<CameraStatus>,
    /// Address of the device; taken from the stream's where that shows one.
    #[oai(validator(max_length = 45))]
    pub ip_address: MaybeUndefined<String>,
    /// Free labels.
    #[oai(validator(max_items = 20, max_length = 40))]
    pub tags: Option<Vec<OneLine>>,
    /// Whether frames may be taken; yes where absent.
    pub enabled: Option<bool>,
    /// What passing it means for presence; `both` where absent.
    pub direction: Option<Direction>,
    /// Seconds between automatic captures; null or absent means only on demand.
    #[oai(validator(minimum(value = "1"), maximum(value = "86400")))]
    pub capture_interval_seconds: MaybeUndefined<i32>,
}

/// Changes of a camera: what is absent stays as it is.
#[derive(Clone, Debug, Default, Object)]
#[oai(rename_all = "camelCase")]
pub struct CameraChanges {
    /// Name for people.
    #[oai(validator(min_length = 1, max_length = 120))]
    pub name: Option<OneLine>,
    /// Where it hangs.
    #[oai(validator(max_length = 200))]
    pub location: Option<OneLine>,
    /// How frames are fetched.
    pub stream_type: Option<StreamType>,
    /// Address of the stream. `***` keeps a stored credential, where host and port are unchanged.
    #[oai(validator(min_length = 1, max_length = 2048))]
    pub stream_url: Option<OneLine>,
    /// `maintenance` keeps health checks away; they correct the other two.
    pub status: Option<CameraStatus>,
    /// Address of the device.
    #[oai(validator(max_length = 45))]
    pub ip_address: MaybeUndefined<String>,
    /// Free labels.
    #[oai(validator(max_items = 20, max_length = 40))]
    pub tags: Option<Vec<OneLine>>,
    /// Whether frames may be taken.
    pub enabled: Option<bool>,
    /// What passing it means for presence.
    pub direction: Option<Direction>,
    /// Seconds between automatic captures; null means only on demand.
    #[oai(validator(minimum(value = "1"), maximum(value = "86400")))]
    pub capture_interval_seconds: MaybeUndefined<i32>,
    /// The version that was read; a stale one is refused with `VERSION_CONFLICT`.
    #[oai(validator(minimum(value = "1")))]
    pub version: Option<i32>,
}

impl From<NewCamera> for CameraChanges {
    fn from(new: NewCamera) -> Self {
        Self {
            name: Some(new.name),
            location: new.location,
            stream_type: Some(new.stream_type),
            stream_url: Some(new.stream_url),
            status: new.status,
            ip_address: new.ip_address,
            tags: new.tags,
            enabled: new.enabled,
            direction: new.direction,
            capture_interval_seconds: new.capture_interval_seconds,
            version: None,
        }
    }
}

impl CameraChanges {
    /// The columns to write; `current` is the camera they are written to, if it exists.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn columns(self, app: &App, current: Option<&Model>) -> Result<ActiveModel, ApiError> {
        let mut issues = Vec::new();
        let name = self.name.as_ref().map(|name| not_blank(&name.0, &mut issues));
        let address = self.address(app, current, &mut issues)?;
        let ip_address = ip_column(&self.ip_address, address.as_ref(), &mut issues);
        let tags = self.tags.as_ref().map(|tags| labels(tags, &mut issues));
        if !issues.is_empty() {
            return Err(ApiError::Validation(issues));
        }
        let stream_url = address.map(|(_, text)| app.sealer.seal(seal::STREAM_URL, &text)).transpose()?;
        Ok(ActiveModel {
            name: name.map_or(NotSet, Set),
            location: self.location.map_or(NotSet, |text| Set(text.0.trim().to_owned())),
            stream_type: self.stream_type.map_or(NotSet, |kind| Set(kind.into())),
            stream_url: stream_url.map_or(NotSet, |sealed| Set(Secret::new(sealed))),
            status: self.status.map_or(NotSet, |status| Set(status.into())),
            ip_address,
            tags: tags.map_or(NotSet, Set),
            enabled: self.enabled.map_or(NotSet, Set),
            direction: self.direction.map_or(NotSet, |direction| Set(direction.into())),
            capture_interval_seconds: match self.capture_interval_seconds {
                MaybeUndefined::Undefined => NotSet,
                MaybeUndefined::Null => Set(None),
                MaybeUndefined::Value(seconds) => Set(Some(seconds)),
            },
            ..Default::default()
        })
    }

    /// The stream type and the whole address to store, where either changes.
    fn address(
        &self,
        app: &App,
        current: Option<&Model>,
        issues: &mut Vec<FieldIssue>,
    ) -> Result<Option<(RowType, String)>, ApiError> {
        let Some(kind) = self.stream_type.map(RowType::from).or(current.map(|row| row.stream_type)) else {
            return Ok(None);
        };
        if self.stream_url.is_none() && self.stream_type.is_none() {
            return Ok(None);
        }
        let stored = current.and_then(|row| stored_address(app, row).ok());
        let given = self.stream_url.as_ref().map(|url| url.0.as_str()).or(stored.as_deref());
        let checked = restored(given.unwrap_or_default().trim(), stored.as_deref())
            .map_err(str::to_owned)
            .and_then(|whole| check_address(app, kind, &whole).map(|()| whole));
        match checked {
            // What is stored already is not sealed again, so that an edit of something else leaves no trace here.
            Ok(whole) if stored.as_ref() == Some(&whole) => Ok(None),
            Ok(whole) => Ok(Some((kind, whole))),
            Err(issue) => {
                issues.push(FieldIssue::new("streamUrl", issue));
                Ok(None)
            }
        }
    }
}

/// The columns of a camera that does not exist yet; what people left out has its default.
#[must_use]
pub fn with_defaults(columns: ActiveModel) -> ActiveModel {
    ActiveModel {
        location: columns.location.try_as_ref().cloned().map_or(Set(String::new()), Set),
        status: columns.status.try_as_ref().copied().map_or(Set(Status::Offline), Set),
        tags: columns.tags.try_as_ref().cloned().map_or_else(|| Set(TextList::default()), Set),
        enabled: columns.enabled.try_as_ref().copied().map_or(Set(true), Set),
        direction: columns.direction.try_as_ref().copied().map_or(Set(RowDirection::Both), Set),
        ..columns
    }
}

/// The name that the capture crate has for a stream type.
#[must_use]
pub fn source_type(kind: RowType) -> capture::StreamType {
    match kind {
        RowType::Rtsp => capture::StreamType::Rtsp,
        RowType::Usb => capture::StreamType::Usb,
        RowType::Http => capture::StreamType::Http,
        RowType::Socket => capture::StreamType::Socket,
        RowType::LocalFile => capture::StreamType::LocalFile,
    }
}

/// What can be told about an address without calling anybody: its form, and a host written in figures that may never be
/// called. Names are judged when they are called, since tomorrow they may stand for another address.
fn check_address(app: &App, kind: RowType, address: &str) -> Result<(), String> {
    let source = capture::Source::parse(source_type(kind), address).map_err(|error| error.to_string())?;
    source.check_literal(app.machinery.outbound).map_err(|refused| refused.to_string())
}

fn not_blank(name: &str, issues: &mut Vec<FieldIssue>) -> String {
    let name = name.trim().to_owned();
    if name.is_empty() {
        issues.push(FieldIssue::new("name", "must not be blank"));
    }
    name
}

fn labels(tags: &[OneLine], issues: &mut Vec<FieldIssue>) -> TextList {
    if tags.iter().any(|tag| tag.0.trim().is_empty()) {
        issues.push(FieldIssue::new("tags", "must not have blank entries"));
    }
    tags.iter().map(|tag| tag.0.trim()).collect()
}

type IpColumn = sea_orm::ActiveValue<Option<IpNetwork>>;

/// As given; else from an address that changes, where that shows one.
fn ip_column(
    given: &MaybeUndefined<String>,
    address: Option<&(RowType, String)>,
    issues: &mut Vec<FieldIssue>,
) -> IpColumn {
    match given {
        MaybeUndefined::Null => Set(None),
        MaybeUndefined::Value(text) if text.trim().is_empty() => Set(None),
        MaybeUndefined::Value(text) => match text.trim().parse::<std::net::IpAddr>() {
            Ok(ip) => Set(Some(ip.into())),
            Err(_) => {
                issues.push(FieldIssue::new("ipAddress", "must be an IPv4 or IPv6 address"));
                NotSet
            }
        },
        MaybeUndefined::Undefined => {
            address.map_or(NotSet, |(_, text)| Set(ip_of(text).map(IpNetwork::from)))
        }
    }
}
