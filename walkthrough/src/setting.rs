//! Where the stage stands; `./demo` puts it into the environment.

use crate::error::Error;

/// The value of an environment variable that must be there.
pub fn setting(name: &'static str) -> Result<String, Error> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or(Error::Setting(name))
}
