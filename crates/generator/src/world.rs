//! The organization that the events happen in: its people, sites, groups and things, drawn once.

use std::fmt;

use crate::rng::{Ranks, Rng};
use crate::words::{CITIES, City, FAMILY, GIVEN, GROUP_KINDS, MAIL_DOMAINS, POLICY_KINDS, SITES, TEAMS};

const PEOPLE: u64 = 5_000;
const GROUPS: u64 = 120;
const POLICIES: u64 = 12;
const REPOSITORIES: u64 = 300;
const APPS: u64 = 40;
const SPACES: u64 = 150;

/// A version 4 UUID.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uuid(u64, u64);

impl Uuid {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let (high, low) = (rng.bits(), rng.bits());
        Self(high & !0xf000 | 0x4000, low & !(3 << 62) | 1 << 63)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self(high, low) = *self;
        let (first, second, third) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
        write!(f, "{first:08x}-{second:04x}-{third:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
    }
}

/// A person, or an app that acts on its own and has no e-mail address.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    /// The addresses that the person works from, each with its place; never empty.
    pub(crate) networks: Vec<(String, &'static City)>,
}

/// Anything else with an identifier and a name.
#[derive(Debug)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Everything that events refer to.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) org: Uuid,
    pub(crate) people: Vec<Person>,
    pub(crate) sites: Vec<Thing>,
    pub(crate) groups: Vec<Thing>,
    pub(crate) policies: Vec<Thing>,
    pub(crate) repositories: Vec<Thing>,
    pub(crate) apps: Vec<Thing>,
    pub(crate) spaces: Vec<Thing>,
    /// How busy people are, by index.
    activity: Ranks,
}

impl World {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let named = |rng: &mut Rng, name| Thing { id: Uuid::new(rng).to_string(), name };
        let cycle = |words: &[&'static str], index: u64| words[index as usize % words.len()];
        Self {
            org: Uuid::new(rng),
            people: (0..PEOPLE).map(|index| person(index, rng)).collect(),
            sites: SITES.iter().map(|name| named(rng, (*name).to_owned())).collect(),
            groups: (0..GROUPS)
                .map(|index| named(rng, format!("{}-{index}", cycle(GROUP_KINDS, index))))
                .collect(),
            policies: (0..POLICIES)
                .map(|index| named(rng, format!("{} ({index})", cycle(POLICY_KINDS, index))))
                .collect(),
            repositories: (0..REPOSITORIES)
                .map(|index| named(rng, format!("{}-controller-{index}", cycle(TEAMS, index))))
                .collect(),
            apps: (0..APPS)
                .map(|index| named(rng, format!("com.example.{}.addon{index}", cycle(TEAMS, index))))
                .collect(),
            spaces: (0..SPACES).map(space).collect(),
            activity: Ranks::new(PEOPLE as usize),
        }
    }

    /// Somebody, the busy more often than others.
    pub(crate) fn somebody(&self, rng: &mut Rng) -> &Person {
        &self.people[self.activity.pick(rng)]
    }
}

fn person(index: u64, rng: &mut Rng) -> Person {
    let id = match rng.below(3) {
        0 => format!("557058:{}", Uuid::new(rng)),
        1 => format!("712020:{}", Uuid::new(rng)),
        _ => format!("{:016x}{:08x}", rng.bits(), rng.below(1 << 32)),
    };
    let (given, family) = (rng.pick(GIVEN), rng.pick(FAMILY));
    let domain = rng.word(MAIL_DOMAINS);
    let robot = rng.percent(3);
    let (name, email) = if robot {
        (format!("{} automation {index}", rng.word(TEAMS)), None)
    } else {
        (format!("{} {}", given.0, family.0), Some(format!("{}.{}{index}@{domain}", given.1, family.1)))
    };
    let networks = (0..=rng.below(4)).map(|_| (address(rng), rng.pick(CITIES))).collect();
    Person { id, name, email, networks }
}

/// An address from the documentation range of IPv6 or, in four of five cases, from the benchmark range
/// of IPv4.
fn address(rng: &mut Rng) -> String {
    if rng.percent(20) {
        let bits = rng.bits();
        return format!("2001:db8:{:x}:{:x}::{:x}", bits & 0xffff, bits >> 16 & 0xffff, 1 + (bits >> 52));
    }
    format!("198.{}.{}.{}", 18 + rng.below(2), rng.below(256), 1 + rng.below(254))
}

fn space(index: u64) -> Thing {
    let team = TEAMS[index as usize % TEAMS.len()];
    let name = if index.is_multiple_of(9) {
        format!("Räume {team} & Co. {index}")
    } else {
        format!("Team {team} {index}")
    };
    Thing { id: (65_536 + index * 6_151).to_string(), name }
}
