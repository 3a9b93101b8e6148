//! The entities of an event: whom or what it was done to (`context`) and where (`container`).
//!
//! Which entities there are depends on the action, and so do the keys of their `attributes`, which the
//! schema leaves open. This is the part of the log whose shape varies most.

use super::Event;
use crate::json::Json;
use crate::rng::Rng;
use crate::words::{FIELDS, NEW_VALUES, OLD_VALUES, PRODUCTS, ROLES, Subject, VENDORS};
use crate::world::{Person, Uuid};

const COMPANY: &str = "Fernbank Robotics";

/// Writes the elements of `context`.
pub(crate) fn context(event: &Event, json: &mut Json, rng: &mut Rng) {
    match event.action.subject {
        Subject::Issue => {
            if event.action.name != "jira_issue_viewed" && rng.percent(60) {
                json.element(|json| issue(event, json, rng));
            }
        }
        Subject::Page => {
            if rng.percent(10) {
                json.element(|json| user(event, event.target, json));
            }
        }
        Subject::Session => {
            if rng.percent(50) {
                json.element(|json| user(event, event.actor, json));
            }
        }
        Subject::Token => json.element(|json| token(json, rng)),
        Subject::Account => {
            json.element(|json| user(event, event.target, json));
            if rng.percent(50) {
                json.element(|json| role(event, json, rng));
            }
        }
        Subject::Group => {
            json.element(|json| group(event, json));
            if rng.percent(80) {
                json.element(|json| user(event, event.target, json));
            }
        }
        Subject::Repository => json.element(|json| repository(event, json, rng)),
        Subject::Policy => json.element(|json| policy(event, json, rng)),
        Subject::App => json.element(|json| app(event, json, rng)),
        Subject::Project => {}
        Subject::Space => json.element(|json| space(event, json)),
        Subject::Agent => json.element(|json| agent(event, json, rng)),
    }
}

/// Writes the elements of `container`.
pub(crate) fn container(event: &Event, json: &mut Json, rng: &mut Rng) {
    match event.action.subject {
        Subject::Session | Subject::Token | Subject::Group | Subject::Policy => {
            json.element(|json| organization(event, json));
        }
        Subject::Page => {
            json.element(|json| site(event, json, "confluence"));
            json.element(|json| page(event, json));
        }
        Subject::Issue => json.element(|json| tracker(event, json, rng)),
        Subject::Project => {
            json.element(|json| project(event, json));
            json.element(|json| site(event, json, "jira-software"));
        }
        Subject::Repository => json.element(|json| site(event, json, "bitbucket")),
        _ => {
            json.element(|json| site(event, json, "confluence"));
            if rng.percent(25) {
                json.element(|json| organization(event, json));
            }
        }
    }
}

/// The `links` of an actor.
pub(crate) fn profile_links(event: &Event, json: &mut Json) {
    let (site, id) = (&event.site.id, &event.actor.id);
    json.object("links", |json| {
        json.format("self", format_args!("https://api.atlassian.com/users/{id}/manage/profile"));
        json.format("alt", format_args!("https://admin.atlassian.com/s/{site}/users/{id}"));
    });
}

fn user(event: &Event, person: &Person, json: &mut Json) {
    json.text("id", &person.id);
    json.text("type", "users");
    json.object("attributes", |json| {
        json.text("accountType", if person.email.is_some() { "atlassian" } else { "app" });
        if let Some(email) = &person.email {
            json.text("email", email);
        }
        json.text("name", &person.name);
    });
    let (site, id) = (&event.site.id, &person.id);
    json.object("links", |json| {
        json.format("alt", format_args!("https://admin.atlassian.com/s/{site}/users/{id}"));
    });
}

fn issue(event: &Event, json: &mut Json, rng: &mut Rng) {
    json.format("id", format_args!("{}-{}", event.project, event.issue));
    json.text("type", "issues");
    json.object("attributes", |json| {
        json.text("field", rng.word(FIELDS));
        json.text("oldValue", rng.word(OLD_VALUES));
        json.text("newValue", rng.word(NEW_VALUES));
        json.plain("notify", rng.percent(70));
        json.plain("watchers", rng.below(12));
    });
    browse_link(event, json);
}

fn browse_link(event: &Event, json: &mut Json) {
    let (site, project, issue) = (&event.site.name, event.project, event.issue);
    json.object("links", |json| {
        json.format("alt", format_args!("https://{site}.atlassian.net/browse/{project}-{issue}"));
    });
}

fn token(json: &mut Json, rng: &mut Rng) {
    let token = rng.below(400);
    json.format("id", format_args!("token-{token:05}"));
    json.text("type", "api-tokens");
    json.object("attributes", |json| {
        json.format("label", format_args!("nightly sync №{token}"));
        json.plain("expiresInDays", 7 * (1 + rng.below(52)));
        json.array("scopes", |json| {
            json.text_element("read:events:admin");
            json.text_element("read:jira-work");
        });
    });
    json.object("links", |_| {});
}

fn role(event: &Event, json: &mut Json, rng: &mut Rng) {
    json.format("id", format_args!("{}-role", event.site.id));
    json.text("type", "roles");
    json.object("attributes", |json| {
        json.text("role", rng.word(ROLES));
        json.text("product", rng.word(PRODUCTS));
    });
}

fn group(event: &Event, json: &mut Json) {
    let (group, org) = (event.thing, event.world.org);
    json.text("id", &group.id);
    json.text("type", "groups");
    json.object("attributes", |json| json.text("groupName", &group.name));
    json.object("links", |json| {
        json.format("alt", format_args!("https://admin.atlassian.com/o/{org}/groups/{}", group.id));
    });
}

fn repository(event: &Event, json: &mut Json, rng: &mut Rng) {
    let repository = event.thing;
    json.text("id", &repository.id);
    json.text("type", "repositories");
    json.object("attributes", |json| {
        json.text("name", &repository.name);
        json.text("workspace", "fernbank");
        json.plain("private", rng.percent(90));
        json.plain("commits", rng.below(40));
        json.format("head", format_args!("{:012x}", rng.bits() >> 16));
        json.array("branches", |json| {
            json.text_element("main");
            json.text_element(rng.word(&["topic/gripper", "topic/größe", "release/2025.9"]));
        });
    });
    json.object("links", |json| {
        json.format("alt", format_args!("https://bitbucket.org/fernbank/{}", repository.name));
        json.format("self", format_args!("https://api.bitbucket.org/2.0/repositories/{}", repository.id));
    });
}

fn policy(event: &Event, json: &mut Json, rng: &mut Rng) {
    let (policy, org) = (event.thing, event.world.org);
    json.text("id", &policy.id);
    json.text("type", "policies");
    json.object("attributes", |json| {
        json.text("policyName", &policy.name);
        json.object("settings", |json| {
            json.plain("twoStepRequired", rng.percent(80));
            json.plain("idleMinutes", 30 * (1 + rng.below(48)));
            json.plain("minimumStrength", format_args!("0.{}", 1 + rng.below(9)));
            json.array("networks", |json| {
                json.text_element("192.0.2.0/24");
                json.text_element("2001:db8::/32");
            });
        });
    });
    json.object("links", |json| {
        json.format("alt", format_args!("https://admin.atlassian.com/o/{org}/policies/{}", policy.id));
    });
}

fn app(event: &Event, json: &mut Json, rng: &mut Rng) {
    let app = event.thing;
    json.text("id", &app.id);
    json.text("type", "apps");
    json.object("attributes", |json| {
        json.text("key", &app.name);
        json.text("vendor", rng.word(VENDORS));
        json.format("version", format_args!("{}.{}.0", rng.below(9), rng.below(30)));
        json.plain("paid", rng.percent(50));
        json.plain("license", "null");
    });
    json.object("links", |json| {
        json.format("alt", format_args!("https://marketplace.atlassian.com/apps/{}", 1_200_000 + event.page));
    });
}

fn agent(event: &Event, json: &mut Json, rng: &mut Rng) {
    json.format("id", format_args!("{}", Uuid::new(rng)));
    json.text("type", "rovo-agents");
    json.object("attributes", |json| {
        json.format("name", format_args!("Helper for {}", event.space.name));
        json.plain("sources", 1 + rng.below(8));
    });
    json.object("links", |_| {});
}

fn space(event: &Event, json: &mut Json) {
    json.text("id", &event.space.id);
    json.text("type", "spaces");
    json.object("attributes", |json| {
        json.format("spaceKey", format_args!("FB{}", event.space.id));
        json.text("spaceName", &event.space.name);
    });
    let (site, space) = (&event.site.name, &event.space.id);
    json.object("links", |json| {
        json.format("alt", format_args!("https://{site}.atlassian.net/wiki/spaces/FB{space}"));
    });
}

fn page(event: &Event, json: &mut Json) {
    json.format("id", format_args!("{}", event.page));
    json.text("type", "pages");
    json.object("attributes", |json| {
        json.text("title", event.title);
        json.plain("pageId", event.page);
        json.text("spaceName", &event.space.name);
    });
    let (site, space, page) = (&event.site.name, &event.space.id, event.page);
    json.object("links", |json| {
        json.format("alt", format_args!("https://{site}.atlassian.net/wiki/spaces/FB{space}/pages/{page}"));
    });
}

fn project(event: &Event, json: &mut Json) {
    json.format("id", format_args!("{}", 10_000 + event.issue % 300));
    json.text("type", "projects");
    json.object("attributes", |json| {
        json.text("projectKey", event.project);
        json.text("projectTypeKey", "software");
    });
}

/// The site of a work item: it names the item too.
fn tracker(event: &Event, json: &mut Json, rng: &mut Rng) {
    let site = event.site;
    json.text("id", &site.id);
    json.text("type", "sites");
    json.object("attributes", |json| {
        json.text("siteName", &site.name);
        json.format("siteHostName", format_args!("https://{}.atlassian.net", site.name));
        json.text("product", "jira-software");
        // A number in a string: that is how the product delivers it.
        json.format("issueId", format_args!("{}", 10_000 + rng.below(990_000)));
        json.format("issueKeyOrId", format_args!("{}-{}", event.project, event.issue));
    });
    browse_link(event, json);
}

fn site(event: &Event, json: &mut Json, product: &str) {
    let site = event.site;
    json.text("id", &site.id);
    json.text("type", "sites");
    json.object("attributes", |json| {
        json.text("siteName", &site.name);
        json.format("siteHostName", format_args!("https://{}.atlassian.net", site.name));
        json.text("product", product);
    });
    json.object("links", |json| {
        json.format("alt", format_args!("https://{}.atlassian.net", site.name));
    });
}

fn organization(event: &Event, json: &mut Json) {
    let org = event.world.org;
    json.format("id", format_args!("{org}"));
    json.text("type", "orgs");
    json.object("attributes", |json| {
        json.text("orgName", COMPANY);
        json.plain("product", "null");
    });
}
