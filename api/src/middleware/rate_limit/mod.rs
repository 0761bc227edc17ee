//! Rate limits: a sliding window per caller and class in Redis, asked in one call. With Redis away everybody passes,
//! and for a moment nobody even asks, so that an outage of Redis does not slow every call down.

mod window;

use std::sync::Arc;

use poem::{
    Endpoint, Request, Response, Result,
    http::{HeaderMap, HeaderValue},
};
use window::{Verdict, Window};

use super::recover::failure;
use crate::{
    call::Call,
    error::{ApiError, seconds_rounded_up},
    operations::{Operations, RateClass},
    state::App,
};

/// The layer.
#[derive(Clone)]
pub struct RateLimit {
    operations: Arc<Operations>,
    window: Arc<Window>,
    per_minute: u32,
}

impl RateLimit {
    /// Limits as the settings say.
    #[must_use]
    pub fn new(app: &App, operations: Arc<Operations>) -> Self {
        let settings = &app.settings;
        let window = Arc::new(Window::new(app.redis.clone(), &settings.redis_prefix));
        Self { operations, window, per_minute: settings.api.rate_limit_per_minute }
    }

    /// Calls a minute in `class`; only the standard class is configurable, the others follow the contract.
    fn limit(&self, class: RateClass) -> u32 {
        match class {
            RateClass::Standard => self.per_minute,
            RateClass::Polled => 600.max(self.per_minute),
            RateClass::Enqueuing => 30,
            RateClass::SignIn => 10,
        }
    }

    /// Probes and what a load balancer reads must always pass.
    fn applies(&self, path: &str) -> bool {
        self.per_minute > 0 && !path.starts_with("/health") && path != "/metrics"
    }
}

super::middleware!(
    /// See [`RateLimit`].
    RateLimit => RateLimitEndpoint
);

impl<E: Endpoint<Output = Response>> Endpoint for RateLimitEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let call = Arc::clone(Call::of(&request)?);
        if !self.layer.applies(&call.path) {
            return self.next.call(request).await;
        }
        let class = self.layer.operations.class(&call.method, &call.path);
        let limit = self.layer.limit(class);
        let Some(verdict) = self.layer.window.count(&caller(&call, class), limit).await else {
            return self.next.call(request).await;
        };
        let mut response = if verdict.allowed {
            self.next.call(request).await?
        } else {
            metrics::counter!("rollcall_http_rate_limited_total", "class" => name(class)).increment(1);
            failure(&ApiError::RateLimited(verdict.reset), &call)
        };
        tell(response.headers_mut(), limit, &verdict);
        Ok(response)
    }
}

/// Sign-ins count by address, whatever token comes with them.
fn caller(call: &Call, class: RateClass) -> String {
    match call.user_id().filter(|_| class != RateClass::SignIn) {
        Some(user) => format!("{}:{user}", name(class)),
        None => format!("{}:{}", name(class), call.client),
    }
}

fn name(class: RateClass) -> &'static str {
    match class {
        RateClass::Standard => "standard",
        RateClass::Polled => "polled",
        RateClass::Enqueuing => "enqueuing",
        RateClass::SignIn => "sign-in",
    }
}

fn tell(headers: &mut HeaderMap, limit: u32, verdict: &Verdict) {
    headers.insert("x-ratelimit-limit", HeaderValue::from(limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(verdict.remaining));
    headers.insert("x-ratelimit-reset", HeaderValue::from(seconds_rounded_up(verdict.reset)));
}
