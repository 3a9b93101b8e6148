//! Who does what, and when: the pipeline with stages that only take notes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use sawlog_parser::Records;

use super::*;

thread_local! {
    /// What sections hold that this thread has handed on.
    static HELD: RefCell<Vec<Weak<()>>> = const { RefCell::new(Vec::new()) };
    /// Whether this thread is within a stage that waits for others.
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

/// Stages that note who does what.
#[derive(Default)]
struct Noted {
    /// Chunks that were begun and are not written, now and at most.
    begun: Mutex<(Vec<ChunkId>, usize)>,
    /// Blocks that came in, or are about to, and are not parsed; now and at most.
    waiting: AtomicUsize,
    most_waiting: AtomicUsize,
    /// The workers that parsed each chunk.
    workers: Mutex<BTreeMap<u64, Vec<usize>>>,
    written: Mutex<Vec<(ChunkId, Vec<u64>)>>,
    is_writing: AtomicBool,
    /// The chunk whose encoding fails, and the block, by its offset, whose parsing panics.
    fails: Option<u64>,
    panics: Option<u64>,
    /// Whether blocks are held up until the test lets them go, and whether it has.
    is_gated: bool,
    is_open: AtomicBool,
    /// Whether a block is held up until so many workers have come to its chunk, and if only those of one
    /// chunk are, of which.
    wanted: usize,
    wanted_of: Option<u64>,
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
    type Encoded = (ChunkId, Vec<u64>);

    fn parse(&self, chunk: ChunkId, block: &Block, _source: u32) -> u64 {
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
        self.workers.lock().unwrap().entry(chunk.0).or_default().push(worker);
        assert!(!self.is_gated || comes_true(|| self.is_open.load(Ordering::SeqCst)));
        if self.wanted_of.is_none_or(|wanted| wanted == chunk.0) {
            assert!(comes_true(|| self.workers_of(chunk.0) >= self.wanted), "nobody helps");
        }
        nap(block.offset * 7919 % 300);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        block.offset
    }

    fn encode(&self, chunk: ChunkId, blocks: Vec<u64>) -> Result<(ChunkId, Vec<u64>)> {
        if self.fails == Some(chunk.0) {
            return Err(Error::Worker("as it was told to".to_owned()));
        }
        WAITS.set(true);
        rayon::scope(|scope| (0..8).for_each(|part| scope.spawn(move |_| nap((chunk.0 + part) * 31 % 200))));
        WAITS.set(false);
        Ok((chunk, blocks))
    }

    fn write(&self, encoded: (ChunkId, Vec<u64>)) -> Result<()> {
        assert!(!self.is_writing.swap(true, Ordering::SeqCst), "two write at once");
        nap(encoded.0.0 * 17 % 100);
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
        sections: MANY,
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
    let bounds = Bounds { chunks: 20, ..bounds(3, 1000) };
    let run = Pipeline::new(&stages, bounds).run(&pool(3), |feed| {
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
fn workers_help_where_no_other_chunk_may_be_begun() {
    // All other chunks are encoded and wait for the first, which waits for help.
    let stages = Noted { wanted: 2, wanted_of: Some(0), ..Noted::default() };
    let run = Pipeline::new(&stages, bounds(2, 1000)).run(&pool(2), |feed| {
        for number in 0..60 {
            stages.comes_in();
            assert!(feed.block(block(number, number / 10), 0).is_continue());
        }
        assert!(comes_true(|| stages.workers_of(0) == 2));
        Ok(())
    });
    run.unwrap();
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
        assert!(stages.written.lock().unwrap().iter().all(|(chunk, _)| chunk.0 < 3));
        let stages = Noted { panics: Some(17), ..Noted::default() };
        let error = run(&stages, threads, bounds(threads, 5), 100, 5).unwrap_err();
        assert!(error.to_string().contains("no luck"), "{error}");
        assert!(stages.written.lock().unwrap().iter().all(|(chunk, _)| chunk.0 < 3));
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

/// A section of the blocks with these numbers, all of one chunk.
fn section(mut numbers: std::ops::Range<u64>, chunk: u64) -> Unread {
    Box::new(move |_memory| {
        nap(50);
        Ok(numbers.next().map(|number| block(number, chunk)))
    })
}

/// Runs sections of so many blocks, each a chunk; behind each, and in the same chunk, comes one more block.
fn run_sections(stages: &Noted, threads: usize, bounds: Bounds, sections: u64, blocks: u64) -> Result<()> {
    Pipeline::new(stages, bounds).run(&pool(threads), |feed| {
        for chunk in 0..sections {
            let first = chunk * (blocks + 1);
            if feed.section(chunk, 0, section(first..first + blocks, chunk)).is_break()
                || feed.block(block(first + blocks, chunk), 0).is_break()
            {
                break;
            }
        }
        Ok(())
    })
}

#[test]
fn sections_are_read_in_order_and_cut_where_there_are_enough_records() {
    for threads in [1, 2, 5] {
        for (blocks, limit, parts) in
            [(0, MANY, 1), (1, MANY, 1), (20, MANY, 1), (20, 7, 3), (20, 21, 1), (6, 1, 7)]
        {
            let bounds = Bounds { chunk_records: limit, ..bounds(threads, 0) };
            let stages = Noted::default();
            run_sections(&stages, threads, bounds, 8, blocks).unwrap();
            let written = stages.written.lock().unwrap();
            let all: Vec<u64> = written.iter().flat_map(|(_, blocks)| blocks.clone()).collect();
            assert_eq!(all, (0..8 * (blocks + 1)).collect::<Vec<_>>());
            assert!(written.iter().all(|(_, blocks)| blocks.len() <= limit));
            assert_eq!(written.iter().filter(|(_, blocks)| !blocks.is_empty()).count(), 8 * parts);
            assert!(stages.begun.lock().unwrap().1 <= bounds.chunks);
        }
    }
}

#[test]
fn sections_of_nothing_are_written_once() {
    let stages = Noted::default();
    let run = Pipeline::new(&stages, bounds(2, 0)).run(&pool(2), |feed| {
        assert!((0..9).all(|chunk| feed.section(chunk, 0, section(0..chunk % 2, chunk)).is_continue()));
        Ok(())
    });
    run.unwrap();
    let written: Vec<_> = stages.written.lock().unwrap().iter().map(|(_, blocks)| blocks.len()).collect();
    assert_eq!(written, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
}

#[test]
fn a_block_of_a_section_is_cut_where_the_chunk_has_enough_records() {
    let stages = Noted::default();
    let run = Pipeline::new(&stages, Bounds { chunk_records: 4, ..bounds(2, 0) }).run(&pool(2), |feed| {
        let lines = Block { offset: 0, ..Block::new(b"1\n".repeat(10), Records::Lines) };
        let mut blocks = Some(lines).into_iter();
        assert!(feed.section(0, 0, Box::new(move |_| Ok(blocks.next()))).is_continue());
        Ok(())
    });
    run.unwrap();
    let offsets: Vec<_> = stages.written.lock().unwrap().iter().map(|(_, offsets)| offsets.clone()).collect();
    assert_eq!(offsets, [[0], [8], [16]]);
}

#[test]
fn workers_help_with_the_last_section() {
    let stages = Noted { wanted: 3, ..Noted::default() };
    let run = Pipeline::new(&stages, bounds(3, 0)).run(&pool(3), |feed| {
        assert!(feed.section(0, 0, section(0..60, 0)).is_continue());
        Ok(())
    });
    run.unwrap();
    assert_eq!(stages.workers_of(0), 3);
}

#[test]
fn no_more_sections_are_handed_on_than_workers_begin_with() {
    let stages = Noted { is_gated: true, ..Noted::default() };
    let bounds = bounds(2, 0);
    let run = Pipeline::new(&stages, bounds).run(&pool(2), |feed| {
        for chunk in 0..20 {
            assert!(feed.section(chunk, 0, section(chunk..chunk + 1, chunk)).is_continue());
            if chunk as usize + 1 == bounds.chunks {
                stages.is_open.store(true, Ordering::SeqCst);
            }
            let written = stages.written.lock().unwrap().len();
            assert!(chunk as usize - written <= 2 * bounds.chunks, "{chunk} handed on, {written} written");
        }
        Ok(())
    });
    run.unwrap();
}

#[test]
fn a_section_of_nothing_lets_the_next_one_come() {
    // Whether the reader comes to wait before the section is begun is a matter of luck.
    let pool = pool(1);
    for _ in 0..200 {
        let stages = Noted::default();
        let run = Pipeline::new(&stages, Bounds { chunks: 1, ..bounds(1, 0) }).run(&pool, |feed| {
            assert!((0..3).all(|number| feed.section(0, 0, section(0..number / 2, 0)).is_continue()));
            Ok(())
        });
        run.unwrap();
        assert_eq!(stages.written.lock().unwrap()[0].1, [0]);
    }
}

#[test]
fn no_more_sections_are_open_than_may_be() {
    for threads in [1, 2, 4] {
        let (stages, open) = (Noted::default(), AtomicUsize::new(0));
        let bounds = Bounds { sections: 5, ..bounds(threads, 0) };
        let run = Pipeline::new(&stages, bounds).run(&pool(threads), |feed| {
            for number in 0..60 {
                let held = Arc::new(());
                let weak = Arc::downgrade(&held);
                let mut blocks = section(number..number + 2, number / 20);
                let unread = Box::new(move |memory| (&held, blocks(memory)).1);
                assert!(feed.section(number / 20, 0, unread).is_continue());
                HELD.with_borrow_mut(|all| {
                    all.retain(|weak: &Weak<()>| weak.strong_count() > 0);
                    all.push(weak);
                    open.fetch_max(all.len(), Ordering::SeqCst);
                });
            }
            Ok(())
        });
        run.unwrap();
        // One that has ended may not have been let go of yet by each of the workers.
        assert!((5..=5 + threads).contains(&open.load(Ordering::SeqCst)), "{open:?}");
    }
}

#[test]
fn a_section_that_cannot_be_read_ends_the_run() {
    for threads in [1, 3] {
        let stages = Noted::default();
        let run = Pipeline::new(&stages, bounds(threads, 0)).run(&pool(threads), |feed| {
            for chunk in 0..50 {
                let unread: Unread = match chunk {
                    3 => Box::new(|_| Err(Error::Worker("the disk is gone".to_owned()))),
                    _ => section(chunk * 5..chunk * 5 + 5, chunk),
                };
                if feed.section(chunk, 0, unread).is_break() {
                    break;
                }
            }
            Ok(())
        });
        assert!(run.unwrap_err().to_string().contains("the disk is gone"));
        assert!(stages.written.lock().unwrap().iter().all(|(chunk, _)| chunk.0 < 3));
    }
}
