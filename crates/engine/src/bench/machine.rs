//! What of the machine decides about speed, as far as it can be learned without asking anybody.

use std::fs;
use std::thread;

use sawlog_parser::measure::simd_level;
use serde::Serialize;

/// The machine that a benchmark ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Name of the processor, where the system tells.
    pub processor: Option<String>,
    /// Cores that this process may use.
    pub cores: usize,
    /// The vector instructions that records are read with.
    pub simd: &'static str,
    /// Operating system and architecture.
    pub system: String,
    /// Version of sawlog.
    pub sawlog: &'static str,
    /// Whether this is a build without optimization, whose figures mean nothing.
    pub unoptimized: bool,
}

impl Machine {
    /// This machine.
    pub fn here() -> Self {
        Self {
            processor: processor(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            simd: simd_level(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            sawlog: env!("CARGO_PKG_VERSION"),
            unoptimized: cfg!(debug_assertions),
        }
    }
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim().to_owned())
}

/// The most memory that this process has held so far; None where the system does not tell.
pub(crate) fn peak_bytes() -> Option<u64> {
    peak_of_status(&fs::read_to_string("/proc/self/status").ok()?)
}

fn peak_of_status(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peak_memory_is_read_as_the_kernel_writes_it() {
        assert_eq!(peak_of_status("VmPeak:\t   900 kB\nVmHWM:\t    12 kB\nVmRSS:\t 8 kB\n"), Some(12 * 1024));
        assert_eq!(peak_of_status("Name:\tsawlog\n"), None);
    }
}
