//! The settings, all from the environment, with their defaults and meanings in one table; mistakes are told all at once.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::http::ApiKey;
use crate::matching::Thresholds;

/// What `rollcall-provider` needs to know to start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address to listen on.
    pub bind: SocketAddr,
    /// Folder of the enrolled people.
    pub data_dir: PathBuf,
    /// Folder of the two model files.
    pub model_dir: PathBuf,
    /// Key that callers must show; everybody may call without one.
    pub api_key: Option<ApiKey>,
    /// Width of the smallest face to look for, in pixels.
    pub min_face: u32,
    /// When a face counts as a known person.
    pub thresholds: Thresholds,
    /// Pictures that are worked on at the same time.
    pub workers: usize,
    /// Requests with pictures that may be in the house at the same time.
    pub max_in_flight: usize,
    /// Whether log lines are JSON.
    pub json_logs: bool,
}

/// Name, default and meaning of each setting.
const TABLE: [(&str, &str, &str); 12] = [
    ("PROVIDER_BIND", "127.0.0.1:8001", "address and port to listen on"),
    ("PROVIDER_DATA_DIR", "~/.local/share/rollcall/people", "folder of the enrolled people"),
    ("ROLLCALL_MODEL_DIR", "~/.cache/rollcall/models", "folder of the models, see scripts/fetch-models"),
    (
        "PROVIDER_API_KEY",
        "",
        "key (16+ characters) that callers send as a bearer token; empty: open to everybody",
    ),
    ("PROVIDER_MIN_FACE", "40", "smallest face to look for, in pixels (20 to 400); larger is faster"),
    ("PROVIDER_MATCH_DISTANCE", "0.45", "largest distance of a match (0.1 to 0.6)"),
    ("PROVIDER_UNCERTAIN_DISTANCE", "0.55", "largest distance reported as uncertain (up to 1)"),
    ("PROVIDER_MATCH_MARGIN", "0.05", "how much farther the second person must be (0 to 0.5)"),
    ("PROVIDER_MIN_QUALITY", "0.5", "lowest quality of a face that is matched or enrolled (0 to 1)"),
    ("PROVIDER_WORKERS", "0", "pictures worked on at the same time; 0: one a processor"),
    ("PROVIDER_MAX_IN_FLIGHT", "0", "requests taken in before others get 503; 0: eight a worker"),
    ("LOG_FORMAT", "text", "text or json; RUST_LOG chooses what is logged"),
];

/// The table of settings, for `--help`.
#[must_use]
pub fn help() -> String {
    TABLE.iter().fold(String::new(), |mut text, (name, default, meaning)| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<28} {meaning} [{default}]");
        text
    })
}

impl Settings {
    /// Reads the settings from a source of variables, such as the environment.
    ///
    /// # Errors
    /// One line for each mistake.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut reader = Reader { variable, mistakes: Vec::new() };
        let settings = reader.settings();
        if reader.mistakes.is_empty() { Ok(settings) } else { Err(reader.mistakes) }
    }
}

struct Reader<F> {
    variable: F,
    mistakes: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn settings(&mut self) -> Settings {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let workers = match self.number("PROVIDER_WORKERS", 0..=256) {
            0 => processors,
            workers => workers,
        };
        let max_in_flight = match self.number("PROVIDER_MAX_IN_FLIGHT", 0..=10_000) {
            0 => 8 * workers,
            max_in_flight => max_in_flight,
        };
        Settings {
            bind: self
                .parsed("PROVIDER_BIND", "an address like 127.0.0.1:8001")
                .unwrap_or(([127, 0, 0, 1], 8001).into()),
            data_dir: self.folder("PROVIDER_DATA_DIR", "XDG_DATA_HOME", ".local/share", "rollcall/people"),
            model_dir: self.folder("ROLLCALL_MODEL_DIR", "XDG_CACHE_HOME", ".cache", "rollcall/models"),
            api_key: self.api_key(),
            min_face: self.number("PROVIDER_MIN_FACE", 20..=400),
            thresholds: self.thresholds(),
            workers,
            max_in_flight,
            json_logs: self.json_logs(),
        }
    }

    fn thresholds(&mut self) -> Thresholds {
        let thresholds = Thresholds {
            match_distance: self.number("PROVIDER_MATCH_DISTANCE", 0.1..=0.6),
            uncertain_distance: self.number("PROVIDER_UNCERTAIN_DISTANCE", 0.1..=1.0),
            margin: self.number("PROVIDER_MATCH_MARGIN", 0.0..=0.5),
            min_quality: self.number("PROVIDER_MIN_QUALITY", 0.0..=1.0),
        };
        if thresholds.uncertain_distance < thresholds.match_distance {
            self.mistakes.push("PROVIDER_UNCERTAIN_DISTANCE is below PROVIDER_MATCH_DISTANCE".to_owned());
        }
        thresholds
    }

    fn api_key(&mut self) -> Option<ApiKey> {
        let key = self.given("PROVIDER_API_KEY")?;
        if key.len() < 16 {
            self.mistakes.push("PROVIDER_API_KEY has fewer than 16 characters".to_owned());
        }
        Some(ApiKey::new(&key))
    }

    fn json_logs(&mut self) -> bool {
        match self.given("LOG_FORMAT").as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(other) => {
                self.mistakes.push(format!("LOG_FORMAT is {other:?}: expected text or json"));
                false
            }
        }
    }

    /// The folder that is named, or one below the user's home.
    fn folder(&mut self, name: &str, base: &str, below_home: &str, below_base: &str) -> PathBuf {
        let base = || self.given(base).map(PathBuf::from);
        let home = || self.given("HOME").map(|home| PathBuf::from(home).join(below_home));
        let default = || base().or_else(home).map(|base| base.join(below_base));
        self.given(name).map(PathBuf::from).or_else(default).unwrap_or_else(|| {
            self.mistakes.push(format!("{name} is missing, and so is HOME, from which its default is made"));
            PathBuf::new()
        })
    }

    /// A number within its limits; the default when it is wrong, which is then a mistake.
    fn number<T>(&mut self, name: &str, limits: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Copy + std::fmt::Display,
    {
        let (low, high) = (*limits.start(), *limits.end());
        let expected = format!("a number from {low} to {high}");
        let default = TABLE.iter().find(|row| row.0 == name).and_then(|row| row.1.parse().ok());
        match self.parsed(name, &expected).or(default) {
            Some(number) if limits.contains(&number) => number,
            _ => {
                self.mistakes.push(format!("{name} is out of range: expected {expected}"));
                low
            }
        }
    }

    fn parsed<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let text = self.given(name)?;
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            self.mistakes.push(format!("{name} is {text:?}: expected {expected}"));
        }
        parsed
    }

    /// A variable that is set and not empty.
    fn given(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let find = |name: &str| variables.iter().find(|(given, _)| *given == name);
        Settings::read(|name| find(name).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn the_defaults_are_those_of_the_table() {
        let settings = read(&[("HOME", "/home/u")]).unwrap();
        assert_eq!(settings.bind.to_string(), "127.0.0.1:8001");
        assert_eq!(settings.data_dir, PathBuf::from("/home/u/.local/share/rollcall/people"));
        assert_eq!(settings.thresholds, Thresholds::default());
        assert_eq!(settings.min_face, 40);
        assert_eq!(settings.max_in_flight, 8 * settings.workers);
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mistakes = read(&[
            ("PROVIDER_BIND", "nowhere"),
            ("PROVIDER_MIN_FACE", "5"),
            ("PROVIDER_MATCH_DISTANCE", "NaN"),
            ("PROVIDER_API_KEY", "short"),
            ("PROVIDER_DATA_DIR", "/tmp/x"),
        ])
        .unwrap_err();
        for name in ["PROVIDER_BIND", "PROVIDER_MIN_FACE", "MATCH_DISTANCE", "API_KEY", "ROLLCALL_MODEL_DIR"]
        {
            assert!(mistakes.iter().any(|mistake| mistake.contains(name)), "{name}: {mistakes:?}");
        }
    }

    #[test]
    fn the_key_is_not_printed() {
        let settings = read(&[("HOME", "/"), ("PROVIDER_API_KEY", "0123456789abcdef")]).unwrap();
        assert!(!format!("{settings:?}").contains("0123456789"));
    }
}
