//! An output that cannot take all that is written to it.

#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;

use crate::support::{Run, Scratch, files_below, ids, ndjson};

fn convert(scratch: &Scratch, before: &str, out: &str) -> Run {
    let line = format!(
        "{before} exec {} convert dump --schema schema.yml --out {out} --json",
        cargo_bin!("sawlog").display()
    );
    Run::of(&shell(scratch, &line))
}

fn shell(scratch: &Scratch, line: &str) -> Output {
    Command::new("sh").args(["-c", line]).current_dir(scratch.path("")).output().unwrap()
}

/// No table, no entry, and nothing that the next run would have to take for results.
fn holds_nothing(out: &Path) -> bool {
    files_below(out).iter().all(|path| path.ends_with("_ledger/lock"))
}

#[test]
fn a_file_that_must_not_grow_further_publishes_nothing() {
    let scratch = Scratch::new();
    scratch.write("dump", ndjson(0..30_000));
    // Without the trap the system would end the process instead of refusing the write.
    let run = convert(&scratch, "trap '' XFSZ; ulimit -f 20;", "lake");
    run.fails(1, &["cannot write lake/_tmp/", ".parquet"]);
    assert!(run.json["error"].as_str().unwrap().contains("cannot write"), "{}", run.json);
    assert!(holds_nothing(&scratch.path("lake")));
    assert_eq!(scratch.convert(&["dump"]).ok().count("rows"), 30_000);
    assert_eq!(scratch.column("id"), ids(0..30_000));
}

#[test]
fn a_report_that_nobody_can_be_told_changes_no_exit_code() {
    if !Path::new("/dev/full").exists() {
        println!("skipped: this system has no /dev/full");
        return;
    }
    let scratch = Scratch::new();
    scratch.write("dump", [ndjson(0..9).as_slice(), b"null\n"].concat());
    let convert = |words: &str| {
        let binary = cargo_bin!("sawlog");
        let line = format!("{} convert --json --schema schema.yml {words} >/dev/full", binary.display());
        Run::of(&shell(&scratch, &line))
    };
    let full = "cannot write to standard output";
    convert("dump --out none --max-quarantined 0").fails(3, &[full, "nothing was published"]);
    let run = convert("dump --out lake");
    run.fails(0, &[full, "the conversion is done all the same, and lake/_ledger holds its counts"]);
    assert_eq!(scratch.column("id"), ids(0..9));
    convert("missing --out lake").fails(1, &[full, "missing"]);
}

/// A small file system in memory, for those who may mount one.
struct Small(PathBuf);

impl Small {
    fn mount(path: PathBuf) -> Option<Self> {
        std::fs::create_dir(&path).ok()?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=128k", "none"]).arg(&path);
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self(path))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_publishes_nothing_and_says_so() {
    let scratch = Scratch::new();
    let Some(small) = Small::mount(scratch.path("small")) else {
        println!("skipped: no file system can be mounted here");
        return;
    };
    scratch.write("dump", ndjson(0..100_000));
    let run = convert(&scratch, "", "small/lake");
    run.fails(1, &["small/lake/_tmp/", "No space left"]);
    let lake = small.0.join("lake");
    assert!(holds_nothing(&lake), "{:?}", files_below(&lake));
    scratch.write("dump", ndjson(0..1000));
    let run = convert(&scratch, "", "small/lake").ok();
    assert_eq!(run.count("rows"), 1000);
    assert!(!lake.join("_tmp").exists());
}
