#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn with(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn an_empty_environment_gives_the_defaults() {
    let settings = with(&[]).unwrap();
    assert_eq!(settings.api.bind.port(), 8000);
    assert_eq!(settings.storage.public_endpoint, settings.storage.endpoint);
    assert!(settings.outbound_allow_private);
}

#[test]
fn every_mistake_is_named_at_once() {
    let error = with(&[
        ("DATABASE_URL", "mysql://x"),
        ("WORKER_CONCURRENCY", "0"),
        ("LOG_FORMAT", "yaml"),
        ("TRUSTED_PROXIES", "everyone"),
        ("API_BIND", "here"),
    ])
    .unwrap_err();
    let text = error.to_string();
    for name in ["DATABASE_URL", "WORKER_CONCURRENCY", "LOG_FORMAT", "TRUSTED_PROXIES", "API_BIND"] {
        assert!(text.contains(name), "{name} is missing in: {text}");
    }
}

#[test]
fn production_refuses_default_and_short_secrets() {
    let text = with(&[("ENVIRONMENT", "production"), ("ENCRYPTION_KEY", "short")]).unwrap_err().to_string();
    assert!(text.contains("SECRET_KEY: must be set"), "{text}");
    assert!(text.contains("ENCRYPTION_KEY: must have at least 32"), "{text}");
}

#[test]
fn no_message_and_no_debug_output_shows_a_secret() {
    let error = with(&[("DATABASE_URL", "mysql://me:hunter2@db/x")]).unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
    let settings =
        with(&[("REDIS_URL", "redis://:hunter2@cache"), ("SECRET_KEY", "hunter2hunter2")]).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn help_names_every_variable() {
    let text = help();
    assert!(VARIABLES.iter().all(|v| text.contains(v.name)));
}

/// `UPDATE_ENV_EXAMPLE=1 cargo test -p platform` writes the file anew.
#[test]
fn the_env_example_holds_every_variable_with_its_default() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../.env.example");
    if std::env::var_os("UPDATE_ENV_EXAMPLE").is_some() {
        std::fs::write(path, example()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), example());
}
