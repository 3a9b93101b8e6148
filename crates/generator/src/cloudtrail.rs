//! Events as AWS CloudTrail records them: who called which API of which account, with what.
//!
//! Most volume comes from a few calls of a few services, made by roles in sessions. What a call was given and
//! what it gave back is JSON of a shape of its own, from nothing to a credential of several hundred bytes.

use std::fmt::Write as _;

use crate::fault::Targets;
use crate::json::Json;
use crate::producer::Producer;
use crate::rng::{Ranks, Rng};
use crate::scene::Scene;
use crate::world::Uuid;

pub(crate) const PRODUCER: Producer = Producer {
    targets: Targets { required: "eventID", typed: "userIdentity" },
    kinds: CALLS.len(),
    write: |task, json, rng| {
        let scene = Scene::draw(task, false, rng);
        write(&scene, task.ranks, json, rng);
        scene.undeclared
    },
};

/// What the parameters and the response of a call are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Session,
    StoredObject,
    Key,
    Instances,
    Table,
    LogStream,
    User,
    Console,
}

struct Call {
    service: &'static str,
    name: &'static str,
    about: About,
    reads: bool,
}

const fn call(service: &'static str, name: &'static str, about: About, reads: bool) -> Call {
    Call { service, name, about, reads }
}

/// The calls, the most frequent first.
const CALLS: [Call; 16] = [
    call("sts", "AssumeRole", About::Session, true),
    call("s3", "GetObject", About::StoredObject, true),
    call("kms", "Decrypt", About::Key, true),
    call("s3", "PutObject", About::StoredObject, false),
    call("ec2", "DescribeInstances", About::Instances, true),
    call("logs", "CreateLogStream", About::LogStream, false),
    call("dynamodb", "DescribeTable", About::Table, true),
    call("kms", "GenerateDataKey", About::Key, true),
    call("ec2", "DescribeVolumes", About::Instances, true),
    call("s3", "HeadObject", About::StoredObject, true),
    call("sts", "GetCallerIdentity", About::User, true),
    call("ec2", "RunInstances", About::Instances, false),
    call("iam", "GetUser", About::User, true),
    call("signin", "ConsoleLogin", About::Console, false),
    call("iam", "CreateAccessKey", About::User, false),
    call("dynamodb", "UpdateTable", About::Table, false),
];

const REGIONS: &[&str] = &["eu-central-1", "us-east-1", "eu-west-1", "us-west-2", "ap-southeast-2"];
const ACCOUNTS: &[&str] = &["111122223333", "444455556666", "777788889999", "123456789012"];
const ROLES: &[&str] =
    &["deploy", "fleet-telemetry", "readonly-audit", "vision-training", "backup", "Operator"];
const TEAMS: &[&str] = &["arm", "drive", "vision", "fleet", "cloud"];
const AGENTS: &[&str] = &[
    "aws-sdk-java/2.31.5 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1 lang/java#21.0.4",
    "Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1.119 md/arch#x86_64 lang/python#3.13.2",
    "aws-cli/2.30.3 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.7",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.0 terraform-provider-aws/6.11.0 aws-sdk-go-v2/1.38.3",
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
];
const SUITES: &[&str] = &["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES128-GCM-SHA256"];

/// The facts of one call.
struct Event<'s, 'w> {
    scene: &'s Scene<'w>,
    call: &'static Call,
    account: &'static str,
    region: &'static str,
    role: &'static str,
    denied: bool,
}

/// Writes the members of an event.
fn write(scene: &Scene<'_>, ranks: &Ranks, json: &mut Json, rng: &mut Rng) {
    let mut extra = rng.fork();
    let event = Event {
        scene,
        call: &CALLS[ranks.pick(rng)],
        account: rng.word(ACCOUNTS),
        region: rng.word(REGIONS),
        role: rng.word(ROLES),
        denied: rng.percent(3),
    };
    event.write(json, rng, &mut extra);
}

impl Event<'_, '_> {
    fn write(&self, json: &mut Json, rng: &mut Rng, extra: &mut Rng) {
        let Call { service, name, about, reads } = *self.call;
        json.text("eventVersion", "1.11");
        json.object("userIdentity", |json| self.identity(json, rng));
        json.format("eventTime", format_args!("{}", self.scene.time));
        json.format("eventSource", format_args!("{service}.amazonaws.com"));
        json.text("eventName", name);
        json.text("awsRegion", self.region);
        if about == About::Key && rng.percent(50) {
            json.text("sourceIPAddress", "s3.amazonaws.com");
        } else {
            json.text("sourceIPAddress", self.scene.ip);
        }
        json.text("userAgent", rng.word(AGENTS));
        if self.denied {
            let (account, role) = (self.account, self.role);
            json.text("errorCode", "AccessDenied");
            json.format(
                "errorMessage",
                format_args!(
                    "User: arn:aws:sts::{account}:assumed-role/{role}/{} is not authorized to perform: \
                     {service}:{name} because no identity-based policy allows the {service}:{name} action",
                    self.scene.login()
                ),
            );
        }
        self.request(json, rng);
        self.response(json, rng);
        self.additional(json, rng);
        json.format("requestID", format_args!("{}", Uuid::new(rng)));
        json.format("eventID", format_args!("{}", self.scene.id));
        json.plain("readOnly", reads);
        self.resources(json, rng);
        json.text("eventType", if about == About::Console { "AwsConsoleSignIn" } else { "AwsApiCall" });
        json.plain("managementEvent", about != About::StoredObject);
        json.text("recipientAccountId", self.account);
        json.text("eventCategory", if about == About::StoredObject { "Data" } else { "Management" });
        self.tls(json, rng);
        if self.scene.undeclared {
            json.object("callerFingerprint", |json| {
                json.format("ja4", format_args!("t13d1516h2_{:012x}", extra.bits() >> 16));
                json.plain("score", extra.below(100));
            });
        }
    }

    fn identity(&self, json: &mut Json, rng: &mut Rng) {
        let (account, role, login) = (self.account, self.role, self.scene.login());
        if rng.percent(10) {
            json.text("type", "AWSService");
            json.text("invokedBy", rng.word(&["ec2.amazonaws.com", "lambda.amazonaws.com"]));
            return;
        }
        if rng.percent(10) {
            json.text("type", "IAMUser");
            json.format("principalId", format_args!("AIDA{}", upper(login)));
            json.format("arn", format_args!("arn:aws:iam::{account}:user/{login}"));
            json.text("accountId", account);
            json.format("accessKeyId", format_args!("AKIA{:016X}", rng.below(200)));
            json.text("userName", login);
            return;
        }
        let principal = format!("AROA{}", upper(role));
        json.text("type", "AssumedRole");
        json.format("principalId", format_args!("{principal}:{login}"));
        json.format("arn", format_args!("arn:aws:sts::{account}:assumed-role/{role}/{login}"));
        json.text("accountId", account);
        json.format("accessKeyId", format_args!("ASIA{:016X}", rng.bits()));
        json.object("sessionContext", |json| {
            json.object("sessionIssuer", |json| {
                json.text("type", "Role");
                json.text("principalId", &principal);
                json.format("arn", format_args!("arn:aws:iam::{account}:role/{role}"));
                json.text("accountId", account);
                json.text("userName", role);
            });
            if rng.percent(30) {
                json.object("webIdFederationData", |_| {});
            }
            json.object("attributes", |json| {
                json.format("creationDate", format_args!("{}", self.scene.time.before(60, rng)));
                // A boolean in a string: that is how the service delivers it.
                json.text("mfaAuthenticated", if rng.percent(20) { "true" } else { "false" });
            });
        });
    }

    fn request(&self, json: &mut Json, rng: &mut Rng) {
        if matches!(self.call.about, About::Console) {
            return json.plain("requestParameters", "null");
        }
        json.object("requestParameters", |json| match self.call.about {
            About::Session => {
                json.format("roleArn", format_args!("arn:aws:iam::{}:role/{}", self.account, self.role));
                json.text("roleSessionName", self.scene.login());
                json.plain("durationSeconds", 900 * (1 + rng.below(4)));
            }
            About::StoredObject => {
                let team = rng.word(TEAMS);
                json.format("bucketName", format_args!("fernbank-{team}-data"));
                json.format("Host", format_args!("fernbank-{team}-data.s3.{}.amazonaws.com", self.region));
                json.format(
                    "key",
                    format_args!("runs/2025/09/{:08x}/part-{:05}.parquet", self.id(), rng.below(400)),
                );
            }
            About::Key => {
                json.object("encryptionContext", |json| {
                    json.format("aws:s3:arn", format_args!("arn:aws:s3:::fernbank-{}-data", rng.word(TEAMS)));
                });
                json.text("encryptionAlgorithm", "SYMMETRIC_DEFAULT");
            }
            About::Instances => {
                json.object("instancesSet", |json| {
                    json.array("items", |json| {
                        for _ in 0..=rng.below(3) {
                            json.element(|json| {
                                json.format("instanceId", format_args!("i-{:017x}", rng.bits() >> 4));
                            });
                        }
                    });
                });
                json.object("filterSet", |_| {});
                json.plain("maxResults", 1000);
            }
            About::Table => json.format("tableName", format_args!("{}-positions", rng.word(TEAMS))),
            About::LogStream => {
                json.format("logGroupName", format_args!("/aws/lambda/{}-ingest", rng.word(TEAMS)));
                json.format("logStreamName", format_args!("2025/09/[$LATEST]{:032x}", rng.bits()));
            }
            About::User => json.text("userName", self.scene.login()),
            About::Console => {}
        });
    }

    fn response(&self, json: &mut Json, rng: &mut Rng) {
        let (account, role, login) = (self.account, self.role, self.scene.login());
        match self.call.about {
            About::Session if !self.denied => json.object("responseElements", |json| {
                json.object("credentials", |json| {
                    json.format("accessKeyId", format_args!("ASIA{:016X}", rng.bits()));
                    json.format("sessionToken", format_args!("IQoJb3JpZ2luX2Vj{}", token(rng)));
                    json.format("expiration", format_args!("Sep {}, 2025, 11:00:00 PM", 1 + rng.below(30)));
                });
                json.object("assumedRoleUser", |json| {
                    json.format("assumedRoleId", format_args!("AROA{}:{login}", upper(role)));
                    json.format("arn", format_args!("arn:aws:sts::{account}:assumed-role/{role}/{login}"));
                });
            }),
            About::Console => json.object("responseElements", |json| {
                json.text("ConsoleLogin", if self.denied { "Failure" } else { "Success" });
            }),
            _ => json.plain("responseElements", "null"),
        }
    }

    fn additional(&self, json: &mut Json, rng: &mut Rng) {
        match self.call.about {
            About::StoredObject => json.object("additionalEventData", |json| {
                json.text("SignatureVersion", "SigV4");
                json.text("CipherSuite", rng.word(SUITES));
                json.plain("bytesTransferredIn", 0);
                json.text("AuthenticationMethod", "AuthHeader");
                json.format("x-amz-id-2", format_args!("{:016x}{:016x}=", rng.bits(), rng.bits()));
                json.plain("bytesTransferredOut", rng.below(1 << 26));
            }),
            About::Console => json.object("additionalEventData", |json| {
                json.text("LoginTo", "https://console.aws.amazon.com/console/home?region=eu-central-1");
                json.text("MobileVersion", "No");
                json.text("MFAUsed", if rng.percent(80) { "Yes" } else { "No" });
            }),
            _ => {}
        }
    }

    fn resources(&self, json: &mut Json, rng: &mut Rng) {
        let (account, region) = (self.account, self.region);
        let (kind, arn) = match self.call.about {
            About::StoredObject => {
                ("AWS::S3::Bucket", format!("arn:aws:s3:::fernbank-{}-data", rng.word(TEAMS)))
            }
            About::Key => {
                let key = rng.below(60);
                ("AWS::KMS::Key", format!("arn:aws:kms:{region}:{account}:key/mrk-{key:032x}"))
            }
            About::Session => ("AWS::IAM::Role", format!("arn:aws:iam::{account}:role/{}", self.role)),
            _ => return,
        };
        json.array("resources", |json| {
            json.element(|json| {
                json.text("accountId", account);
                json.text("type", kind);
                json.text("ARN", &arn);
            });
        });
    }

    fn tls(&self, json: &mut Json, rng: &mut Rng) {
        json.object("tlsDetails", |json| {
            json.text("tlsVersion", if rng.percent(90) { "TLSv1.3" } else { "TLSv1.2" });
            json.text("cipherSuite", rng.word(SUITES));
            json.format(
                "clientProvidedHostHeader",
                format_args!("{}.{}.amazonaws.com", self.call.service, self.region),
            );
        });
    }

    /// A number of some run that several events belong to.
    fn id(&self) -> u64 {
        self.scene.time.ms / 600_000
    }
}

/// Twelve letters and digits that stand for a name, as unique ids of AWS have them.
fn upper(name: &str) -> String {
    let hash = name.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(131).wrapping_add(u64::from(byte)));
    format!("{:012X}", hash & 0xffff_ffff_ffff)
}

/// Text that does not repeat, as credentials are.
fn token(rng: &mut Rng) -> String {
    let mut text = String::with_capacity(256);
    for _ in 0..16 {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:016x}", rng.bits());
    }
    text
}
