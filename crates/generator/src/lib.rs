//! Synthetic audit logs, for benchmarks, tests and first steps.
//!
//! Real dumps cannot be published, and random bytes have none of their habits: a handful of actions
//! and people that make up most of the volume, objects whose members depend on the action, text in
//! many scripts, timestamps that now and then lack their milliseconds, fields that no schema declares.
//! The [`Generator`] writes such events of a [`Log`], one compact JSON object a line, about 1,050 to 2,050
//! bytes each, with ascending times spread evenly over September 2025. The log type of that name accepts all
//! of them, but for those that are to be rejected.
//!
//! The bytes follow from the [`Options`] alone: no clock, no floating point, no hash order.
//!
//! ```
//! use sawlog_generator::{Generator, Options};
//!
//! let mut dump = Vec::new();
//! let written = Generator::new(Options::new(3, 42)).write_to(&mut dump)?;
//! assert_eq!(written, dump.len() as u64);
//! assert_eq!(dump.iter().filter(|&&byte| byte == b'\n').count(), 3);
//! # Ok::<(), std::io::Error>(())
//! ```

mod atlassian;
mod cloudtrail;
mod fault;
mod github;
mod json;
mod okta;
mod producer;
mod rng;
mod scene;
mod time;
mod words;
mod world;

use std::io::{self, Write};

use fault::Faults;
use json::Json;
use producer::{Producer, Task};
use rng::{Ranks, Rng};
use world::World;

/// The logs that can be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// The audit log of an Atlassian organization.
    Atlassian,
    /// AWS CloudTrail.
    CloudTrail,
    /// The audit log of a GitHub organization.
    GitHub,
    /// The Okta System Log.
    Okta,
}

impl Log {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Atlassian, Self::CloudTrail, Self::GitHub, Self::Okta];

    /// Name of the log type that describes it.
    pub const fn log_type(self) -> &'static str {
        match self {
            Self::Atlassian => "Atlassian.Audit",
            Self::CloudTrail => "AWS.CloudTrail",
            Self::GitHub => "GitHub.Audit",
            Self::Okta => "Okta.SystemLog",
        }
    }

    const fn producer(self) -> &'static Producer {
        match self {
            Self::Atlassian => &atlassian::PRODUCER,
            Self::CloudTrail => &cloudtrail::PRODUCER,
            Self::GitHub => &github::PRODUCER,
            Self::Okta => &okta::PRODUCER,
        }
    }
}

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Which log.
    pub log: Log,
    /// How many events.
    pub events: u64,
    /// Which dump: equal seeds give equal bytes.
    pub seed: u64,
    /// Puts the members of every object into random order, anew for each event. The events stay the same.
    pub shuffle_keys: bool,
    /// How many events of a hundred carry what the schema does not declare, such as
    /// `attributes.processedAt` and `attributes.actor.auth`, which an endpoint of Atlassian's adds.
    pub undeclared_percent: u8,
    /// How many events of a hundred are spoiled so that they will be rejected: cut off in the middle, without
    /// a required field, or with text in place of an object or a number.
    pub rejected_percent: u8,
}

impl Options {
    /// `events` events of Atlassian's log with keys in the usual order, a tenth of them with undeclared
    /// fields, and none to be rejected.
    pub const fn new(events: u64, seed: u64) -> Self {
        Self {
            log: Log::Atlassian,
            events,
            seed,
            shuffle_keys: false,
            undeclared_percent: 10,
            rejected_percent: 0,
        }
    }
}

/// How many events were written, of what kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// All of them.
    pub events: u64,
    /// Those that will be rejected.
    pub rejected: u64,
    /// Those that will be accepted and carry what the schema does not declare.
    pub undeclared: u64,
}

/// Writes events one by one; see the crate's page.
#[derive(Debug)]
pub struct Generator {
    options: Options,
    world: World,
    ranks: Ranks,
    rng: Rng,
    faults: Faults,
    json: Json,
    written: Written,
}

impl Generator {
    /// Draws the organization that the events will happen in.
    pub fn new(options: Options) -> Self {
        let mut rng = Rng::new(options.seed);
        let world = World::new(&mut rng);
        let order = rng.fork();
        let json = Json::new(options.shuffle_keys.then_some(order));
        let faults = Faults::new(options.seed, options.rejected_percent);
        let ranks = Ranks::new(options.log.producer().kinds);
        Self { options, world, ranks, rng, faults, json, written: Written::default() }
    }

    /// The next event with the line feed that ends it, or `None` after the last one.
    pub fn next_line(&mut self) -> Option<&[u8]> {
        let index = self.written.events;
        if index == self.options.events {
            return None;
        }
        // Each event draws from a stream of its own, so that an option about one part of an event
        // leaves all other events as they are.
        let mut rng = self.rng.fork();
        let producer = self.options.log.producer();
        let task = Task { world: &self.world, ranks: &self.ranks, options: &self.options, index };
        let mut undeclared = false;
        let body = |json: &mut Json| undeclared = (producer.write)(&task, json, &mut rng);
        let fault = self.faults.draw(index);
        let line = match fault {
            Some(fault) => self.json.faulty_line(fault, producer.targets, body),
            None => self.json.line(body),
        };
        self.written.events += 1;
        self.written.rejected += u64::from(fault.is_some());
        self.written.undeclared += u64::from(fault.is_none() && undeclared);
        Some(line)
    }

    /// What has been written so far.
    pub const fn written(&self) -> Written {
        self.written
    }

    /// Writes all remaining events and returns the number of bytes.
    ///
    /// Fails as soon as `out` does; the events before that have been handed over.
    pub fn write_to(&mut self, out: &mut impl Write) -> io::Result<u64> {
        let mut bytes = 0;
        while let Some(line) = self.next_line() {
            out.write_all(line)?;
            bytes += line.len() as u64;
        }
        Ok(bytes)
    }
}
