//! Events of an Atlassian organization: the facts of one are drawn first, then written.
//!
//! The two steps keep the event coherent: the work item that the message names is the one in the
//! container, and the address that a login came from is the one in the location.

mod entity;

use crate::fault::Targets;
use crate::json::Json;
use crate::producer::{Producer, Task};
use crate::rng::Rng;
use crate::time::{MINUTE, SPAN, Time, moment};
use crate::words::{ACTIONS, Action, City, PAGE_TITLES, PROJECT_KEYS, Subject};
use crate::world::{Person, Thing, Uuid, World};

pub(crate) const PRODUCER: Producer = Producer {
    targets: Targets { required: "id", typed: "attributes" },
    kinds: ACTIONS.len(),
    write: |task, json, rng| {
        let event = Event::draw(task, rng);
        event.write(json, rng);
        event.undeclared
    },
};

/// The facts of one event.
#[derive(Debug)]
pub(crate) struct Event<'w> {
    pub(crate) world: &'w World,
    pub(crate) action: &'static Action,
    pub(crate) actor: &'w Person,
    /// Somebody else, whom an account action is about.
    pub(crate) target: &'w Person,
    pub(crate) site: &'w Thing,
    pub(crate) space: &'w Thing,
    pub(crate) project: &'static str,
    pub(crate) issue: u64,
    pub(crate) page: u64,
    pub(crate) title: &'static str,
    /// Whichever group, policy, repository or app the action is about.
    pub(crate) thing: &'w Thing,
    network: &'w (String, &'static City),
    id: Uuid,
    time: Time,
    /// Lacks much of what is optional.
    sparse: bool,
    /// Whether it carries what the schema does not declare.
    undeclared: bool,
}

impl<'w> Event<'w> {
    /// Draws the facts of an event.
    fn draw(task: &Task<'w>, rng: &mut Rng) -> Self {
        let Task { world, ranks, options, index } = *task;
        let action = &ACTIONS[ranks.pick(rng)];
        let actor = world.somebody(rng);
        let things = match action.subject {
            Subject::Group => &world.groups,
            Subject::Policy => &world.policies,
            Subject::App | Subject::Agent => &world.apps,
            _ => &world.repositories,
        };
        Self {
            world,
            action,
            actor,
            target: world.somebody(rng),
            site: rng.pick(&world.sites),
            space: rng.pick(&world.spaces),
            project: rng.word(PROJECT_KEYS),
            issue: 1 + rng.below(30_000),
            page: 1_000_000 + rng.below(4_000_000),
            title: rng.word(PAGE_TITLES),
            thing: rng.pick(things),
            network: rng.pick(&actor.networks),
            id: Uuid::new(rng),
            time: Time { ms: moment(options.events, index, rng), precise: !rng.percent(1) },
            sparse: rng.percent(5),
            undeclared: rng.percent(u64::from(options.undeclared_percent)),
        }
    }

    /// Writes the event's members.
    fn write(&self, json: &mut Json, rng: &mut Rng) {
        // What is undeclared draws from a stream of its own: the share of events that carry it must
        // not change anything else about them.
        let mut extra = rng.fork();
        json.format("id", format_args!("{}", self.id));
        json.text("type", "events");
        json.object("attributes", |json| {
            json.format("time", format_args!("{}", self.time));
            json.text("action", self.action.name);
            json.object("actor", |json| self.actor(json, rng, &mut extra));
            json.array("context", |json| entity::context(self, json, rng));
            json.array("container", |json| entity::container(self, json, rng));
            if !(self.sparse && rng.percent(60)) {
                json.object("location", |json| self.location(json, rng));
            }
            if self.undeclared {
                self.processing(json, &mut extra);
            }
        });
        if !(self.sparse && rng.percent(50)) {
            json.object("message", |json| self.message(json, rng));
        }
        relations(json, rng);
        json.object("links", |json| self.links(json, rng));
    }

    fn actor(&self, json: &mut Json, rng: &mut Rng, extra: &mut Rng) {
        json.text("id", &self.actor.id);
        if rng.percent(2) {
            json.ascii_text("name", &self.actor.name);
        } else {
            json.text("name", &self.actor.name);
        }
        if let Some(email) = self.actor.email.as_ref().filter(|_| !(self.sparse && rng.percent(50))) {
            json.text("email", email);
        }
        if !(self.sparse && rng.percent(50)) {
            entity::profile_links(self, json);
        }
        if self.undeclared {
            self.undeclared_actor(json, extra);
        }
    }

    fn undeclared_actor(&self, json: &mut Json, rng: &mut Rng) {
        if rng.percent(40) {
            json.text("type", if self.actor.email.is_some() { "user" } else { "app" });
        }
        if rng.percent(10) {
            json.plain("picture", "null");
        }
        match rng.below(10) {
            0..5 => json.object("auth", |json| {
                let token = rng.below(400);
                json.text("authType", if token.is_multiple_of(4) { "org_api_key" } else { "api_token" });
                json.format("tokenId", format_args!("token-{token:05}"));
                json.format("tokenLabel", format_args!("nightly sync №{token}"));
            }),
            5 => json.object("onBehalfOf", |json| {
                json.text("id", &self.target.id);
                json.text("name", &self.target.name);
                if let Some(email) = &self.target.email {
                    json.text("email", email);
                }
            }),
            6 => json.object("app", |json| {
                json.text("id", &self.thing.id);
                json.text("name", &self.thing.name);
            }),
            _ => {}
        }
    }

    /// When the event was processed: after a moment as a rule, in one of fifty cases up to 90 minutes late.
    fn processing(&self, json: &mut Json, rng: &mut Rng) {
        let delay = if rng.percent(2) { rng.below(90 * MINUTE) } else { 170 + rng.below(900) };
        let processed = Time { ms: (self.time.ms + delay).min(SPAN - 1), precise: true };
        json.format("processedAt", format_args!("{processed}"));
        if rng.percent(50) {
            json.format("actionCategory", format_args!("{:?}", self.action.subject));
        }
    }

    fn location(&self, json: &mut Json, rng: &mut Rng) {
        let (ip, city) = self.network;
        json.text("ip", ip);
        if rng.percent(30) {
            json.text("geo", city.geo);
        }
        json.text("countryName", city.country);
        if !self.sparse {
            json.text("regionName", city.region);
            json.text("city", city.name);
        }
    }

    fn message(&self, json: &mut Json, rng: &mut Rng) {
        let label = self.action.label;
        let site = &self.site.name;
        match self.action.subject {
            Subject::Issue => {
                json.format("content", format_args!("{label} {}-{}", self.project, self.issue));
            }
            Subject::Page => json.format("content", format_args!("{label} \"{}\"", self.title)),
            Subject::Session | Subject::Token => {
                json.format("content", format_args!("{label} from {}", self.network.0));
            }
            Subject::Account => {
                json.format("content", format_args!("{label} {} on {site}", self.target.name));
            }
            Subject::Project => json.format("content", format_args!("{label} {}", self.project)),
            Subject::Space => {
                let (space, actor) = (&self.space.name, &self.actor.name);
                json.format("content", format_args!("{label} {space}\nasked for by {actor}"));
            }
            _ => json.format("content", format_args!("{label} {}", self.thing.name)),
        }
        json.text("format", if rng.percent(90) { "simple" } else { "text/plain" });
    }

    fn links(&self, json: &mut Json, rng: &mut Rng) {
        let (org, id) = (self.world.org, self.id);
        json.format("self", format_args!("https://api.atlassian.com/admin/v1/orgs/{org}/events/{id}"));
        if rng.percent(10) {
            json.format("alt", format_args!("https://admin.atlassian.com/o/{org}/audit-log?event={id}"));
        }
    }
}

/// Related events: not there as a rule, now and then null, rarely one.
fn relations(json: &mut Json, rng: &mut Rng) {
    match rng.below(20) {
        0 | 1 => json.plain("relations", "null"),
        2 => json.object("relations", |json| {
            json.object("parent", |json| {
                json.object("data", |json| {
                    json.text("type", "events");
                    json.format("id", format_args!("{}", Uuid::new(rng)));
                });
            });
        }),
        _ => {}
    }
}
