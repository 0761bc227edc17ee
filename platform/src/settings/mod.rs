//! The one typed configuration of all binaries. It is read from the environment (a `.env` file fills the gaps) and
//! checked as a whole at start, so that an operator sees every mistake at once and never a secret.

mod catalogue;
mod reader;
mod secret;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

pub use catalogue::{VARIABLES, Variable, example, help};
use reader::Reader;
pub use secret::Secret;

/// What kind of installation this is; only `production` refuses weak or missing secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// A developer's machine, the demo, the tests.
    Development,
    /// The real thing.
    Production,
}

/// Everything that is wrong with the settings, one line a mistake, secrets left out.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct SettingsError(pub Vec<String>);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors: one JSON object a line.
    Json,
}

/// Where object storage is, and as whom we use it.
#[derive(Clone, Debug)]
pub struct StorageSettings {
    /// Address by which this process reaches storage.
    pub endpoint: String,
    /// Address by which browsers reach it; signed URLs carry this one.
    pub public_endpoint: String,
    /// Region name that goes into signatures.
    pub region: String,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: Secret,
    /// The one private bucket.
    pub bucket: String,
}

/// Keys for tokens and for secrets at rest; the previous ones still verify and decrypt during a rotation.
#[derive(Clone, Debug)]
pub struct KeySettings {
    /// Signs access tokens (HS256).
    pub secret: Secret,
    /// Verifies tokens signed before the last rotation.
    pub secret_previous: Option<Secret>,
    /// Encrypts credentials in the database.
    pub encryption: Secret,
    /// Decrypts what was stored before the last rotation.
    pub encryption_previous: Option<Secret>,
}

/// What only the API reads.
#[derive(Clone, Debug)]
pub struct ApiSettings {
    /// Address to listen on.
    pub bind: SocketAddr,
    /// Origins that browsers may call from.
    pub allowed_origins: Vec<String>,
    /// Requests a minute and user; 0 switches rate limits off.
    pub rate_limit_per_minute: u32,
    /// Addresses whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnetwork::IpNetwork>,
    /// Addresses that may read `/metrics`.
    pub metrics_allow: Vec<ipnetwork::IpNetwork>,
    /// Life of an access token.
    pub access_token_life: Duration,
    /// Life of a refresh token.
    pub refresh_token_life: Duration,
}

/// What only workers read.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Queues that this worker serves, in no order; empty means all.
    pub queues: Vec<String>,
    /// Jobs that run at the same time in this process.
    pub concurrency: usize,
}

/// How mails are sent.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The mail server; none, and no mail is sent.
    pub url: Option<Secret>,
    /// Address that mails come from.
    pub from: String,
}

/// How frames are captured.
#[derive(Clone, Debug)]
pub struct CaptureSettings {
    /// The FFmpeg program.
    pub ffmpeg_path: PathBuf,
    /// The only folder from which local files are read.
    pub media_root: PathBuf,
}

/// All settings of all binaries.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Kind of installation.
    pub environment: Environment,
    /// PostgreSQL URL.
    pub database_url: Secret,
    /// Connections each process may hold.
    pub database_pool_size: u32,
    /// Redis URL.
    pub redis_url: Secret,
    /// First part of every Redis key, so that installations can share a server.
    pub redis_prefix: String,
    /// Object storage.
    pub storage: StorageSettings,
    /// Keys.
    pub keys: KeySettings,
    /// The API's own.
    pub api: ApiSettings,
    /// The workers' own.
    pub worker: WorkerSettings,
    /// Mails.
    pub smtp: SmtpSettings,
    /// Frame capture.
    pub capture: CaptureSettings,
    /// Whether cameras, providers and Odoo may have private addresses.
    pub outbound_allow_private: bool,
    /// Health and metrics port of worker and scheduler.
    pub ops_bind: SocketAddr,
    /// Shape of log lines.
    pub log_format: LogFormat,
    /// Filter for log lines, in `tracing`'s syntax.
    pub log_filter: String,
    /// Collector that traces are sent to (OTLP over HTTP); none, and there are no traces.
    pub otlp_endpoint: Option<String>,
}

impl Settings {
    /// Reads the process environment, after filling it from a `.env` file in or above the working directory.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn from_env() -> Result<Self, SettingsError> {
        dotenvy::dotenv().ok();
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads settings from any source; a blank value counts as absent.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut r = Reader::new(&source);
        let settings = Self {
            environment: r.choice(
                "ENVIRONMENT",
                &[("development", Environment::Development), ("production", Environment::Production)],
            ),
            database_url: r.url("DATABASE_URL", &["postgres", "postgresql"]),
            database_pool_size: r.number("DATABASE_POOL_SIZE", 1..=1_000),
            redis_url: r.redis("REDIS_URL"),
            redis_prefix: r.text("REDIS_PREFIX"),
            storage: storage(&mut r),
            keys: keys(&mut r),
            api: api(&mut r),
            worker: WorkerSettings {
                queues: r.list("WORKER_QUEUES"),
                concurrency: r.number("WORKER_CONCURRENCY", 1..=10_000),
            },
            smtp: SmtpSettings {
                url: r.optional_url("SMTP_URL", &["smtp", "smtps"]).map(Secret::new),
                from: r.text("SMTP_FROM"),
            },
            capture: CaptureSettings {
                ffmpeg_path: r.text("FFMPEG_PATH").into(),
                media_root: r.text("MEDIA_ROOT").into(),
            },
            outbound_allow_private: r.flag("OUTBOUND_ALLOW_PRIVATE"),
            ops_bind: r.parsed("OPS_BIND"),
            log_format: r.choice("LOG_FORMAT", &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            log_filter: r.text("RUST_LOG"),
            otlp_endpoint: r.optional_url("OTEL_EXPORTER_OTLP_ENDPOINT", &["http", "https"]),
        };
        settings.refuse_weak_secrets(&mut r);
        r.finish(settings)
    }

    fn refuse_weak_secrets(&self, r: &mut Reader<'_>) {
        if self.environment == Environment::Development {
            return;
        }
        for (name, secret) in [("SECRET_KEY", &self.keys.secret), ("ENCRYPTION_KEY", &self.keys.encryption)] {
            if catalogue::is_default(name, secret.expose()) {
                r.problem(name, "must be set to a value of your own in production");
            } else if secret.expose().len() < 32 {
                r.problem(name, "must have at least 32 characters in production");
            }
        }
        if catalogue::is_default("S3_SECRET_KEY", self.storage.secret_key.expose()) {
            r.problem("S3_SECRET_KEY", "must be set to a value of your own in production");
        }
    }
}

fn storage(r: &mut Reader<'_>) -> StorageSettings {
    let endpoint = r.url("S3_ENDPOINT", &["http", "https"]).expose().to_owned();
    let public = r.optional_url("S3_PUBLIC_ENDPOINT", &["http", "https"]);
    StorageSettings {
        public_endpoint: public.unwrap_or_else(|| endpoint.clone()),
        endpoint,
        region: r.text("S3_REGION"),
        access_key: r.text("S3_ACCESS_KEY"),
        secret_key: Secret::new(r.text("S3_SECRET_KEY")),
        bucket: r.text("S3_BUCKET"),
    }
}

fn keys(r: &mut Reader<'_>) -> KeySettings {
    KeySettings {
        secret: Secret::new(r.text("SECRET_KEY")),
        secret_previous: r.optional("SECRET_KEY_PREVIOUS").map(Secret::new),
        encryption: Secret::new(r.text("ENCRYPTION_KEY")),
        encryption_previous: r.optional("ENCRYPTION_KEY_PREVIOUS").map(Secret::new),
    }
}

fn api(r: &mut Reader<'_>) -> ApiSettings {
    ApiSettings {
        bind: r.parsed("API_BIND"),
        allowed_origins: r.list("ALLOWED_ORIGINS"),
        rate_limit_per_minute: r.number("RATE_LIMIT_PER_MINUTE", 0..=1_000_000),
        trusted_proxies: r.networks("TRUSTED_PROXIES"),
        metrics_allow: r.networks("METRICS_ALLOW"),
        access_token_life: Duration::from_secs(
            60 * r.number::<u64>("ACCESS_TOKEN_EXPIRE_MINUTES", 1..=1_440),
        ),
        refresh_token_life: Duration::from_secs(
            86_400 * r.number::<u64>("REFRESH_TOKEN_EXPIRE_DAYS", 1..=365),
        ),
    }
}

#[cfg(test)]
mod tests;
