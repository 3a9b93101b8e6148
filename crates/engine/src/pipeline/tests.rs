//! Who does what, and when: the pipeline with stages that only take notes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sawlog_parser::Records;

use super::*;

thread_local! {
    /// Whether this thread is within a stage that waits for others.
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

/// Stages that note who does what.
#[derive(Default)]
struct Noted {
    /// Chunks that were begun and are not written, now and at most.
    begun: Mutex<(Vec<u64>, usize)>,
    /// Blocks that came in, or are about to, and are not parsed; now and at most.
    waiting: AtomicUsize,
    most_waiting: AtomicUsize,
    /// The workers that parsed each chunk.
    workers: Mutex<BTreeMap<u64, Vec<usize>>>,
    written: Mutex<Vec<(u64, Vec<u64>)>>,
    is_writing: AtomicBool,
    /// The chunk whose encoding fails, and the block, by its offset, whose parsing panics.
    fails: Option<u64>,
    panics: Option<u64>,
    /// Whether blocks are held up until the test lets them go, and whether it has.
    is_gated: bool,
    is_open: AtomicBool,
    /// Whether a block is held up until so many workers have come to its chunk.
    wanted: usize,
}

/// Waits until something is so; false if it does not come to that.
fn comes_true(mut is_so: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while !is_so() {
        if started.elapsed() > Duration::from_secs(20) {
            return false;
        }
        std::thread::sleep(Duration::from_micros(50));
    }
    true
}

fn nap(micros: u64) {
    std::thread::sleep(Duration::from_micros(micros));
}

impl Noted {
    fn comes_in(&self) {
        let waiting = self.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_waiting.fetch_max(waiting, Ordering::SeqCst);
    }

    /// How many workers have parsed blocks of a chunk.
    fn workers_of(&self, chunk: u64) -> usize {
        let workers = self.workers.lock().unwrap();
        let mut workers = workers.get(&chunk).cloned().unwrap_or_default();
        workers.sort_unstable();
        workers.dedup();
        workers.len()
    }
}

impl Stages for Noted {
    type Parsed = u64;
    type Encoded = (u64, Vec<u64>);

    fn parse(&self, chunk: u64, block: &Block, _source: u32) -> u64 {
        assert!(self.panics != Some(block.offset), "no luck");
        assert!(!WAITS.get(), "a worker that waits has begun something");
        let mut begun = self.begun.lock().unwrap();
        let (open, most) = &mut *begun;
        if !open.contains(&chunk) {
            open.push(chunk);
            *most = open.len().max(*most);
        }
        drop(begun);
        let worker = rayon::current_thread_index().unwrap();
        self.workers.lock().unwrap().entry(chunk).or_default().push(worker);
        assert!(!self.is_gated || comes_true(|| self.is_open.load(Ordering::SeqCst)));
        assert!(comes_true(|| self.workers_of(chunk) >= self.wanted), "nobody helps");
        nap(block.offset * 7919 % 300);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        block.offset
    }

    fn encode(&self, chunk: u64, blocks: Vec<u64>) -> Result<(u64, Vec<u64>)> {
        if self.fails == Some(chunk) {
            return Err(Error::Worker("as it was told to".to_owned()));
        }
        WAITS.set(true);
        rayon::scope(|scope| (0..8).for_each(|part| scope.spawn(move |_| nap((chunk + part) * 31 % 200))));
        WAITS.set(false);
        Ok((chunk, blocks))
    }

    fn write(&self, encoded: (u64, Vec<u64>)) -> Result<()> {
        assert!(!self.is_writing.swap(true, Ordering::SeqCst), "two write at once");
        nap(encoded.0 * 17 % 100);
        self.begun.lock().unwrap().0.retain(|chunk| *chunk != encoded.0);
        self.written.lock().unwrap().push(encoded);
        self.is_writing.store(false, Ordering::SeqCst);
        Ok(())
    }
}

const MANY: usize = 1_000_000;

/// Bounds that let `ahead` blocks wait besides those of each thread.
fn bounds(threads: usize, ahead: usize) -> Bounds {
    Bounds {
        blocks: 3 * threads + ahead,
        bytes: MANY,
        records: MANY,
        chunk_records: MANY,
        chunks: threads + 1,
        block_bytes: 1000,
    }
}

/// Block number `number`, of a hundred bytes and one record.
fn block(number: u64, chunk: u64) -> Block {
    Block { offset: number, chunk, ..Block::new(vec![b'1'; 100], Records::Lines) }
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

/// Runs `blocks` blocks, so many a chunk.
fn run(stages: &Noted, threads: usize, bounds: Bounds, blocks: u64, of_chunk: u64) -> Result<()> {
    Pipeline::new(stages, bounds).run(&pool(threads), |feed| {
        for number in 0..blocks {
            stages.comes_in();
            if feed.block(block(number, number / of_chunk), 0).is_break() {
                break;
            }
        }
        Ok(())
    })
}

#[test]
fn chunks_are_written_in_order_and_whole() {
    for threads in [1, 2, 3, 5] {
        for (blocks, of_chunk, ahead) in [(1, 9, 0), (40, 1, 0), (60, 7, 0), (60, 7, 20), (61, 60, 5)] {
            let (stages, bounds) = (Noted::default(), bounds(threads, ahead));
            run(&stages, threads, bounds, blocks, of_chunk).unwrap();
            let written = stages.written.lock().unwrap();
            let all: Vec<u64> = written.iter().flat_map(|(_, blocks)| blocks.clone()).collect();
            assert_eq!(all, (0..blocks).collect::<Vec<_>>());
            assert_eq!(written.len() as u64, blocks.div_ceil(of_chunk));
            assert!(stages.begun.lock().unwrap().1 <= bounds.chunks);
        }
    }
}

#[test]
fn each_bound_holds_by_itself() {
    let wide = Bounds { blocks: MANY, ..bounds(2, 0) };
    let narrow = [Bounds { blocks: 5, ..wide }, Bounds { bytes: 599, ..wide }, Bounds { records: 5, ..wide }];
    for bounds in narrow {
        let stages = Noted::default();
        run(&stages, 2, bounds, 100, 10).unwrap();
        // One more waits to come in.
        assert!(stages.most_waiting.load(Ordering::SeqCst) <= 6, "{bounds:?}");
    }
    let stages = Noted::default();
    run(&stages, 2, Bounds { chunk_records: 7, ..wide }, 60, 30).unwrap();
    let lengths: Vec<_> = stages.written.lock().unwrap().iter().map(|(_, blocks)| blocks.len()).collect();
    assert_eq!(lengths, [7, 7, 7, 7, 2, 7, 7, 7, 7, 2]);
}

#[test]
fn a_worker_keeps_to_its_chunk_until_the_input_ends() {
    let stages = Noted { is_gated: true, ..Noted::default() };
    let run = Pipeline::new(&stages, bounds(3, 1000)).run(&pool(3), |feed| {
        for number in 0..200 {
            stages.comes_in();
            assert!(feed.block(block(number, number / 10), 0).is_continue());
        }
        // All is there before the first block is parsed, and the end has not come when the last chunk begins.
        stages.is_open.store(true, Ordering::SeqCst);
        assert!(comes_true(|| stages.workers.lock().unwrap().len() == 20));
        let workers = stages.workers.lock().unwrap();
        let parsed = workers.values().filter(|workers| workers.len() == 10);
        assert!(parsed.clone().count() >= 17, "{workers:?}");
        assert!(parsed.clone().all(|workers| workers.iter().all(|w| *w == workers[0])), "{workers:?}");
        Ok(())
    });
    run.unwrap();
}

#[test]
fn workers_help_at_the_end() {
    let stages = Noted { is_gated: true, wanted: 3, ..Noted::default() };
    stages.is_open.store(true, Ordering::SeqCst);
    run(&stages, 3, bounds(3, 1000), 60, 60).unwrap();
    assert_eq!(stages.workers_of(0), 3);
}

#[test]
fn workers_help_where_blocks_are_crumbs() {
    let stages = Noted { wanted: 3, ..Noted::default() };
    let run = Pipeline::new(&stages, bounds(3, 0)).run(&pool(3), |feed| {
        for number in 0..60 {
            stages.comes_in();
            assert!(feed.block(block(number, 0), 0).is_continue());
        }
        // The input has not ended yet.
        assert!(comes_true(|| stages.workers_of(0) == 3));
        Ok(())
    });
    run.unwrap();
}

#[test]
fn a_failure_ends_the_run_and_nothing_is_written_behind_it() {
    for threads in [1, 2, 4] {
        let stages = Noted { fails: Some(3), ..Noted::default() };
        let error = run(&stages, threads, bounds(threads, 5), 100, 5).unwrap_err();
        assert!(error.to_string().contains("as it was told to"), "{error}");
        assert!(stages.written.lock().unwrap().iter().all(|(chunk, _)| *chunk < 3));
        let stages = Noted { panics: Some(17), ..Noted::default() };
        let error = run(&stages, threads, bounds(threads, 5), 100, 5).unwrap_err();
        assert!(error.to_string().contains("no luck"), "{error}");
        assert!(stages.written.lock().unwrap().iter().all(|(chunk, _)| *chunk < 3));
    }
}

#[test]
fn a_block_beyond_all_bounds_comes_through_alone() {
    let stages = Noted::default();
    run(&stages, 2, Bounds { bytes: 50, records: 0, ..bounds(2, 0) }, 9, 2).unwrap();
    assert_eq!(stages.written.lock().unwrap().len(), 5);
    // One is parsed, the next waits to come in.
    assert!(stages.most_waiting.load(Ordering::SeqCst) <= 2);
}
