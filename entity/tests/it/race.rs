//! Doing the same thing several times at once.

use std::future::Future;

use futures_util::future::join_all;

/// Runs `count` tasks on threads of their own and answers what each came to.
pub async fn at_once<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let tasks = (0..count).map(|number| tokio::spawn(task(number)));
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}
