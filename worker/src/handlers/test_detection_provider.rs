//! A look at the detection provider's health, kept in its row; one alert tells of each change.

use jobs::{ProviderReport, TestDetectionProvider};

use crate::{
    context::Context,
    handler::{Failure, Handle, Run},
    provider,
};

impl Handle for TestDetectionProvider {
    async fn run(&self, context: &Context, _run: &Run) -> Result<ProviderReport, Failure> {
        let snapshot = context.configuration.current().await?;
        let config = snapshot.provider_config(&context.sealer).map_err(|e| Failure::discard(&e))?;
        let recogniser = context.recognisers.get(&config).map_err(|e| Failure::discard(&e))?;
        let checkup = recogniser.check_up().await;
        let status = provider::stored(checkup.status);
        provider::change(context, snapshot.provider.status, status, &checkup.message).await?;
        if let Some(latency) = checkup.latency {
            let milliseconds = latency.as_secs_f64() * 1_000.0;
            entity::detection_provider_config::record_answer(&context.db, chrono::Utc::now(), milliseconds)
                .await?;
        }
        Ok(ProviderReport {
            status: checkup.status.as_str().to_owned(),
            latency_ms: checkup
                .latency
                .map_or(0, |latency| u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)),
            message: checkup.message,
        })
    }
}
