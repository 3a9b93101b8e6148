//! Every operation on the file system is a place where a run can end; all of them are tried.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::disk::Disk;
use crate::disk::fault::{Fault, Kind};
use crate::files::WrittenFile;
use crate::ledger::{Counts, Input, TableOutput};
use crate::names::{Batch, QUARANTINE};

/// A run as a test sees it: file paths with their content.
struct Sketch {
    batch: u64,
    files: &'static [(&'static str, &'static str)],
    replaces: &'static [&'static str],
}

const FIRST: Sketch = Sketch {
    batch: 1,
    files: &[
        ("atlassian_audit/year=2024/month=01/day=01/1-00000.parquet", "a"),
        ("atlassian_audit/year=2024/month=01/day=02/1-00000.parquet", "b"),
        ("_quarantine/atlassian_audit/1-00000.parquet", "q"),
    ],
    replaces: &[],
};

/// Into a table that exists, in a partition that exists and in one that does not.
const SECOND: Sketch = Sketch {
    batch: 2,
    files: &[
        ("atlassian_audit/year=2024/month=01/day=02/2-00000.parquet", "c"),
        ("atlassian_audit/year=2024/month=02/day=01/2-00000.parquet", "d"),
        ("_quarantine/atlassian_audit/2-00000.parquet", "r"),
    ],
    replaces: &[],
};

/// Into a table that exists and two that do not, one of them between others that do; with several log types,
/// the rejects lie in a folder of their own.
const MIXED: Sketch = Sketch {
    batch: 3,
    files: &[
        ("a_new/year=2024/month=01/day=01/3-00000.parquet", "e"),
        ("a_new/year=2024/month=01/day=02/3-00000.parquet", "f"),
        ("atlassian_audit/year=2024/month=01/day=01/3-00000.parquet", "g"),
        ("atlassian_audit/year=2024/month=01/day=02/3-00000.parquet", "h"),
        ("z_new/3-00000.parquet", "i"),
        ("_quarantine/_unclassified/3-00000.parquet", "s"),
    ],
    replaces: &[],
};

/// Takes the place of the run with several tables: one table vanishes, one keeps a file, one is new.
const REPLACING_MIXED: Sketch = Sketch {
    batch: 3,
    files: &[
        ("a_new/year=2024/month=01/day=01/3-00000.parquet", "new e"),
        ("b_new/year=2024/month=01/day=01/3-00000.parquet", "new g"),
        ("_quarantine/a_new/3-00000.parquet", "new s"),
    ],
    replaces: &["000002-0000000000000003"],
};

/// Takes the place of the first: one file overwritten, one partition emptied, no quarantine any more.
const REPLACING: Sketch = Sketch {
    batch: 1,
    files: &[
        ("atlassian_audit/year=2024/month=01/day=02/1-00000.parquet", "new b"),
        ("atlassian_audit/year=2024/month=03/day=01/1-00000.parquet", "new a"),
    ],
    replaces: &["000001-0000000000000001"],
};

/// Into a table that exists, so many files that several threads wait for them.
const MANY_DAYS: Sketch = Sketch {
    batch: 4,
    files: &[
        ("atlassian_audit/year=2024/month=01/day=02/4-00000.parquet", "2"),
        ("atlassian_audit/year=2024/month=01/day=03/4-00000.parquet", "3"),
        ("atlassian_audit/year=2024/month=01/day=04/4-00000.parquet", "4"),
        ("atlassian_audit/year=2024/month=01/day=05/4-00000.parquet", "5"),
        ("atlassian_audit/year=2024/month=01/day=06/4-00000.parquet", "6"),
        ("atlassian_audit/year=2024/month=01/day=07/4-00000.parquet", "7"),
        ("atlassian_audit/year=2024/month=01/day=08/4-00000.parquet", "8"),
        ("atlassian_audit/year=2024/month=01/day=09/4-00000.parquet", "9"),
    ],
    replaces: &[],
};

fn commit(lake: &mut Lake, run: &Sketch) -> Result<()> {
    let staging = lake.begin("run 1")?;
    let mut entry = Entry { batch: Batch(run.batch), ..Entry::default() };
    for (path, content) in run.files {
        let full = staging.folder().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(&full, content).unwrap();
        let file = WrittenFile { path: (*path).to_owned(), rows: 1, bytes: content.len() as u64 };
        entry.counts.records += 1;
        if path.starts_with(QUARANTINE) {
            entry.counts.quarantined += 1;
            entry.quarantine_files.push(file);
        } else {
            entry.counts.rows += 1;
            let folder = path.split('/').next().unwrap().to_owned();
            if entry.tables.last().is_none_or(|last| last.table != folder) {
                entry.tables.push(TableOutput { table: folder, ..TableOutput::default() });
            }
            let table = entry.tables.last_mut().unwrap();
            table.rows += 1;
            table.files.push(file);
        }
    }
    entry.inputs = vec![Input { path: "a.json".to_owned(), counts: entry.counts, ..Input::default() }];
    entry.replaces = run.replaces.iter().map(|&name| name.to_owned()).collect();
    lake.commit(staging, entry).map(|_| ())
}

/// What a reader sees: every file outside the ledger, with its content.
fn visible(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            let below = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                assert!(below == LEDGER || fs::read_dir(&path).unwrap().count() > 0, "{below} is empty");
                open.push(path);
            } else if !below.starts_with(LEDGER) {
                found.insert(below, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn files(runs: &[&Sketch]) -> BTreeMap<String, String> {
    let all = runs.iter().flat_map(|run| run.files);
    all.map(|(path, content)| ((*path).to_owned(), (*content).to_owned())).collect()
}

/// Lets `run` fail after 0, 1, 2, … operations until it succeeds, each time in a fresh lake that holds
/// `before`. The lake must then be seen as it was, or with the whole run in it; with the run tried again,
/// exactly so.
fn sweep(kind: Kind, before: &[&Sketch], run: &Sketch, after: &[&Sketch]) {
    let mut seen = [0, 0];
    for operations in 0.. {
        let folder = TempDir::new().unwrap();
        let root = folder.path();
        let mut lake = Lake::open(root).unwrap();
        for run in before {
            commit(&mut lake, run).unwrap();
        }
        let fault = Arc::new(Fault::after(operations, kind));
        lake.disk = Disk { fault: Some(Arc::clone(&fault)) };
        let result = commit(&mut lake, run);
        let decided = matches!(result, Ok(()) | Err(Error::Unfinished { .. }));
        drop(lake);

        // A second process may be killed while it repairs what the first has left.
        let fault_of_repair = Arc::new(Fault::after(operations % 7, Kind::Killed));
        drop(Lake::open_on(root, Disk { fault: Some(fault_of_repair) }));
        let mut lake = Lake::open(root).unwrap();
        let seen_now = visible(root);
        let published = seen_now == files(after);
        assert!(published || seen_now == files(before), "after {operations} operations: {seen_now:?}");
        // A killed process does not say whether it was decided; one that lives must say the truth.
        assert!(published == decided || (kind == Kind::Killed && published), "after {operations} operations");
        assert!(lake.entries().iter().all(|e| e.state != State::Prepared));
        seen[usize::from(published)] += 1;

        if !published {
            commit(&mut lake, run).unwrap();
        }
        assert_eq!(visible(root), files(after));
        let live = lake.entries().iter().filter(|e| e.state == State::Committed);
        let listed: BTreeSet<_> = live.flat_map(|e| e.all_files().map(|f| f.path.clone())).collect();
        assert_eq!(listed, files(after).into_keys().collect());
        if !fault.has_struck() {
            result.unwrap();
            break;
        }
    }
    assert!(seen[0] > 5 && seen[1] > 5, "the failure came before and after the commit point: {seen:?}");
}

#[test]
fn a_new_table_is_published_whole_or_not_at_all() {
    sweep(Kind::Killed, &[], &FIRST, &[&FIRST]);
    sweep(Kind::DiskFull, &[], &FIRST, &[&FIRST]);
}

#[test]
fn a_second_run_is_published_whole_or_not_at_all() {
    sweep(Kind::Killed, &[&FIRST], &SECOND, &[&FIRST, &SECOND]);
    sweep(Kind::DiskFull, &[&FIRST], &SECOND, &[&FIRST, &SECOND]);
}

#[test]
fn many_days_are_published_whole_or_not_at_all() {
    sweep(Kind::Killed, &[&FIRST], &MANY_DAYS, &[&FIRST, &MANY_DAYS]);
    sweep(Kind::DiskFull, &[&FIRST], &MANY_DAYS, &[&FIRST, &MANY_DAYS]);
}

#[test]
fn several_tables_are_published_together_or_not_at_all() {
    sweep(Kind::Killed, &[&FIRST], &MIXED, &[&FIRST, &MIXED]);
    sweep(Kind::DiskFull, &[&FIRST], &MIXED, &[&FIRST, &MIXED]);
}

#[test]
fn several_tables_are_replaced_together_or_not_at_all() {
    sweep(Kind::Killed, &[&FIRST, &MIXED], &REPLACING_MIXED, &[&FIRST, &REPLACING_MIXED]);
    sweep(Kind::DiskFull, &[&FIRST, &MIXED], &REPLACING_MIXED, &[&FIRST, &REPLACING_MIXED]);
}

#[test]
fn a_run_is_replaced_whole_or_not_at_all() {
    sweep(Kind::Killed, &[&FIRST, &SECOND], &REPLACING, &[&SECOND, &REPLACING]);
    sweep(Kind::DiskFull, &[&FIRST, &SECOND], &REPLACING, &[&SECOND, &REPLACING]);
}

#[test]
fn a_run_without_files_is_remembered() {
    let folder = TempDir::new().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    commit(&mut lake, &Sketch { batch: 3, files: &[], replaces: &[] }).unwrap();
    drop(lake);
    let lake = Lake::open(folder.path()).unwrap();
    assert_eq!(lake.entries()[0].name(), "000001-0000000000000003");
    assert_eq!(lake.entries()[0].state, State::Committed);
    assert_eq!(visible(folder.path()), BTreeMap::new());
}

#[test]
fn a_run_that_ends_without_a_commit_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let staging = lake.begin("../x").unwrap();
    fs::write(staging.folder().join("a.parquet"), "half").unwrap();
    assert!(staging.folder().starts_with(folder.path().join(STAGING)));
    drop(staging);
    assert_eq!(visible(folder.path()), BTreeMap::new());
}

#[test]
fn counts_that_do_not_add_up_stop_the_run() {
    let folder = TempDir::new().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let counts = Counts { records: 1, ..Counts::default() };
    let staging = lake.begin("run").unwrap();
    let error = lake.commit(staging, Entry { counts, ..Entry::default() }).unwrap_err();
    assert!(matches!(error, Error::Conservation { .. }), "{error}");
    assert!(lake.entries().is_empty());
    assert_eq!(visible(folder.path()), BTreeMap::new());
}

#[test]
fn files_of_other_runs_are_not_overwritten() {
    let folder = TempDir::new().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    commit(&mut lake, &FIRST).unwrap();
    let again = commit(&mut lake, &FIRST).unwrap_err();
    assert!(matches!(again, Error::Conflict { .. }), "{again}");
    let unknown = Sketch { replaces: &["000009-0000000000000001"], ..FIRST };
    assert!(commit(&mut lake, &unknown).unwrap_err().to_string().contains("no committed run"));
    assert_eq!(visible(folder.path()), files(&[&FIRST]));
}

#[test]
fn one_process_at_a_time() {
    let folder = TempDir::new().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    assert!(matches!(Lake::open(folder.path()).unwrap_err(), Error::Locked { .. }));
    drop(lake);
    Lake::open(folder.path()).unwrap();
}

#[test]
fn what_is_no_lake_is_refused_with_a_reason() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Lake::open(&file).unwrap_err(), Error::NotAFolder { .. }));
    let within = Lake::open(&file.join("below/it")).unwrap_err();
    assert!(matches!(&within, Error::NotAFolder { path, .. } if *path == file), "{within}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        let dangling = Lake::open(&folder.path().join("link")).unwrap_err();
        assert!(matches!(dangling, Error::NotAFolder { .. }), "{dangling}");
    }
    let deep = folder.path().join("a/b/c");
    Lake::open(&deep).unwrap();
    fs::write(deep.join(LEDGER).join("000001-0000000000000001.json"), "{").unwrap();
    assert!(matches!(Lake::open(&deep).unwrap_err(), Error::Ledger { .. }));
}

#[test]
fn a_promised_file_that_is_gone_is_reported() {
    let folder = TempDir::new().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    commit(&mut lake, &FIRST).unwrap();
    lake.entries[0].state = State::Prepared;
    let entry = lake.entries[0].clone();
    lake.write_entry(&entry).unwrap();
    drop(lake);
    drop(Lake::open(folder.path()).unwrap());
    let path = folder.path().join(FIRST.files[0].0);
    fs::remove_file(&path).unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    lake.entries[0].state = State::Prepared;
    let error = lake.publish(0).unwrap_err();
    assert!(matches!(&error, Error::Damaged { path: p, .. } if *p == path), "{error}");
}
