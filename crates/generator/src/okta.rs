//! Events of the Okta System Log: sign-ins, and what people and administrators do with applications.
//!
//! Every event has the same members, most of them objects, and many of their values are null or the text
//! `null`; what differs from kind to kind is the targets and the open `debugData`.

use crate::fault::Targets;
use crate::json::Json;
use crate::producer::Producer;
use crate::rng::{Ranks, Rng};
use crate::scene::Scene;
use crate::world::{Person, Uuid};

pub(crate) const PRODUCER: Producer = Producer {
    targets: Targets { required: "uuid", typed: "actor" },
    kinds: KINDS.len(),
    write: |task, json, rng| {
        let scene = Scene::draw(task, true, rng);
        write(&scene, task.ranks, json, rng);
        scene.undeclared
    },
};

struct Kind {
    name: &'static str,
    message: &'static str,
    legacy: &'static str,
    target: Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    None,
    App,
    Group,
    Policy,
}

const fn kind(name: &'static str, message: &'static str, legacy: &'static str, target: Target) -> Kind {
    Kind { name, message, legacy, target }
}

/// The kinds of events, the most frequent first.
const KINDS: [Kind; 10] = [
    kind("user.authentication.sso", "User single sign on to app", "app.auth.sso", Target::App),
    kind("policy.evaluate_sign_on", "Evaluation of sign-on policy", "", Target::Policy),
    kind("user.session.start", "User login to Okta", "core.user_auth.login_success", Target::None),
    kind(
        "user.authentication.auth_via_mfa",
        "Authentication of user via MFA",
        "core.user.factor",
        Target::None,
    ),
    kind("user.session.end", "User logout from Okta", "core.user_auth.logout_success", Target::None),
    kind("app.oauth2.token.grant.access_token", "OAuth2 access token is granted", "app.oauth2", Target::App),
    kind("group.user_membership.add", "Add user to group membership", "core.user_group", Target::Group),
    kind("user.account.lock", "Max sign in attempts exceeded", "core.user_auth.account_locked", Target::None),
    kind("application.user_membership.add", "Add user to application", "app.generic.provision", Target::App),
    kind(
        "user.lifecycle.deactivate",
        "Deactivate Okta user",
        "core.user.config.user_deactivated",
        Target::None,
    ),
];

const AGENTS: &[(&str, &str, &str)] = &[
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
         Safari/537.36",
        "Windows 10",
        "CHROME",
    ),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Linux", "FIREFOX"),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
         Version/18.6 Safari/605.1.15",
        "Mac OS X",
        "SAFARI",
    ),
    ("okta-auth-js/7.13.0 okta-signin-widget-7.34.0", "iOS", "UNKNOWN"),
];
const PROVIDERS: &[(u64, &str, &str)] = &[
    (64_500, "fernbank robotics", "isp.example"),
    (64_501, "mobile networks of the test range", "mobile.example.net"),
    (64_502, "hosting & cloud", "hosting.example.org"),
];

/// Writes the members of an event.
fn write(scene: &Scene<'_>, ranks: &Ranks, json: &mut Json, rng: &mut Rng) {
    let mut extra = rng.fork();
    let kind = &KINDS[ranks.pick(rng)];
    let failed = kind.name == "user.account.lock" || rng.percent(4);
    let (session, transaction) = (rng.bits(), rng.bits());
    json.object("actor", |json| person(scene.actor, "User", json));
    json.object("client", |json| client(scene, json, rng));
    if rng.percent(30) {
        json.object("device", |json| {
            json.format("id", format_args!("guo{:014x}", rng.below(3_000)));
            json.plain("managed", rng.percent(80));
        });
    } else {
        json.plain("device", "null");
    }
    json.object("authenticationContext", |json| authentication(session, json, rng));
    json.text("displayMessage", kind.message);
    json.text("eventType", kind.name);
    json.object("outcome", |json| {
        json.text("result", if failed { "FAILURE" } else { "SUCCESS" });
        if failed {
            json.text(
                "reason",
                rng.word(&["INVALID_CREDENTIALS", "LOCKED_OUT", "Sign-on policy evaluation"]),
            );
        } else {
            json.plain("reason", "null");
        }
    });
    json.format("published", format_args!("{}", scene.time));
    json.object("securityContext", |json| {
        let (number, owner, domain) = rng.pick(PROVIDERS);
        json.plain("asNumber", number);
        json.text("asOrg", owner);
        json.text("isp", owner);
        json.text("domain", domain);
        json.plain("isProxy", rng.percent(2));
    });
    json.text("severity", if failed { "WARN" } else { "INFO" });
    json.object("debugContext", |json| {
        json.object("debugData", |json| debug(kind, transaction, failed, json, rng));
    });
    if kind.legacy.is_empty() {
        json.plain("legacyEventType", "null");
    } else {
        json.text("legacyEventType", kind.legacy);
    }
    json.object("transaction", |json| {
        json.text("type", "WEB");
        json.format("id", format_args!("{transaction:022x}"));
        json.object("detail", |_| {});
    });
    json.format("uuid", format_args!("{}", scene.id));
    json.text("version", "0");
    json.object("request", |json| chain(scene, json, rng));
    targets(scene, kind.target, json, rng);
    if scene.undeclared {
        json.object("insights", |json| {
            json.plain("anomaly", extra.percent(10));
            json.format("model", format_args!("baseline-{}", extra.below(5)));
        });
    }
}

fn person(person: &Person, kind: &str, json: &mut Json) {
    json.format("id", format_args!("00u{}", &person.id[person.id.len() - 12..]));
    json.text("type", kind);
    json.text("alternateId", person.email.as_deref().unwrap_or("unknown"));
    json.text("displayName", &person.name);
    json.plain("detailEntry", "null");
}

fn client(scene: &Scene<'_>, json: &mut Json, rng: &mut Rng) {
    let (agent, system, browser) = rng.pick(AGENTS);
    json.object("userAgent", |json| {
        json.text("rawUserAgent", agent);
        json.text("os", system);
        json.text("browser", browser);
    });
    json.text("zone", if rng.percent(30) { "Headquarters" } else { "null" });
    json.text("device", if rng.percent(80) { "Computer" } else { "Mobile" });
    json.plain("id", "null");
    json.text("ipAddress", scene.ip);
    place(scene, json);
}

fn place(scene: &Scene<'_>, json: &mut Json) {
    let city = scene.city;
    json.object("geographicalContext", |json| {
        json.text("city", city.name);
        json.text("state", city.region);
        json.text("country", city.country);
        json.plain("postalCode", "null");
        json.object("geolocation", |json| {
            if let Some((lat, lon)) = city.geo.split_once(',') {
                json.plain("lat", lat);
                json.plain("lon", lon);
            }
        });
    });
}

fn authentication(session: u64, json: &mut Json, rng: &mut Rng) {
    json.text("authenticationProvider", "FACTOR_PROVIDER");
    if rng.percent(40) {
        json.text("credentialProvider", "OKTA_CREDENTIAL_PROVIDER");
        json.text("credentialType", rng.word(&["PASSWORD", "OTP", "SIGNED_NONCE"]));
    } else {
        json.plain("credentialProvider", "null");
        json.plain("credentialType", "null");
    }
    json.plain("issuer", "null");
    json.plain("interface", "null");
    json.plain("authenticationStep", rng.below(3));
    json.format("rootSessionId", format_args!("102{session:019x}"));
    json.format("externalSessionId", format_args!("102{session:019x}"));
}

fn debug(kind: &Kind, transaction: u64, failed: bool, json: &mut Json, rng: &mut Rng) {
    json.format("requestId", format_args!("{transaction:022x}"));
    let (device, factor) = (rng.below(900), rng.below(5_000));
    json.format("dtHash", format_args!("{:032x}", u128::from(device + 1) * 0x9e37_79b9_7f4a_7c15_f39c_c060));
    json.format("requestUri", format_args!("/api/v1/authn/factors/{factor:08x}/verify"));
    json.text("threatSuspected", "false");
    json.format("url", format_args!("/api/v1/authn/factors/{factor:08x}/verify?rememberDevice=false"));
    if kind.target == Target::Policy || failed {
        json.text("behaviors", "{New Geo-Location=NEGATIVE, New Device=NEGATIVE, New IP=POSITIVE}");
        json.text("risk", if failed { "{reasons=Anomalous Device, level=MEDIUM}" } else { "{level=LOW}" });
    }
}

fn chain(scene: &Scene<'_>, json: &mut Json, rng: &mut Rng) {
    json.array("ipChain", |json| {
        json.element(|json| {
            json.text("ip", scene.ip);
            place(scene, json);
            json.text("version", if scene.ip.contains(':') { "V6" } else { "V4" });
            json.plain("source", "null");
        });
        if rng.percent(15) {
            json.element(|json| {
                json.format("ip", format_args!("203.0.113.{}", 1 + rng.below(8)));
                json.plain("geographicalContext", "null");
                json.text("version", "V4");
                json.plain("source", "null");
            });
        }
    });
}

fn targets(scene: &Scene<'_>, target: Target, json: &mut Json, rng: &mut Rng) {
    let (kind, things) = match target {
        Target::None => return json.plain("target", "null"),
        Target::App => ("AppInstance", &scene.world.apps),
        Target::Group => ("UserGroup", &scene.world.groups),
        Target::Policy => ("PolicyEntity", &scene.world.policies),
    };
    json.array("target", |json| {
        let thing = rng.pick(things);
        json.element(|json| {
            json.format("id", format_args!("0oa{}", &thing.id[24..]));
            json.text("type", kind);
            json.text("alternateId", &thing.name);
            json.text("displayName", &thing.name);
            json.object("detailEntry", |json| {
                json.format("signOnModeEvaluationResult", format_args!("{}", Uuid::new(rng)));
            });
        });
        if target != Target::Policy {
            let other = scene.world.somebody(rng);
            json.element(|json| person(other, "AppUser", json));
        }
    });
}
