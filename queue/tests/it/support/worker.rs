//! Real apalis workers on the queue, in this process or, to be lost as a whole, in a runtime of their own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{BoxDynError, Data, WorkerBuilder};
use futures_util::FutureExt;
use queue::{Delivery, Outcome, QueueShare, Queues, RedisBackend, WorkerControl, WorkerOptions};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::{KIND, QUEUE};

type Answer = Pin<Box<dyn Future<Output = Result<Outcome, BoxDynError>> + Send>>;
pub type Handler = Arc<dyn Fn(Delivery) -> Answer + Send + Sync>;

/// Makes a handler of a closure.
pub fn handler<F>(body: impl Fn(Delivery) -> F + Send + Sync + 'static) -> Handler
where
    F: Future<Output = Result<Outcome, BoxDynError>> + Send + 'static,
{
    Arc::new(move |delivery| Box::pin(body(delivery)))
}

async fn call(delivery: Delivery, handler: Data<Handler>) -> Result<Outcome, BoxDynError> {
    (handler)(delivery).await
}

/// Settings with short times: a lease of 600 ms.
pub fn options(name: &str) -> WorkerOptions {
    let mut options = WorkerOptions::new(name, vec![QueueShare::new(QUEUE)], vec![(KIND.to_owned(), 1)]);
    options.host = "test-host".to_owned();
    options.version = "1.2.3".to_owned();
    options.lease = Duration::from_millis(600);
    options.renew_every = Duration::from_millis(100);
    options.idle_wait = Duration::from_millis(300);
    options.cancel_grace = Duration::from_millis(200);
    options.retry_cap = Duration::from_millis(200);
    options.heartbeat_every = Duration::from_millis(200);
    options.concurrency = 4;
    options
}

/// A worker in a runtime of its own: dropping that runtime loses the worker, as SIGKILL does.
pub struct TestWorker {
    pub control: WorkerControl,
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<oneshot::Receiver<()>>,
}

impl TestWorker {
    pub fn start(queues: &Queues, name: &str, handler: Handler) -> Self {
        Self::start_with(queues, options(name), handler)
    }

    pub fn start_with(queues: &Queues, options: WorkerOptions, handler: Handler) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let name = options.name.clone();
        let backend = RedisBackend::new(queues.clone(), options).unwrap();
        let control = backend.control();
        let (stop, stopped) = oneshot::channel::<()>();
        let (end, ended) = oneshot::channel();
        let worker = WorkerBuilder::new(name).backend(backend).data(handler).build(call);
        let signal = async move {
            let _ = stopped.await;
            Ok::<(), std::io::Error>(())
        };
        // Boxed here: inside the spawned block the compiler cannot prove that it is Send.
        let run = worker.run_until(signal).boxed();
        runtime.spawn(async move {
            run.await.unwrap();
            let _ = end.send(());
        });
        Self { control, runtime: Some(runtime), stop: Some(stop), ended: Some(ended) }
    }

    /// Loses the worker in the middle of what it does.
    pub fn lose(mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }

    /// Stops as a process does at SIGTERM: drain, then end the worker. Answers how many jobs were handed back.
    pub async fn terminate(mut self, deadline: Duration) -> usize {
        let handed_back = self.control.drain(deadline).await;
        drop(self.stop.take());
        tokio::time::timeout(Duration::from_secs(5), self.ended.take().unwrap()).await.unwrap().unwrap();
        handed_back
    }
}

impl Drop for TestWorker {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
