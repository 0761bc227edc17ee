//! What Redis says of itself, read before and after a run.

use std::collections::HashMap;

use redis::aio::MultiplexedConnection;

/// A connection that asks for `INFO`.
pub(crate) struct Gauge {
    connection: MultiplexedConnection,
}

/// One reading, or the difference of two.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    /// Seconds of the server's own CPU.
    pub(crate) cpu: f64,
    /// Commands, those inside scripts too.
    pub(crate) commands: f64,
    /// Bytes received and sent.
    pub(crate) bytes: f64,
    /// Bytes of the append-only file.
    pub(crate) file: f64,
    /// Calls of scripts, and the seconds inside them.
    pub(crate) scripts: f64,
    pub(crate) script_seconds: f64,
}

impl Gauge {
    pub(crate) async fn new(url: &str) -> Self {
        let client = redis::Client::open(url).unwrap();
        Self { connection: client.get_multiplexed_async_connection().await.unwrap() }
    }

    /// Members of a set.
    pub(crate) async fn count(&mut self, key: &str) -> u64 {
        redis::cmd("SCARD").arg(key).query_async(&mut self.connection).await.unwrap()
    }

    pub(crate) async fn read(&mut self) -> Reading {
        let text: String =
            redis::cmd("INFO").arg("everything").query_async(&mut self.connection).await.unwrap();
        let info: HashMap<&str, &str> = text.lines().filter_map(|line| line.trim().split_once(':')).collect();
        let number = |name: &str| info.get(name).and_then(|value| value.parse::<f64>().ok()).unwrap_or(0.0);
        let of_command = |line: &str, field: &str| {
            let part = line.split(',').find_map(|part| part.strip_prefix(field)?.strip_prefix('='));
            part.and_then(|value| value.parse::<f64>().ok()).unwrap_or(0.0)
        };
        let each = |field: &str| {
            info.iter()
                .filter(|(name, _)| name.starts_with("cmdstat_"))
                .map(|(_, line)| of_command(line, field))
                .sum()
        };
        let script = info.get("cmdstat_evalsha").copied().unwrap_or_default();
        let commands: f64 = each("calls");
        Reading {
            cpu: number("used_cpu_user") + number("used_cpu_sys"),
            commands,
            bytes: number("total_net_input_bytes") + number("total_net_output_bytes"),
            file: number("aof_current_size"),
            scripts: of_command(script, "calls"),
            script_seconds: of_command(script, "usec") / 1e6,
        }
    }
}

impl std::ops::Sub for Reading {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            cpu: self.cpu - before.cpu,
            commands: self.commands - before.commands,
            bytes: self.bytes - before.bytes,
            file: self.file - before.file,
            scripts: self.scripts - before.scripts,
            script_seconds: self.script_seconds - before.script_seconds,
        }
    }
}
