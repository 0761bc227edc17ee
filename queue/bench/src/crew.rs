//! The worker processes of one run, from their start to what they print in the end.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use queue::Queues;

/// Threads of each of so many processes: all of them share the machine's cores, since threads beyond these only wake each
/// other up. `TOKIO_WORKER_THREADS` sets another number.
fn threads_for(processes: usize) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::env::var("TOKIO_WORKER_THREADS").unwrap_or_else(|_| (cores / processes).max(1).to_string())
}

/// Worker processes on one queue.
pub(crate) struct Crew {
    children: Vec<Child>,
}

impl Crew {
    /// Starts workers and waits until each of them serves.
    pub(crate) async fn start(url: &str, queues: &Queues, processes: usize, concurrency: usize) -> Self {
        let crew = Self::spawn("worker", url, queues.prefix(), processes, concurrency);
        while queues.workers().await.unwrap().len() < processes {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        crew
    }

    /// Starts processes in the role `worker` or `rival`.
    pub(crate) fn spawn(role: &str, url: &str, prefix: &str, processes: usize, concurrency: usize) -> Self {
        let program = std::env::current_exe().unwrap();
        let threads = threads_for(processes);
        let spawn = |_| {
            let mut command = Command::new(&program);
            command.env("TOKIO_WORKER_THREADS", &threads);
            command.args([role, url, prefix, &concurrency.to_string()]);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
        };
        Self { children: (0..processes).map(spawn).collect() }
    }

    /// True while no process has ended.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.children.iter_mut().all(|child| child.try_wait().unwrap().is_none())
    }

    /// Seconds of CPU that the workers have used: fields 14 and 15 of their stat, in hundredths.
    pub(crate) fn cpu(&self) -> f64 {
        let of = |child: &Child| {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
            let fields = stat.rsplit_once(')').unwrap().1.split_whitespace().skip(11).take(2);
            fields.map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum::<f64>()
        };
        self.children.iter().map(of).sum()
    }

    /// Stops the workers and returns the latencies that they saw, in microseconds.
    pub(crate) fn dismiss(self) -> Vec<u64> {
        let mut latencies = Vec::new();
        for mut child in self.children {
            drop(child.stdin.take());
            let output = child.wait_with_output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            latencies.extend(text.lines().filter_map(|line| line.parse::<u64>().ok()));
        }
        latencies
    }
}
