//! What events of any log have in common: somebody, somewhere, at some time.

use crate::producer::Task;
use crate::rng::Rng;
use crate::time::{Time, moment};
use crate::words::City;
use crate::world::{Person, Uuid, World};

/// The facts that an event is built around.
#[derive(Debug)]
pub(crate) struct Scene<'w> {
    pub(crate) world: &'w World,
    pub(crate) actor: &'w Person,
    pub(crate) ip: &'w str,
    pub(crate) city: &'static City,
    pub(crate) time: Time,
    pub(crate) id: Uuid,
    /// Whether it carries what the schema does not declare.
    pub(crate) undeclared: bool,
}

impl<'w> Scene<'w> {
    /// Draws the scene of an event. Times are precise where the log's are.
    pub(crate) fn draw(task: &Task<'w>, precise: bool, rng: &mut Rng) -> Self {
        let Task { world, options, index, .. } = *task;
        let undeclared = rng.percent(u64::from(options.undeclared_percent));
        let actor = world.somebody(rng);
        let (ip, city) = rng.pick(&actor.networks);
        let time = Time { ms: moment(options.events, index, rng), precise };
        Self { world, actor, ip, city, time, id: Uuid::new(rng), undeclared }
    }

    /// The actor's short name: the part of the e-mail address before the `@`.
    pub(crate) fn login(&self) -> &'w str {
        let email = self.actor.email.as_deref().unwrap_or("automation@");
        email.split('@').next().unwrap_or(email)
    }
}
