//! Rounds to medians, and medians to figures that can be compared.

use std::collections::BTreeMap;

use serde::Serialize;

use super::machine::Machine;
use super::stages::{INDEX, Round, STAGES, VISIT};
use crate::report::Report;

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BenchReport {
    /// Where.
    pub machine: Machine,
    /// The log types that records could become.
    pub log_types: Vec<String>,
    /// How often each measurement was repeated.
    pub rounds: usize,
    /// Whole conversions.
    pub whole: Whole,
    /// What the stages worked on.
    pub sample: BenchSample,
    /// The stages, each by itself on one thread, in the order of the work. Where no log type reads JSON,
    /// nothing is indexed, and there is no such stage.
    pub stages: Vec<Stage>,
    /// All stages together.
    pub all_stages: Rate,
}

/// Whole conversions, from the inputs to a published lake.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Whole {
    /// Worker threads.
    pub threads: usize,
    /// Records met.
    pub records: u64,
    /// Records that became rows.
    pub rows: u64,
    /// Records that became quarantine entries.
    pub quarantined: u64,
    /// The same by code.
    pub reasons: BTreeMap<String, u64>,
    /// Bytes of the inputs as they are stored.
    pub input_bytes: u64,
    /// Bytes after decompression.
    pub decoded_bytes: u64,
    /// Bytes of the data files.
    pub output_bytes: u64,
    /// The shortest and the longest round, in seconds.
    pub range_s: (f64, f64),
    /// The most memory that the process held, where the system tells.
    pub peak_bytes: Option<u64>,
    /// The median round.
    #[serde(flatten)]
    pub rate: Rate,
}

/// The part of the inputs that the stages worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BenchSample {
    /// Records met.
    pub records: u64,
    /// Bytes after decompression.
    pub decoded_bytes: u64,
    /// Whether that is all of the inputs.
    pub is_all: bool,
}

/// A stage of the conversion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// The stage that it is a part of, so that it is not added up.
    pub part_of: Option<&'static str>,
    /// Its part in the time of all stages, from 0 to 1.
    pub share: f64,
    /// The median round.
    #[serde(flatten)]
    pub rate: Rate,
}

/// A time, and what it says about bytes and records. What took no time, such as the compression of no rows,
/// has no speed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Seconds.
    pub seconds: f64,
    /// Millions of decoded bytes a second.
    pub mb_per_s: Option<f64>,
    /// Records a second.
    pub records_per_s: Option<f64>,
    /// Nanoseconds a record.
    pub ns_per_record: f64,
}

impl Rate {
    fn new(seconds: f64, decoded_bytes: u64, records: u64) -> Self {
        let per_s = |amount: f64| (seconds > 0.0).then(|| amount / seconds);
        Self {
            seconds,
            mb_per_s: per_s(decoded_bytes as f64 / 1e6),
            records_per_s: per_s(records as f64),
            ns_per_record: seconds * 1e9 / (records as f64).max(1.0),
        }
    }
}

impl Whole {
    /// `rounds` are whole conversions of the same inputs, of which there is at least one.
    pub(super) fn new(threads: usize, rounds: &[Report], peak_bytes: Option<u64>) -> Self {
        let seconds: Vec<f64> = rounds.iter().map(|round| round.elapsed_s).collect();
        let round = rounds.first().cloned().unwrap_or_default();
        Self {
            threads,
            records: round.records,
            rows: round.rows,
            quarantined: round.quarantined,
            reasons: round.reasons,
            input_bytes: round.input_bytes,
            decoded_bytes: round.decoded_bytes,
            output_bytes: round.files.iter().map(|file| file.bytes).sum(),
            range_s: (
                seconds.iter().copied().fold(f64::INFINITY, f64::min),
                seconds.iter().copied().fold(0.0, f64::max),
            ),
            peak_bytes,
            rate: Rate::new(median(seconds), round.decoded_bytes, round.records),
        }
    }
}

impl BenchReport {
    /// `rounds` are those over the stages, of which there is at least one.
    pub(super) fn new(log_types: Vec<String>, whole: Whole, rounds: &[Round]) -> Self {
        let sample = BenchSample {
            records: rounds.first().map_or(0, |round| round.records),
            decoded_bytes: rounds.first().map_or(0, |round| round.decoded_bytes),
            is_all: rounds.first().is_some_and(|round| round.is_all),
        };
        let is_shown = |stage: &usize| match *stage {
            INDEX => rounds.iter().any(|round| round.is_indexed),
            VISIT => rounds.iter().any(|round| round.is_visited),
            _ => true,
        };
        let seconds_of = |stage: usize| median(rounds.iter().map(|r| r.times[stage].as_secs_f64()).collect());
        let seconds: Vec<f64> = (0..STAGES.len()).map(seconds_of).collect();
        let whole_stages = STAGES.iter().zip(&seconds).filter(|((_, _, part_of), _)| part_of.is_none());
        let total: f64 = whole_stages.map(|(_, seconds)| seconds).sum();
        let rate = |seconds| Rate::new(seconds, sample.decoded_bytes, sample.records);
        let stage = |number: usize| {
            let ((name, what, part_of), seconds) = (STAGES[number], seconds[number]);
            Stage { name, what, part_of, share: seconds / total.max(1e-9), rate: rate(seconds) }
        };
        let stages = (0..STAGES.len()).filter(is_shown).map(stage);
        Self {
            machine: Machine::here(),
            log_types,
            rounds: rounds.len(),
            whole,
            sample,
            stages: stages.collect(),
            all_stages: rate(total),
        }
    }
}

/// The middle value; the mean of the two in the middle where their number is even.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.as_slice() {
        [] => 0.0,
        values if values.len() % 2 == 1 => values[middle],
        values => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn whole(seconds: &[f64]) -> Whole {
        let (records, rows, decoded_bytes) = (10, 10, 2_000_000);
        let report = |&elapsed_s| Report { records, rows, decoded_bytes, elapsed_s, ..Report::default() };
        Whole::new(2, &seconds.iter().map(report).collect::<Vec<_>>(), None)
    }

    /// A round in which parsing took three seconds, all of them for the index, and nothing else took any.
    fn round(is_indexed: bool) -> Round {
        let seconds = |stage| if stage == 3 || stage == INDEX { 3 } else { 0 };
        let times = std::array::from_fn(|stage| Duration::from_secs(seconds(stage)));
        let is_visited = is_indexed;
        Round { times, records: 10, decoded_bytes: 6_000_000, is_all: true, is_indexed, is_visited }
    }

    #[test]
    fn one_slow_round_does_not_count() {
        assert!((median(vec![3.0, 1.0, 900.0]) - 3.0).abs() < 1e-12);
        assert!((median(vec![4.0, 1.0, 2.0, 900.0]) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn rates_and_shares_follow_from_the_medians() {
        let whole = whole(&[0.5, 9.0, 1.0]);
        assert_eq!((whole.range_s, whole.rate.seconds, whole.rate.mb_per_s), ((0.5, 9.0), 1.0, Some(2.0)));
        let report = BenchReport::new(vec![], whole, &[round(true)]);
        assert_eq!(
            report.stages.iter().map(|stage| stage.share).collect::<Vec<_>>(),
            [0., 0., 0., 1., 1., 0., 0., 0., 0.]
        );
        assert_eq!(report.all_stages.mb_per_s, Some(2.0));
        assert!((report.stages[3].rate.ns_per_record - 3e8).abs() < 1.0);
    }

    #[test]
    fn what_took_no_time_has_no_speed() {
        let report = BenchReport::new(vec![], whole(&[1.0]), &[round(true)]);
        let compress = &report.stages[7];
        assert_eq!((compress.name, compress.rate.seconds), ("compress", 0.0));
        assert_eq!((compress.rate.mb_per_s, compress.rate.records_per_s), (None, None));
        assert_eq!(serde_json::to_value(compress).unwrap()["mb_per_s"], serde_json::Value::Null);
    }

    #[test]
    fn logs_of_text_are_neither_indexed_nor_visited() {
        let report = BenchReport::new(vec![], whole(&[1.0]), &[round(false)]);
        let names: Vec<&str> = report.stages.iter().map(|stage| stage.name).collect();
        assert_eq!(names, ["read", "decode", "frame", "parse", "encode", "compress", "write"]);
    }
}
