//! The plain way from NDJSON to Parquet in Rust: arrow-json's reader into parquet's writer.
//!
//! It does less than sawlog, which makes it a yardstick for the price of the rest. It reads the declared text
//! fields only: arrow-json has no column type for "any JSON", so the open `attributes` of entities and
//! `relations` are skipped, as are undeclared fields. No event time, no indicators, no required fields, no
//! order, no place for a bad record: the first one ends the run.
//!
//! Usage: `arrow_json THREADS INPUT OUT`, which writes `OUT/part-N.parquet`, one part a thread, and prints
//! the number of rows as `{"rows":N}`.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use arrow_json::ReaderBuilder;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Rows of a batch: enough to spread the cost of a batch, few enough to stay in the cache.
const BATCH: usize = 8192;

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn object(name: &str, fields: Vec<Field>) -> Field {
    Field::new(name, DataType::Struct(Fields::from(fields)), true)
}

fn links() -> Field {
    object("links", vec![text("self"), text("alt")])
}

fn entities(name: &str) -> Field {
    let entity = object("item", vec![text("id"), text("type"), links()]);
    Field::new(name, DataType::List(Arc::new(entity)), true)
}

fn schema() -> SchemaRef {
    let actor = object("actor", vec![text("id"), text("name"), text("email"), links()]);
    let location = ["ip", "geo", "countryName", "regionName", "city"].map(text).to_vec();
    let attributes = vec![
        text("time"),
        text("action"),
        actor,
        entities("context"),
        entities("container"),
        object("location", location),
    ];
    Arc::new(Schema::new(vec![
        text("type"),
        text("id"),
        object("attributes", attributes),
        object("message", vec![text("content"), text("format")]),
        links(),
    ]))
}

/// Cuts the file into about equal parts at line ends; returns where they begin and, last, where they end.
fn cuts(input: &Path, parts: u64) -> Outcome<Vec<u64>> {
    let mut file = BufReader::new(File::open(input)?);
    let size = file.seek(SeekFrom::End(0))?;
    let mut cuts = vec![0];
    for part in 1..parts {
        let start = file.seek(SeekFrom::Start(size * part / parts))?;
        cuts.push(start + file.skip_until(b'\n')? as u64);
    }
    cuts.push(size);
    Ok(cuts)
}

/// Converts the bytes from `start` to `end`; returns the number of rows.
fn convert(input: &Path, start: u64, end: u64, out: &Path) -> Outcome<usize> {
    let mut file = File::open(input)?;
    file.seek(SeekFrom::Start(start))?;
    let lines = BufReader::with_capacity(1 << 20, file.take(end - start));
    let reader = ReaderBuilder::new(schema()).with_batch_size(BATCH).build(lines)?;
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?)).build();
    let mut writer = ArrowWriter::try_new(File::create(out)?, schema(), Some(properties))?;
    let mut rows = 0;
    for batch in reader {
        let batch = batch?;
        rows += batch.num_rows();
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(rows)
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, threads, input, out] = arguments.as_slice() else {
        return Err("usage: arrow_json THREADS INPUT OUT".into());
    };
    let (input, out) = (Path::new(input), PathBuf::from(out));
    std::fs::create_dir_all(&out)?;
    let cuts = cuts(input, threads.parse()?)?;
    let mut rows = 0;
    std::thread::scope(|scope| {
        let convert = |(part, range): (usize, &[u64])| {
            let (start, end) = (range[0], range[1]);
            let file = out.join(format!("part-{part}.parquet"));
            scope.spawn(move || convert(input, start, end, &file))
        };
        let workers: Vec<_> = cuts.windows(2).enumerate().map(convert).collect();
        for worker in workers {
            rows += worker.join().map_err(|_| "a worker panicked")??;
        }
        Outcome::Ok(())
    })?;
    writeln!(std::io::stdout(), "{{\"rows\":{rows}}}")?;
    Ok(())
}
