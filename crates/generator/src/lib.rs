//! A synthetic audit log of an Atlassian organization, for benchmarks, tests and first steps.
//!
//! Real dumps cannot be published, and random bytes have none of their habits: a handful of actions
//! and people that make up most of the volume, entities whose attributes depend on the action, text in
//! many scripts, timestamps that now and then lack their milliseconds, fields that no schema declares.
//! The [`Generator`] writes such events, one compact JSON object a line, about 1,250 bytes each, with
//! ascending times spread evenly over September 2025. The log type `Atlassian.Audit` accepts all of them.
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

mod entity;
mod event;
mod json;
mod rng;
mod words;
mod world;

use std::io::{self, Write};

use event::Event;
use json::Json;
use rng::Rng;
use world::World;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many events.
    pub events: u64,
    /// Which dump: equal seeds give equal bytes.
    pub seed: u64,
    /// Puts the members of every object into random order, anew for each event. The events stay the same.
    pub shuffle_keys: bool,
    /// How many events of a hundred carry what the stream endpoint adds and the schema does not declare,
    /// such as `attributes.processedAt` and `attributes.actor.auth`.
    pub undeclared_percent: u8,
}

impl Options {
    /// `events` events with keys in the usual order, a tenth of them with undeclared fields.
    pub const fn new(events: u64, seed: u64) -> Self {
        Self { events, seed, shuffle_keys: false, undeclared_percent: 10 }
    }
}

/// Writes events one by one; see the crate's page.
#[derive(Debug)]
pub struct Generator {
    options: Options,
    world: World,
    rng: Rng,
    json: Json,
    written: u64,
}

impl Generator {
    /// Draws the organization that the events will happen in.
    pub fn new(options: Options) -> Self {
        let mut rng = Rng::new(options.seed);
        let world = World::new(&mut rng);
        let order = rng.fork();
        let json = Json::new(options.shuffle_keys.then_some(order));
        Self { options, world, rng, json, written: 0 }
    }

    /// The next event with the line feed that ends it, or `None` after the last one.
    pub fn next_line(&mut self) -> Option<&[u8]> {
        if self.written == self.options.events {
            return None;
        }
        // Each event draws from a stream of its own, so that an option about one part of an event
        // leaves all other events as they are.
        let mut rng = self.rng.fork();
        let event = Event::draw(&self.world, &self.options, self.written, &mut rng);
        self.written += 1;
        Some(self.json.line(|json| event.write(json, &mut rng)))
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
