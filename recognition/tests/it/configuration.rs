//! Changes of configuration.

use std::sync::Arc;
use std::time::Duration;

use recognition::{ProviderError, kind_named, kind_names};

use crate::provider::{Answer, Provider, config, look, recognisers};

#[tokio::test]
async fn a_changed_configuration_takes_effect_at_the_next_call() {
    let (old, new) = (Provider::start(Answer::nobody()).await, Provider::start(Answer::nobody()).await);
    let recognisers = recognisers();
    look(&*recognisers.get(&old.config("rollcall")).unwrap()).await.unwrap();
    let mut changed = new.config("http");
    changed.api_key = Some("new-key".into());
    look(&*recognisers.get(&changed).unwrap()).await.unwrap();
    assert_eq!(old.requests().len(), 1);
    assert!(new.requests()[0].contains("Bearer new-key"));
}

#[tokio::test]
async fn an_unchanged_configuration_keeps_its_client() {
    let recognisers = recognisers();
    let config = config("rollcall", "http://127.0.0.1:1");
    assert!(Arc::ptr_eq(&recognisers.get(&config).unwrap(), &recognisers.get(&config).unwrap()));
}

#[tokio::test]
async fn a_new_time_out_does_not_close_the_circuit_of_an_endpoint() {
    let provider = Provider::start(Answer::Status(500, String::new())).await;
    let recognisers = recognisers();
    let mut config = provider.config("rollcall");
    for _ in 0..5 {
        let _ = look(&*recognisers.get(&config).unwrap()).await;
    }
    config.timeout = Duration::from_secs(2);
    let error = look(&*recognisers.get(&config).unwrap()).await.unwrap_err();
    assert!(matches!(error, ProviderError::CircuitOpen { .. }), "{error:?}");
    let other = Provider::start(Answer::nobody()).await;
    assert!(look(&*recognisers.get(&other.config("rollcall")).unwrap()).await.is_ok());
}

#[test]
fn a_configuration_that_cannot_work_is_refused() {
    let get = |config| recognisers().get(&config).err().unwrap().to_string();
    assert_eq!(get(config("oracle", "http://h/")), "there is no kind of provider named \"oracle\"");
    assert_eq!(get(config("http", "not a url")), "the provider's endpoint cannot be used");
    let mut broken_key = config("http", "http://h/");
    broken_key.api_key = Some("line\nbreak".into());
    assert_eq!(get(broken_key), "the provider's API key cannot be used");
}

#[test]
fn every_kind_is_found_by_its_name() {
    assert_eq!(kind_names().collect::<Vec<_>>(), ["rollcall", "http"]);
    assert_eq!(kind_named("rollcall").unwrap().default_min_confidence(), 55.0);
}
