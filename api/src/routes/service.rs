//! Services that people enter with an address and a key: the recogniser, and Odoo. A key is written and never read, and a stored one
//! is sent to no server but the one that it was entered for.

use entity::Secret;
use platform::{
    outbound::OutboundError,
    seal::{SealError, Sealer},
};
use sea_orm::ActiveValue::{self, NotSet, Set};
use url::Url;

use crate::{error::FieldIssue, state::App};

/// What stands for a stored key.
const MASK: &str = "***";

/// What is shown of a stored key: that there is one.
pub fn shown(key: Option<&Secret>) -> Option<String> {
    key.map(|_| MASK.to_owned())
}

/// A key as somebody sends it, beside the stored one.
pub struct KeyChange<'a> {
    /// Nothing, or `***`, keeps the stored one; an empty text removes it.
    pub sent: Option<&'a str>,
    /// The stored one, sealed.
    pub stored: Option<&'a Secret>,
    /// What it was sealed for.
    pub purpose: &'static str,
}

impl KeyChange<'_> {
    /// What is wrong with it where the service moves from the address `before` to the address `after`, if it does.
    pub fn issue(&self, before: &str, after: Option<&str>) -> Option<FieldIssue> {
        let text = if self.sent.is_some_and(|key| key.contains(|c: char| !c.is_ascii_graphic())) {
            "must be printable ASCII without spaces"
        } else if self.keeps() && after.is_some_and(|after| is_elsewhere(before, after)) {
            "must be entered anew, or removed, with another server: the stored one is that of the old one"
        } else {
            return None;
        };
        Some(FieldIssue::new("apiKey", text))
    }

    /// The column to write.
    ///
    /// # Errors
    /// The key is absurdly long.
    pub fn column(&self, sealer: &Sealer) -> Result<ActiveValue<Option<Secret>>, SealError> {
        Ok(match self.sent {
            None | Some(MASK) => NotSet,
            Some("") => Set(None),
            // What is stored already is not sealed again: that would look like a change.
            Some(key) if self.is_stored(sealer, key) => NotSet,
            Some(key) => Set(Some(Secret::new(sealer.seal(self.purpose, key)?))),
        })
    }

    fn keeps(&self) -> bool {
        self.stored.is_some() && self.sent.is_none_or(|key| key == MASK)
    }

    fn is_stored(&self, sealer: &Sealer, key: &str) -> bool {
        let open = |stored: &Secret| sealer.open(self.purpose, stored.expose()).ok();
        self.stored.and_then(open).is_some_and(|stored| stored == key)
    }
}

/// Whether an address leaves the server that was entered before it, if any was.
fn is_elsewhere(before: &str, after: &str) -> bool {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    !before.is_empty() && origin(before) != origin(after)
}

/// Reads an address that will be called. A name that cannot be resolved now may be one tomorrow; what may never be called is
/// refused, and so are credentials, which belong into `fields`.
///
/// # Errors
/// What is wrong with it.
pub async fn check_address(app: &App, address: &str, fields: &str) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|_| "must be an http or https address".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("must not contain credentials: they belong into {fields}"));
    }
    match app.machinery.outbound.check(&url, &["http", "https"]).await {
        Ok(_) | Err(OutboundError::Unresolvable(_)) => Ok(url),
        Err(refused) => Err(refused.to_string()),
    }
}
