//! Killed at any instant and run again, every event is there exactly once.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

use crate::support::{Scratch, column, event, files_below, ids, ndjson};

const EVENTS: u64 = 4000;

/// Small, and the same every time: which instants are tried must not depend on the clock alone.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn inputs() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("in/a", ndjson(0..EVENTS / 2));
    scratch.write("in/b", ndjson(EVENTS / 2..EVENTS));
    scratch
}

/// Flags come after those that are always there, `--schema schema.yml` among them.
fn start(scratch: &Scratch, flags: &[&str]) -> Child {
    let mut command = Command::new(cargo_bin!("sawlog"));
    command.args(["convert", "in", "--schema", "schema.yml", "--out", "lake", "--quiet"]).args(flags);
    command.current_dir(scratch.path("")).stderr(Stdio::null()).spawn().unwrap()
}

fn entries(scratch: &Scratch) -> usize {
    let files = files_below(&scratch.path("lake/_ledger"));
    files.iter().filter(|path| path.extension() == Some(OsStr::new("json"))).count()
}

/// Lets the child run for a time, or else until it has just decided to publish, and kills it.
fn kill(mut child: Child, scratch: &Scratch, random: &mut Random, usual: Duration, at_publication: bool) {
    if at_publication {
        let (before, begun) = (entries(scratch), Instant::now());
        while entries(scratch) == before && begun.elapsed() < 4 * usual && child.try_wait().unwrap().is_none()
        {
            sleep(Duration::from_micros(100));
        }
        sleep(Duration::from_micros(random.below(4_000)));
    } else {
        sleep(Duration::from_micros(random.below(usual.as_micros() as u64 * 11 / 10)));
    }
    // It may have ended by itself; then there is nothing to kill, and nothing lost.
    let _ = child.kill();
    child.wait().unwrap();
}

fn exactly_once(scratch: &Scratch) {
    assert_eq!(scratch.column("id"), ids(0..EVENTS));
    assert_eq!(BTreeSet::from_iter(scratch.column("p_row_id")).len() as u64, EVENTS);
    assert!(!scratch.path("lake/_tmp").exists(), "staged files were left");
    let drafts = files_below(&scratch.path("lake/_ledger"));
    assert!(drafts.iter().all(|path| path.extension() != Some(OsStr::new("tmp"))), "{drafts:?}");
}

fn usual_time(scratch: &Scratch) -> Duration {
    let begun = Instant::now();
    assert!(start(scratch, &[]).wait().unwrap().success());
    begun.elapsed()
}

fn copy(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(file, target).unwrap();
    }
}

#[test]
fn a_first_run_killed_anywhere_is_whole_after_the_next() {
    let scratch = inputs();
    let usual = usual_time(&scratch);
    let mut random = Random(1);
    for round in 0..14 {
        fs::remove_dir_all(scratch.path("lake")).unwrap();
        kill(start(&scratch, &[]), &scratch, &mut random, usual, round % 2 == 1);
        if entries(&scratch) == 0 {
            assert!(scratch.column("id").is_empty(), "something is visible before the commit");
        }
        scratch.convert(&["in"]).ok();
        exactly_once(&scratch);
    }
}

#[test]
fn a_replacement_killed_anywhere_is_whole_after_the_next() {
    let scratch = inputs();
    let usual = usual_time(&scratch);
    copy(&scratch.path("lake"), &scratch.path("before"));
    let mut random = Random(2);
    for round in 0..12 {
        fs::remove_dir_all(scratch.path("lake")).unwrap();
        copy(&scratch.path("before"), &scratch.path("lake"));
        let flags: &[&str] = if round % 4 < 2 { &["--force"] } else { &["--force", "--partition", "hour"] };
        kill(start(&scratch, flags), &scratch, &mut random, usual, round % 2 == 1);
        if entries(&scratch) == 1 {
            assert_eq!(
                scratch.column("id"),
                ids(0..EVENTS),
                "the earlier run must be there until the commit"
            );
        }
        scratch.convert(&[&["in"], flags].concat()).ok();
        exactly_once(&scratch);
    }
}

/// A second log type, and inputs of both; the lake holds other events of the first type.
fn mixed_inputs() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("door.yml", "{schema: Test.Door, fields: [{name: door, type: string, required: true}]}");
    scratch.write("earlier", ndjson(EVENTS..EVENTS + 10));
    scratch.convert(&["earlier"]).ok();
    for (name, range) in [("in/a", 0..EVENTS / 2), ("in/b", EVENTS / 2..EVENTS)] {
        let pair = |n| format!("{}\n{{\"door\":\"d{n:05}\"}}\n", event(n));
        scratch.write(name, range.map(pair).collect::<String>());
    }
    scratch
}

/// Values of the door's column, sorted.
fn doors(scratch: &Scratch) -> Vec<String> {
    let mut values = Vec::new();
    for path in files_below(&scratch.path("lake/test_door")) {
        column(&path, "door", &mut values);
    }
    values.sort();
    values
}

#[test]
fn a_run_into_an_old_and_a_new_table_killed_anywhere_is_whole_after_the_next() {
    const DOOR: [&str; 2] = ["--schema", "door.yml"];
    let scratch = mixed_inputs();
    copy(&scratch.path("lake"), &scratch.path("before"));
    let begun = Instant::now();
    assert!(start(&scratch, &DOOR).wait().unwrap().success());
    let usual = begun.elapsed();
    let all_doors: Vec<String> = (0..EVENTS).map(|n| format!("\"d{n:05}\"")).collect();
    let mut random = Random(3);
    for round in 0..14 {
        fs::remove_dir_all(scratch.path("lake")).unwrap();
        copy(&scratch.path("before"), &scratch.path("lake"));
        kill(start(&scratch, &DOOR), &scratch, &mut random, usual, round % 2 == 1);
        if entries(&scratch) == 1 {
            let seen = (scratch.column("id"), doors(&scratch));
            assert_eq!(seen, (ids(EVENTS..EVENTS + 10), vec![]), "seen before the commit");
        }
        scratch.convert(&["in", "--schema", "schema.yml", "--schema", "door.yml"]).ok();
        assert_eq!(scratch.column("id"), ids(0..EVENTS + 10));
        assert_eq!(doors(&scratch), all_doors);
        assert!(!scratch.path("lake/_tmp").exists(), "staged files were left");
    }
}
