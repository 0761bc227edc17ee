//! The circuit breaker around real calls.

use std::time::Duration;

use recognition::{ProviderError, ProviderStatus, Tuning};

use crate::provider::{Answer, Provider, look, recognisers, tuned};

/// Long enough not to end by itself in a busy test run.
const COOL_DOWN: Duration = Duration::from_millis(300);

fn quick() -> Tuning {
    Tuning { cool_down: COOL_DOWN, ..Tuning::default() }
}

fn failing() -> Answer {
    Answer::Status(500, String::new())
}

#[tokio::test]
async fn after_five_failures_the_provider_is_left_alone() {
    let provider = Provider::start(failing()).await;
    let client = recognisers().get(&provider.config("rollcall")).unwrap();
    for _ in 0..5 {
        assert!(matches!(look(&*client).await, Err(ProviderError::Failed(500))));
    }
    let error = look(&*client).await.unwrap_err();
    assert!(
        matches!(error, ProviderError::CircuitOpen { retry_after } if retry_after.as_secs() >= 10),
        "{error:?}"
    );
    assert!(error.is_transient());
    assert_eq!((provider.requests().len(), client.status()), (5, ProviderStatus::Offline));
}

#[tokio::test]
async fn a_single_trial_closes_it_again() {
    let provider = Provider::start(failing()).await;
    let client = tuned(quick()).get(&provider.config("rollcall")).unwrap();
    for _ in 0..6 {
        let _ = look(&*client).await;
    }
    provider.answers(Answer::Late(Duration::from_millis(100), r#"{"detections":[]}"#.into()));
    tokio::time::sleep(COOL_DOWN).await;
    let (first, second, third) = tokio::join!(look(&*client), look(&*client), look(&*client));
    let passed = [&first, &second, &third].into_iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((passed, provider.requests().len()), (1, 6));
    assert!(look(&*client).await.is_ok());
    assert_ne!(client.status(), ProviderStatus::Offline);
}

#[tokio::test]
async fn a_failed_trial_opens_it_again() {
    let provider = Provider::start(failing()).await;
    let client = tuned(quick()).get(&provider.config("rollcall")).unwrap();
    for _ in 0..5 {
        let _ = look(&*client).await;
    }
    tokio::time::sleep(COOL_DOWN).await;
    assert!(matches!(look(&*client).await, Err(ProviderError::Failed(_))));
    assert!(matches!(look(&*client).await, Err(ProviderError::CircuitOpen { .. })));
}

#[tokio::test]
async fn a_trial_that_is_cancelled_leaves_room_for_another() {
    let provider = Provider::start(failing()).await;
    let client = tuned(quick()).get(&provider.config("rollcall")).unwrap();
    for _ in 0..5 {
        let _ = look(&*client).await;
    }
    provider.answers(Answer::Late(Duration::from_secs(20), String::new()));
    tokio::time::sleep(COOL_DOWN).await;
    assert!(tokio::time::timeout(Duration::from_millis(100), look(&*client)).await.is_err());
    provider.answers(Answer::nobody());
    assert!(look(&*client).await.is_ok());
}

#[tokio::test]
async fn garbage_and_time_outs_count_and_refused_pictures_do_not() {
    for (answer, opens) in [
        (Answer::ok("garbage"), true),
        (Answer::HangUp, true),
        (Answer::Late(Duration::from_secs(20), String::new()), true),
        (Answer::Status(422, String::new()), false),
    ] {
        let provider = Provider::start(answer).await;
        let mut config = provider.config("http");
        config.timeout = Duration::from_millis(50);
        let client = recognisers().get(&config).unwrap();
        for _ in 0..5 {
            let _ = look(&*client).await;
        }
        let last = look(&*client).await;
        assert_eq!(matches!(last, Err(ProviderError::CircuitOpen { .. })), opens, "{last:?}");
    }
}
