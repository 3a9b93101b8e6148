//! Entries of a GitHub organization's audit log: flat objects whose members depend on the action.
//!
//! Times are milliseconds since 1970, ids are integers, and every kind of action adds members of its own.
//! Those of Git are the most frequent by far.

use crate::fault::Targets;
use crate::json::Json;
use crate::producer::Producer;
use crate::rng::{Ranks, Rng};
use crate::scene::Scene;
use crate::world::{Thing, Uuid};

pub(crate) const PRODUCER: Producer = Producer {
    targets: Targets { required: "action", typed: "actor_id" },
    kinds: ACTIONS.len(),
    write: |task, json, rng| {
        let scene = Scene::draw(task, true, rng);
        write(&scene, task.ranks, json, rng);
        scene.undeclared
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Git,
    Workflow,
    PullRequest,
    Repository,
    Member,
    Hook,
    Token,
}

struct Action {
    name: &'static str,
    about: About,
    operation: &'static str,
}

const fn action(name: &'static str, about: About, operation: &'static str) -> Action {
    Action { name, about, operation }
}

/// The actions, the most frequent first.
const ACTIONS: [Action; 16] = [
    action("git.clone", About::Git, "access"),
    action("git.fetch", About::Git, "access"),
    action("workflows.completed_workflow_run", About::Workflow, "modify"),
    action("git.push", About::Git, "modify"),
    action("workflows.created_workflow_run", About::Workflow, "create"),
    action("pull_request.create", About::PullRequest, "create"),
    action("pull_request.merge", About::PullRequest, "modify"),
    action("workflows.prepared_workflow_job", About::Workflow, "modify"),
    action("pull_request_review.submit", About::PullRequest, "create"),
    action("repo.create", About::Repository, "create"),
    action("repo.access", About::Repository, "modify"),
    action("team.add_member", About::Member, "create"),
    action("personal_access_token.access_granted", About::Token, "modify"),
    action("hook.create", About::Hook, "create"),
    action("org.update_member", About::Member, "modify"),
    action("protected_branch.update", About::Repository, "modify"),
];

const ORG: &str = "fernbank-robotics";
const ORG_ID: u64 = 86_420_135;
const AGENTS: &[&str] = &[
    "git/2.47.1",
    "git/github-ee87f6e6ba57b2b2e2fb6d4c0a4c8a3d7f8d0f11-Linux",
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 \
     Safari/605.1.15",
    "GitHub CLI 2.76.2 (linux; amd64) go/1.24.5 octokit-go/17.3 (fleet automation; ops@fernbank.example)",
];
const SCOPES: &[&str] =
    &["repo,read:org,workflow", "repo", "read:org,read:user,user:email,gist,repo,workflow"];
const WORKFLOWS: &[&str] = &["build and test", "Nightly – calibration", "release / publish images", "lint"];

/// Writes the members of an entry.
fn write(scene: &Scene<'_>, ranks: &Ranks, json: &mut Json, rng: &mut Rng) {
    let mut extra = rng.fork();
    let action = &ACTIONS[ranks.pick(rng)];
    let repository = rng.pick(&scene.world.repositories);
    let id = number(&scene.actor.id);
    json.plain("@timestamp", scene.time.unix_ms());
    json.format("_document_id", format_args!("{:016x}{:06x}", rng.bits(), rng.bits() >> 40));
    json.text("action", action.name);
    json.text("actor", scene.login());
    json.plain("actor_id", id);
    json.text("actor_ip", scene.ip);
    json.plain("actor_is_bot", scene.actor.email.is_none());
    json.object("actor_location", |json| {
        let country = scene.city.country;
        json.text("country_code", &country.get(..2).unwrap_or(country).to_uppercase());
    });
    json.text("business", "fernbank");
    json.plain("business_id", 9_753);
    json.plain("created_at", scene.time.unix_ms());
    if let Some(email) = &scene.actor.email {
        json.text("external_identity_nameid", email);
    }
    json.text("external_identity_username", scene.login());
    json.text("operation_type", action.operation);
    json.text("org", ORG);
    json.plain("org_id", ORG_ID);
    members(scene, action, repository, json, rng);
    json.format(
        "request_id",
        format_args!("{:04X}:{:06X}:{:08X}", rng.below(1 << 16), rng.below(1 << 24), id),
    );
    json.text("user", scene.login());
    json.text("user_agent", rng.word(AGENTS));
    json.plain("user_id", id);
    if scene.undeclared {
        json.plain("ruleset_id", extra.below(900));
        json.array("ruleset_enforcement", |json| json.text_element(extra.word(&["active", "evaluate"])));
    }
}

/// What depends on the action.
fn members(scene: &Scene<'_>, action: &Action, repository: &Thing, json: &mut Json, rng: &mut Rng) {
    match action.about {
        About::Member => {
            json.format("team", format_args!("{ORG}/{}", rng.pick(&scene.world.groups).name));
            json.text("permission", rng.word(&["member", "maintainer"]));
        }
        About::Token => credential(json, rng),
        about => {
            names(repository, json, rng);
            match about {
                About::Git => {
                    credential(json, rng);
                    let is_http = rng.percent(70);
                    json.plain("transport_protocol", if is_http { 1 } else { 2 });
                    json.text("transport_protocol_name", if is_http { "http" } else { "ssh" });
                }
                About::Workflow => run(json, rng),
                About::PullRequest => {
                    credential(json, rng);
                    json.format("name", format_args!("Größe \"v{}\" of the gripper\n→ next", rng.below(90)));
                    json.format("head_branch", format_args!("topic/gripper-{}", rng.below(3_000)));
                    json.format("head_sha", format_args!("{:016x}{:016x}{:08x}", rng.bits(), rng.bits(), 7));
                }
                About::Hook => hook(repository, json, rng),
                _ => json.text("previous_visibility", rng.word(&["private", "internal"])),
            }
        }
    }
}

fn names(repository: &Thing, json: &mut Json, rng: &mut Rng) {
    let id = number(&repository.id);
    let is_public = rng.percent(5);
    json.plain("public_repo", is_public);
    json.format("repo", format_args!("{ORG}/{}", repository.name));
    json.plain("repo_id", id);
    json.format("repository", format_args!("{ORG}/{}", repository.name));
    json.plain("repository_id", id);
    json.plain("repository_public", is_public);
    json.text("visibility", if is_public { "public" } else { "private" });
}

fn credential(json: &mut Json, rng: &mut Rng) {
    let token = rng.below(2_000);
    json.format("hashed_token", format_args!("{:016x}{token:026x}=", token * 0x9e37_79b9));
    json.text(
        "programmatic_access_type",
        rng.word(&["Personal access token (classic)", "OAuth access token"]),
    );
    json.plain("token_id", 1_000_000_000 + token);
    json.text("token_scopes", rng.word(SCOPES));
}

fn run(json: &mut Json, rng: &mut Rng) {
    json.text("name", rng.word(WORKFLOWS));
    json.format("head_branch", format_args!("topic/gripper-{}", rng.below(3_000)));
    json.format("head_sha", format_args!("{:016x}{:016x}{:08x}", rng.bits(), rng.bits(), 9));
    json.plain("workflow_id", 4_000_000 + rng.below(90));
    json.plain("workflow_run_id", 9_000_000_000 + rng.below(1 << 30));
    json.array("events", |json| json.text_element(rng.word(&["push", "pull_request", "schedule"])));
}

fn hook(repository: &Thing, json: &mut Json, rng: &mut Rng) {
    json.plain("hook_id", 300_000_000 + rng.below(500));
    json.object("config", |json| {
        json.text("content_type", "json");
        json.text("insecure_ssl", "0");
        json.format(
            "url",
            format_args!("https://hooks.fernbank.example/{}/{}", repository.name, Uuid::new(rng)),
        );
    });
    json.array("events", |json| {
        json.text_element("push");
        json.text_element("release");
    });
}

/// An integer that stands for an identifier.
fn number(id: &str) -> u64 {
    id.bytes().fold(11_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte))) & 0x7ff_ffff
}
