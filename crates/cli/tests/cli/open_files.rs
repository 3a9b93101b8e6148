//! More partitions than files may be open.

#![cfg(unix)]

use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use crate::support::{Run, Scratch, TABLE, files_below};

#[test]
fn many_partitions_need_few_open_files() {
    let scratch = Scratch::new();
    let hours = (0..1500).map(|n| {
        let (month, day, hour) = (1 + n / 24 / 28, 1 + n / 24 % 28, n % 24);
        format!("{{\"id\":\"h{n}\",\"time\":\"2025-{month:02}-{day:02}T{hour:02}:30:00Z\"}}\n")
    });
    scratch.write("dump", hours.collect::<String>());
    // 256 files of the table, and what any process has open.
    let line = format!(
        "ulimit -n 300; exec {} convert dump --schema schema.yml --out lake --partition hour --json",
        cargo_bin!("sawlog").display()
    );
    let output = Command::new("sh").args(["-c", &line]).current_dir(scratch.path("")).output().unwrap();
    let run = Run::of(&output).ok();
    assert_eq!((run.count("rows"), scratch.column("id").len()), (1500, 1500));
    assert_eq!(files_below(&scratch.path("lake").join(TABLE)).len(), 1500);
}
