//! Every environment variable that Rollcall reads, with its default and one line of help: the only place in which a
//! default stands. `--help` and `.env.example` are made from it.

use std::fmt::Write as _;

/// One environment variable.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Value where none is given; `None` where absence means something of its own.
    pub default: Option<&'static str>,
    /// What it is for.
    pub help: &'static str,
}

const fn var(name: &'static str, default: &'static str, help: &'static str) -> Variable {
    Variable { name, default: Some(default), help }
}

const fn optional(name: &'static str, help: &'static str) -> Variable {
    Variable { name, default: None, help }
}

/// The list, in the order in which `--help` prints it.
pub const VARIABLES: &[Variable] = &[
    var(
        "ENVIRONMENT",
        "development",
        "development or production; production refuses default and short secrets",
    ),
    var(
        "DATABASE_URL",
        "postgres://rollcall:rollcall@127.0.0.1:5432/rollcall",
        "PostgreSQL 15 or newer; ?sslmode=verify-full for TLS",
    ),
    var("DATABASE_POOL_SIZE", "10", "connections that each process may hold"),
    var(
        "REDIS_URL",
        "redis://127.0.0.1:6379",
        "Redis 7 or newer with appendonly yes and maxmemory-policy noeviction; rediss:// for TLS, \
         redis+sentinel://host:26379,host:26379/mymaster for Sentinel, redis+cluster://host:6379,host:6379 for Cluster",
    ),
    var(
        "REDIS_PREFIX",
        "rollcall",
        "first part of every Redis key, so that installations can share a server",
    ),
    var("S3_ENDPOINT", "http://127.0.0.1:9000", "object storage as this process reaches it"),
    optional(
        "S3_PUBLIC_ENDPOINT",
        "object storage as browsers reach it, in signed URLs; default S3_ENDPOINT",
    ),
    var("S3_REGION", "us-east-1", "region name in signatures"),
    var("S3_ACCESS_KEY", "rollcall", "access key id"),
    var("S3_SECRET_KEY", "rollcall-development-only", "secret access key"),
    var("S3_BUCKET", "rollcall", "the one private bucket"),
    var(
        "SECRET_KEY",
        "development-secret-key-never-for-production",
        "signs access tokens; 32 characters or more",
    ),
    optional("SECRET_KEY_PREVIOUS", "the former SECRET_KEY, still verified during a rotation"),
    var(
        "ENCRYPTION_KEY",
        "development-encryption-key-never-for-production",
        "encrypts stored credentials; 32 characters or more",
    ),
    optional("ENCRYPTION_KEY_PREVIOUS", "the former ENCRYPTION_KEY, still decrypted during a rotation"),
    var("ACCESS_TOKEN_EXPIRE_MINUTES", "15", "life of an access token"),
    var("REFRESH_TOKEN_EXPIRE_DAYS", "14", "life of a refresh token"),
    var(
        "ALLOWED_ORIGINS",
        "http://localhost:3000,http://localhost:5173",
        "origins that browsers may call from, comma-separated",
    ),
    var("API_BIND", "0.0.0.0:8000", "address of the API"),
    var(
        "OPS_BIND",
        "127.0.0.1:9090",
        "address of health and metrics of worker and scheduler; port 0 takes a free one",
    ),
    var("RATE_LIMIT_PER_MINUTE", "120", "requests a minute and user; 0 switches every rate limit off"),
    optional("TRUSTED_PROXIES", "addresses or networks whose X-Forwarded-For is believed, comma-separated"),
    var(
        "METRICS_ALLOW",
        "127.0.0.0/8,::1/128",
        "addresses or networks that may read /metrics, comma-separated",
    ),
    var("OUTBOUND_ALLOW_PRIVATE", "true", "whether cameras, providers and Odoo may have private addresses"),
    optional(
        "ADMIN_PASSWORD",
        "password of the first administrator; made and printed once where absent (read when seeding)",
    ),
    var(
        "PROVIDER_URL",
        "http://127.0.0.1:8001",
        "detection provider that a new installation begins with (read when seeding)",
    ),
    optional("WORKER_QUEUES", "queues that a worker serves, comma-separated; default all"),
    var("WORKER_CONCURRENCY", "16", "jobs that run at the same time in one worker"),
    optional(
        "SMTP_URL",
        "mail server for scheduled reports, smtps://user:password@host; default none, no mail is sent",
    ),
    var("SMTP_FROM", "rollcall@localhost", "address that mails come from"),
    var("FFMPEG_PATH", "ffmpeg", "the FFmpeg program"),
    var("MEDIA_ROOT", "media", "the only folder from which cameras of type Local File are read"),
    var("LOG_FORMAT", "text", "text or json"),
    var("RUST_LOG", "info", "log filter, in tracing's syntax"),
    optional(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "collector that traces are sent to, OTLP over HTTP, such as http://127.0.0.1:4318; default none, no traces",
    ),
];

/// The default of `name`, or an empty text.
pub(super) fn default_of(name: &str) -> &'static str {
    VARIABLES.iter().find(|v| v.name == name).and_then(|v| v.default).unwrap_or_default()
}

/// Whether `value` is what stands here for everybody to read.
pub(super) fn is_default(name: &str, value: &str) -> bool {
    value == default_of(name)
}

/// What `--help` prints after the first line: every variable, its default and its purpose.
#[must_use]
pub fn help() -> String {
    let mut text = String::from("Settings, from the environment or a .env file:\n");
    for v in VARIABLES {
        let default = v.default.map_or_else(String::new, |d| format!(" [default: {d}]"));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<28} {}{default}", v.name, v.help);
    }
    text
}

/// The text of `.env.example`: every variable with its purpose, set to its default, or commented out where it has none.
#[must_use]
pub fn example() -> String {
    let mut text = String::from("# Every setting with its default. Copy to .env and change what differs.\n");
    for v in VARIABLES {
        // Writing to a String cannot fail.
        let _ = match v.default {
            Some(default) => writeln!(text, "\n# {}\n{}={default}", v.help, v.name),
            None => writeln!(text, "\n# {}\n# {}=", v.help, v.name),
        };
    }
    text
}
