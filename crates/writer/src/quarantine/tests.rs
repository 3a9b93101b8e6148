//! What goes in comes out, in the order given and in small row groups.

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use sawlog_columns::{Code, Source};
use tempfile::TempDir;

use super::*;

fn run() -> Run {
    let source = |path: &str| Source { path: path.to_owned(), identity: 1 };
    Run { parse_time: 5, sources: vec![source("a.json"), source("b.json")], ..Run::default() }
}

fn reject(record: u64, raw: Vec<u8>) -> Reject {
    Reject {
        code: Code::TypeMismatch,
        message: "attributes.actor must be an object".into(),
        source: 1,
        record,
        line: record + 1,
        byte_offset: record * 100,
        json_path: "$.attributes.actor".to_owned(),
        schema_line: record.is_multiple_of(2).then_some(17),
        raw_len: raw.len() as u64,
        raw,
    }
}

fn write(root: &Path, rejects: Vec<Reject>) -> Vec<WrittenFile> {
    let mut writer = QuarantineWriter::new(root, Some("Atlassian.Audit"), Batch(10));
    for reject in rejects {
        writer.append(reject, &run()).unwrap();
    }
    writer.finish(&run()).unwrap()
}

fn read(folder: &Path) -> Vec<Quarantined> {
    read_quarantine(folder).unwrap().collect::<Result<_>>().unwrap()
}

#[test]
fn rejects_are_read_back_as_written() {
    let folder = TempDir::new().unwrap();
    let mut cut = reject(2, vec![0xff, 0, b'x']);
    cut.raw_len = 1 << 30;
    cut.json_path = String::new();
    let files = write(folder.path(), vec![reject(1, b"{}".to_vec()), cut]);
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].path, "_quarantine/atlassian_audit/000000000000000a-00000.parquet");
    assert_eq!(files[0].rows, 2);
    assert_eq!(files[0].bytes, folder.path().join(&files[0].path).metadata().unwrap().len());

    let first = Quarantined {
        code: "type_mismatch".to_owned(),
        message: "attributes.actor must be an object".to_owned(),
        source: "b.json".to_owned(),
        record: 1,
        line: 2,
        byte_offset: 100,
        json_path: "$.attributes.actor".to_owned(),
        schema: "Atlassian.Audit".to_owned(),
        schema_line: None,
        raw: b"{}".to_vec(),
        raw_len: 2,
        raw_truncated: false,
        parse_time: 5,
    };
    let second = Quarantined {
        record: 2,
        line: 3,
        byte_offset: 200,
        json_path: String::new(),
        schema_line: Some(17),
        raw: vec![0xff, 0, b'x'],
        raw_len: 1 << 30,
        raw_truncated: true,
        ..first.clone()
    };
    let expected = vec![first, second];
    let lake = folder.path();
    fs::create_dir(lake.join("atlassian_audit")).unwrap();
    for place in ["", "_quarantine", "_quarantine/atlassian_audit", "atlassian_audit"] {
        assert_eq!(read(&lake.join(place)), expected, "{place}");
    }
}

#[test]
fn rejects_of_several_log_types_have_a_folder_of_their_own() {
    let lake = TempDir::new().unwrap();
    for table in ["_ledger", "atlassian_audit"] {
        fs::create_dir(lake.path().join(table)).unwrap();
    }
    let mut writer = QuarantineWriter::new(lake.path(), None, Batch(10));
    writer.append(reject(1, b"{}".to_vec()), &run()).unwrap();
    let files = writer.finish(&run()).unwrap();
    assert_eq!(files[0].path, "_quarantine/_unclassified/000000000000000a-00000.parquet");
    for place in ["", "_quarantine", "_quarantine/_unclassified"] {
        let found = read(&lake.path().join(place));
        assert_eq!((found.len(), found[0].schema.as_str()), (1, ""), "{place}");
    }
    assert_eq!(read(&lake.path().join("atlassian_audit")), [], "no reject is known to be of this table");
}

#[test]
fn no_reject_no_file() {
    let folder = TempDir::new().unwrap();
    assert_eq!(write(folder.path(), Vec::new()), Vec::new());
    let error = read_quarantine(folder.path()).err().unwrap();
    assert!(matches!(error, Error::NoQuarantine { .. }), "{error}");
}

#[test]
fn row_groups_stay_small() {
    let folder = TempDir::new().unwrap();
    let big = ROW_GROUP_BYTES / 2;
    let sizes = [10, big, big, ROW_GROUP_BYTES + 1, 10, 10];
    let rejects = (1u64..).zip(sizes).map(|(record, size)| reject(record, vec![b'x'; size])).collect();
    let files = write(folder.path(), rejects);
    let reader = SerializedFileReader::new(File::open(folder.path().join(&files[0].path)).unwrap()).unwrap();
    let rows: Vec<i64> = reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(rows, [2, 1, 1, 2]);
    let read: Vec<usize> = read(folder.path()).iter().map(|q| q.raw.len()).collect();
    assert_eq!(read, sizes);
}

#[test]
fn a_strange_file_is_an_error_and_the_next_is_read() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), vec![reject(1, b"{}".to_vec())]);
    let table = folder.path().join("_quarantine/atlassian_audit");
    fs::write(table.join("0.parquet"), "nothing of the kind").unwrap();
    let read: Vec<_> = read_quarantine(folder.path()).unwrap().collect();
    assert_eq!(read.len(), 2);
    assert!(read[0].as_ref().unwrap_err().to_string().contains("0.parquet"));
    assert_eq!(read[1].as_ref().unwrap().record, 1);
}
