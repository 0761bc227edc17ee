//! Providers that do not answer as they should: every way has its own error.

use std::time::{Duration, Instant};

use recognition::ProviderError;

use crate::provider::{Answer, Provider, client, config, look, shown};

#[tokio::test]
async fn a_provider_that_is_down_is_unreachable() {
    let error = look(&*client(&config("rollcall", "http://127.0.0.1:1"))).await.unwrap_err();
    assert!(matches!(error, ProviderError::Unreachable(_)) && error.is_transient(), "{error:?}");
    let error = shown("rollcall", Answer::HangUp).await.unwrap_err();
    assert!(matches!(error, ProviderError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_provider_that_is_slow_or_drips_is_given_up_in_time() {
    for answer in [Answer::Late(Duration::from_secs(20), String::new()), Answer::Drip] {
        let asked = Instant::now();
        let error = shown("http", answer).await.unwrap_err();
        assert!(matches!(error, ProviderError::TimedOut(_)) && error.is_transient(), "{error:?}");
        assert!(asked.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_status_tells_whose_fault_it_is() {
    for (status, transient) in
        [(500, true), (503, true), (429, true), (413, false), (422, false), (302, true)]
    {
        let error = shown("rollcall", Answer::Status(status, "{}".into())).await.unwrap_err();
        let told = match error {
            ProviderError::Failed(told) | ProviderError::Rejected(told) => told,
            ref other => panic!("{other:?}"),
        };
        assert_eq!((told, error.is_transient()), (status, transient));
    }
    for status in [401, 403] {
        let error = shown("http", Answer::Status(status, "{}".into())).await.unwrap_err();
        assert!(matches!(error, ProviderError::Unauthorised) && !error.is_transient(), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_of_more_than_a_megabyte_is_too_large() {
    let error = shown("rollcall", Answer::ok(" ".repeat(1024 * 1024 + 1))).await.unwrap_err();
    assert!(matches!(error, ProviderError::TooLarge(_)), "{error:?}");
}

#[tokio::test]
async fn an_endpoint_that_may_not_be_called_is_refused() {
    for endpoint in ["http://169.254.169.254/", "http://[fe80::1]/", "ftp://provider/", "http://0.0.0.0:8001"]
    {
        let error = look(&*client(&config("http", endpoint))).await.unwrap_err();
        assert!(matches!(error, ProviderError::Refused(_)) && !error.is_transient(), "{endpoint}: {error:?}");
    }
}

#[tokio::test]
async fn no_error_tells_the_key() {
    let secret = "s3cr3t-k3y";
    let provider = Provider::start(Answer::Status(401, secret.into())).await;
    for endpoint in [provider.endpoint.as_str(), "http://user:s3cr3t-k3y@127.0.0.1:1/?key=s3cr3t-k3y"] {
        let mut config = config("http", endpoint);
        config.api_key = Some(secret.into());
        let error = look(&*client(&config)).await.unwrap_err();
        assert!(!format!("{config:?} {error} {error:?}").contains(secret), "{error:?}");
    }
}
