use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use rayon::prelude::*;
use sawlog_parser::Records;

use super::*;

/// Stages that note who does what.
#[derive(Default)]
struct Noted {
    /// Chunks that were begun and are not written, now and at most.
    begun: Mutex<(Vec<u64>, usize)>,
    /// Bytes that were taken in by the pipeline and are not parsed.
    waiting: AtomicUsize,
    most_waiting: AtomicUsize,
    /// The workers that parsed each chunk.
    workers: Mutex<BTreeMap<u64, Vec<usize>>>,
    written: Mutex<Vec<(u64, Vec<u64>)>>,
    /// The chunk whose encoding fails, and the block, by its offset, whose parsing panics.
    fails: Option<u64>,
    panics: Option<u64>,
    /// What the first block waits for.
    gate: Option<Arc<Barrier>>,
}

impl Stages for Noted {
    type Parsed = u64;
    type Encoded = (u64, Vec<u64>);

    fn parse(&self, chunk: u64, block: &Block, _source: u32) -> u64 {
        assert!(self.panics != Some(block.offset), "no luck");
        if let Some(gate) = self.gate.as_ref().filter(|_| block.offset == 0) {
            gate.wait();
        }
        let mut begun = self.begun.lock().unwrap();
        let (open, most) = &mut *begun;
        if !open.contains(&chunk) {
            open.push(chunk);
            *most = open.len().max(*most);
        }
        drop(begun);
        let worker = rayon::current_thread_index().unwrap();
        self.workers.lock().unwrap().entry(chunk).or_default().push(worker);
        std::thread::sleep(std::time::Duration::from_micros(block.offset * 7919 % 300));
        self.waiting.fetch_sub(block.data.len(), Ordering::SeqCst);
        block.offset
    }

    fn encode(&self, chunk: u64, blocks: Vec<u64>) -> Result<(u64, Vec<u64>)> {
        if self.fails == Some(chunk) {
            return Err(Error::Worker("as it was told to".to_owned()));
        }
        // While others help, or not, the worker may be given tasks of the pipeline.
        (0..8u64).into_par_iter().for_each(|part| {
            std::thread::sleep(std::time::Duration::from_micros((chunk + part) * 31 % 200));
        });
        Ok((chunk, blocks))
    }

    fn write(&self, encoded: (u64, Vec<u64>)) -> Result<()> {
        self.begun.lock().unwrap().0.retain(|chunk| *chunk != encoded.0);
        self.written.lock().unwrap().push(encoded);
        Ok(())
    }
}

fn bounds(threads: usize, ahead: usize) -> Bounds {
    Bounds {
        blocks: 3 * threads + ahead,
        bytes: 100 * (3 * threads + ahead),
        records: 1000,
        chunk_records: 1000,
        chunks: threads + 1,
        block_bytes: 1000,
    }
}

/// Block number `number`, of a hundred bytes and one record.
fn block(number: u64, chunk: u64) -> Block {
    let (data, records) = (vec![b'1'; 100], Records::Lines);
    Block { data, offset: number, line: 1, chunk, records, head: None }
}

/// Runs `blocks` blocks, so many a chunk.
fn run(stages: &Noted, threads: usize, bounds: Bounds, blocks: u64, of_chunk: u64) -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    Pipeline::new(stages, bounds).run(&pool, |feed| {
        for number in 0..blocks {
            let waiting = stages.waiting.fetch_add(100, Ordering::SeqCst) + 100;
            stages.most_waiting.fetch_max(waiting, Ordering::SeqCst);
            if feed.block(block(number, number / of_chunk), 0).is_break() {
                break;
            }
        }
        Ok(())
    })
}

#[test]
fn chunks_are_written_in_order_and_whole_within_the_bounds() {
    for threads in [1, 2, 3, 5] {
        for (blocks, of_chunk, ahead) in [(1, 9, 0), (40, 1, 0), (60, 7, 0), (60, 7, 20), (61, 60, 5)] {
            let (stages, bounds) = (Noted::default(), bounds(threads, ahead));
            run(&stages, threads, bounds, blocks, of_chunk).unwrap();
            let written = stages.written.lock().unwrap();
            let all: Vec<u64> = written.iter().flat_map(|(_, blocks)| blocks.clone()).collect();
            assert_eq!(all, (0..blocks).collect::<Vec<_>>());
            assert_eq!(written.len() as u64, blocks.div_ceil(of_chunk));
            assert!(stages.begun.lock().unwrap().1 <= bounds.chunks);
            // One that waits to come in is counted too.
            let most = stages.most_waiting.load(Ordering::SeqCst);
            assert!(most <= bounds.bytes + 100, "{most} of {} bytes", bounds.bytes);
        }
    }
}

#[test]
fn a_worker_keeps_to_its_chunk_until_the_input_ends() {
    let gate = Arc::new(Barrier::new(2));
    let stages = Noted { gate: Some(Arc::clone(&gate)), ..Noted::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let alone = Pipeline::new(&stages, bounds(3, 200)).run(&pool, |feed| {
        for number in 0..200 {
            assert!(feed.block(block(number, number / 10), 0).is_continue());
        }
        // All is there before the first block is parsed, and the end has not come when the last chunk begins.
        gate.wait();
        while stages.workers.lock().unwrap().len() < 20 {
            std::thread::yield_now();
        }
        let workers = stages.workers.lock().unwrap();
        let parsed = workers.values().filter(|workers| workers.len() == 10);
        assert!(parsed.clone().count() >= 17, "{workers:?}");
        assert!(parsed.clone().all(|workers| workers.iter().all(|w| *w == workers[0])), "{workers:?}");
        Ok(())
    });
    alone.unwrap();
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
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let small = Bounds { bytes: 50, ..bounds(2, 0) };
    let fed = Pipeline::new(&stages, small).run(&pool, |feed| {
        stages.waiting.fetch_add(900, Ordering::SeqCst);
        let fed = (0..9).all(|number| feed.block(block(number, number / 2), 0).is_continue());
        assert!(fed);
        Ok(())
    });
    fed.unwrap();
    assert_eq!(stages.written.lock().unwrap().len(), 5);
}
