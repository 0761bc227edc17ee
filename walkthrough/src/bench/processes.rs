//! What the processes of the system use, as Linux tells below `/proc`. `scripts/demo` says which they are.

use std::{fs, time::Duration};

use super::{figure, heading};
use crate::{error::Error, setting::setting};

/// One process of the system.
struct Process {
    name: String,
    pid: String,
}

impl Process {
    fn read(&self, file: &str) -> Result<String, Error> {
        let path = format!("/proc/{}/{file}", self.pid);
        fs::read_to_string(&path).map_err(|error| Error::File { path, error })
    }
}

/// `name=pid` with spaces between, from the environment.
fn all() -> Result<Vec<Process>, Error> {
    let pairs = setting("DEMO_PIDS")?;
    let parse = |pair: &str| {
        let (name, pid) = pair.split_once('=')?;
        Some(Process { name: name.to_owned(), pid: pid.to_owned() })
    };
    pairs.split_whitespace().map(|pair| parse(pair).ok_or(Error::Setting("DEMO_PIDS"))).collect()
}

/// Prints resident and proportional memory of every process.
pub fn print_memory(title: &str) -> Result<(), Error> {
    heading(title);
    for process in all()? {
        let rollup = process.read("smaps_rollup")?;
        let mib = |key: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(key))?;
            Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
        };
        let (Some(rss), Some(pss)) = (mib("Rss:"), mib("Pss:")) else {
            return Err(Error::Unexpected("a smaps_rollup without Rss or Pss"));
        };
        figure(&process.name, &format_args!("RSS {rss:6.1} MiB  PSS {pss:6.1} MiB"));
    }
    Ok(())
}

/// Time of CPU that all processes whose name begins with `name` have used, user and system.
pub fn cpu(name: &str) -> Result<Duration, Error> {
    all()?
        .iter()
        .filter(|process| process.name.starts_with(name))
        .map(|process| used(&process.read("stat")?))
        .sum()
}

/// Begins the peaks of memory anew for all processes whose name begins with `name`.
pub fn forget_peaks(name: &str) -> Result<(), Error> {
    // 5 resets VmHWM, as proc(5) says.
    all()?.iter().filter(|process| process.name.starts_with(name)).try_for_each(|process| {
        let path = format!("/proc/{}/clear_refs", process.pid);
        fs::write(&path, "5").map_err(|error| Error::File { path, error })
    })
}

/// The most memory that one of these processes has had resident since, in MiB.
pub fn peak(name: &str) -> Result<f64, Error> {
    let of_one = |process: &Process| {
        let status = process.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0).ok_or(Error::Unexpected("a status without VmHWM"))
    };
    let peaks = all()?
        .iter()
        .filter(|process| process.name.starts_with(name))
        .map(of_one)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(peaks.into_iter().fold(0.0, f64::max))
}

/// Fields 14 and 15, counted from behind the name, which may hold spaces; in hundredths of a second.
fn used(stat: &str) -> Result<Duration, Error> {
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().skip(11).take(2));
    let ticks = fields.and_then(|fields| fields.map(|field| field.parse::<u64>().ok()).sum::<Option<u64>>());
    ticks.map(|ticks| Duration::from_millis(ticks * 10)).ok_or(Error::Unexpected("a stat without times"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_times_are_found_behind_a_name_with_spaces() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0";
        assert_eq!(used(stat).unwrap(), Duration::from_secs(2));
    }
}
