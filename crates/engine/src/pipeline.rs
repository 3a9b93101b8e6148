//! Blocks through workers, chunks into row groups, row groups in order.
//!
//! One thread (the caller's) reads, decompresses and frames; it never waits for anything but permits. Each
//! worker takes a chunk, parses its blocks and turns it into encoded row groups, so that equal values of a
//! chunk meet in one dictionary; while some encode, others parse, and the input is read far enough ahead for
//! that. At its end, workers help each other. Whoever has encoded the chunk that is next in line hands it,
//! and those that waited for it, to the output. Workers therefore never wait for each other, and what the
//! output sees depends on the input alone.

mod state;

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use sawlog_parser::Block;

use crate::error::{Error, Result};
use crate::read::Fed;

use state::{Chunk, Job, Load, State, Waiting};

/// What a run does with blocks, chunks and results.
pub(crate) trait Stages: Sync {
    /// What parsing a block yields.
    type Parsed: Send;
    /// What encoding a chunk yields.
    type Encoded: Send;

    /// Parses one block of source number `source`, which belongs to a chunk of that number.
    fn parse(&self, chunk: u64, block: &Block, source: u32) -> Self::Parsed;
    /// Turns a chunk, of which these are the parsed blocks in their order, into what can be written.
    fn encode(&self, chunk: u64, blocks: Vec<Self::Parsed>) -> Result<Self::Encoded>;
    /// Takes the chunks in order, one at a time.
    fn write(&self, encoded: Self::Encoded) -> Result<()>;
}

/// How much may be under way at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Blocks that wait to be parsed or are being parsed.
    pub(crate) blocks: usize,
    /// Their bytes, unless a single block has more.
    pub(crate) bytes: usize,
    /// Their records, or lines. A tiny record takes far more memory than it has bytes.
    pub(crate) records: usize,
    /// Records, or lines, of a chunk.
    pub(crate) chunk_records: usize,
    /// Chunks that workers have begun with and that are not written yet.
    pub(crate) chunks: usize,
    /// Bytes that the memory of a block has at most to be used again.
    pub(crate) block_bytes: usize,
}

/// The shared state of a pipeline.
pub(crate) struct Pipeline<'s, S: Stages> {
    stages: &'s S,
    bounds: Bounds,
    state: Mutex<State<S>>,
    changed: Condvar,
}

/// The reader's side: feeds blocks in the order of the input.
pub(crate) struct Feed<'a, 'p, 's, S: Stages> {
    pipeline: &'p Pipeline<'s, S>,
    scope: &'a rayon::ScopeFifo<'p>,
    /// Number of the open chunk in the order of opening, and its number as framing counts.
    open: Option<(u64, u64)>,
    opened: u64,
    /// Records of the open chunk so far.
    records: usize,
}

impl<'s, S: Stages> Pipeline<'s, S> {
    pub(crate) fn new(stages: &'s S, bounds: Bounds) -> Self {
        Self { stages, bounds, state: Mutex::new(State::new()), changed: Condvar::new() }
    }

    /// Runs `feed` on the calling thread, and the stages on the pool, until all is written.
    pub(crate) fn run(
        &self,
        pool: &rayon::ThreadPool,
        feed: impl FnOnce(&mut Feed<'_, '_, 's, S>) -> Result<()>,
    ) -> Result<()>
    where
        S: Send,
    {
        self.lock().at_work = vec![false; pool.current_num_threads()];
        pool.in_place_scope_fifo(|scope| {
            let mut input = Feed { pipeline: self, scope, open: None, opened: 0, records: 0 };
            let read = feed(&mut input);
            input.end();
            if let Err(error) = read {
                self.fail(error);
            }
        });
        match self.lock().failure.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// A worker that panicked leaves its message in the scope; the state itself stays sound.
    fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, error: Error) {
        self.lock().failure.get_or_insert(error);
        self.changed.notify_all();
    }

    fn has_failed(&self) -> bool {
        self.lock().failure.is_some()
    }

    /// Goes from job to job until none is left. There is a task for each block that comes in, and a worker
    /// may well do the jobs of several.
    fn work<'p>(&'p self, scope: &rayon::ScopeFifo<'p>)
    where
        S: Send,
    {
        let Some(worker) = rayon::current_thread_index() else { return };
        let mut state = self.lock();
        if std::mem::replace(&mut state.at_work[worker], true) {
            return;
        }
        let mut own = None;
        while let Some(job) = state.take_job(&mut own, self.bounds) {
            drop(state);
            match job {
                Job::Parse(chunk, block) => {
                    self.parse(chunk, block);
                    state = self.lock();
                }
                Job::Encode(chunk, blocks) => {
                    self.encode(chunk, blocks);
                    state = self.lock();
                    // Another chunk may be begun now, and tasks that came here meanwhile did nothing.
                    let idle = state.at_work.iter().filter(|is_at_work| !**is_at_work).count();
                    (0..idle).for_each(|_| scope.spawn_fifo(move |scope| self.work(scope)));
                }
            }
        }
        state.at_work[worker] = false;
    }

    fn parse(&self, chunk: u64, Waiting { index, block, source, load }: Waiting) {
        // The block is moved, so that its memory goes on, or away, before a chunk is encoded.
        let parse = move || Ok((self.stages.parse(chunk, &block, source), block.data));
        let parsed = if self.has_failed() { None } else { self.guarded(parse) };
        let (parsed, memory) = parsed.unzip();
        let mut state = self.lock();
        state.under_way -= load;
        state.keep(memory, self.bounds);
        if let (Some(open), Some(parsed)) = (state.chunks.get_mut(&chunk), parsed) {
            open.blocks[index] = Some(parsed);
            open.parsed += 1;
        }
        drop(state);
        self.changed.notify_all();
    }

    fn encode(&self, chunk: u64, blocks: Vec<S::Parsed>) {
        if self.has_failed() {
            return;
        }
        if let Some(encoded) = self.guarded(|| self.stages.encode(chunk, blocks)) {
            self.lock().ready.insert(chunk, encoded);
            self.write();
        }
    }

    /// Runs a stage. A panic in it is a defect, but it must end the run like any failure, not leave the
    /// reader waiting for a worker that is gone.
    fn guarded<T>(&self, stage: impl FnOnce() -> Result<T>) -> Option<T> {
        let ended = panic::catch_unwind(AssertUnwindSafe(stage)).unwrap_or_else(|cause| {
            let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
            Err(Error::Worker(text.unwrap_or_else(|| "without a message".to_owned())))
        });
        ended.map_err(|error| self.fail(error)).ok()
    }

    /// Writes the chunks whose turn has come, unless another worker is at it, who then goes on with them.
    /// After a failure nothing more is written.
    fn write(&self) {
        let mut state = self.lock();
        if state.is_writing {
            return;
        }
        state.is_writing = true;
        while let Some((next, encoded)) = state.take_next() {
            drop(state);
            if self.guarded(|| self.stages.write(encoded)).is_none() {
                return;
            }
            state = self.lock();
            state.chunks.remove(&next);
            state.written += 1;
            self.changed.notify_all();
        }
        state.is_writing = false;
    }
}

impl<S: Stages + Send> Feed<'_, '_, '_, S> {
    /// Hands a block to the workers, piece by piece where a chunk ends within; waits while too much is under
    /// way. Breaks off once the run has failed.
    pub(crate) fn block(&mut self, mut block: Block, source: u32) -> Fed {
        let limit = self.pipeline.bounds.chunk_records;
        loop {
            if self.open.is_none_or(|(_, number)| number != block.chunk) || self.records >= limit {
                self.close();
                self.open = Some((self.opened, block.chunk));
                self.opened += 1;
                self.records = 0;
            }
            let len = block.len();
            if self.records + len <= limit {
                self.records += len;
                return self.piece(block, source, len);
            }
            let first = limit - self.records;
            let rest = block.split_off(first);
            self.records = limit;
            self.piece(block, source, first)?;
            block = rest;
        }
    }

    fn piece(&mut self, block: Block, source: u32, records: usize) -> Fed {
        let pipeline = self.pipeline;
        let Some((chunk, _)) = self.open else { return Fed::Break(()) };
        let load = Load { blocks: 1, bytes: block.data.len(), records };
        let mut state = pipeline.lock();
        while state.failure.is_none() && !state.has_room(pipeline.bounds, load) {
            state = pipeline.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.failure.is_some() {
            return Fed::Break(());
        }
        let spent = state.spent.pop().unwrap_or_default();
        state.under_way += load;
        let open = state.chunks.entry(chunk).or_insert_with(Chunk::open);
        let index = open.blocks.len();
        open.blocks.push(None);
        open.waiting.push_back(Waiting { index, block, source, load });
        drop(state);
        self.scope.spawn_fifo(move |scope| pipeline.work(scope));
        Fed::Continue(spent)
    }

    /// No more blocks come for the open chunk.
    fn close(&mut self) {
        let pipeline = self.pipeline;
        let Some((chunk, _)) = self.open.take() else { return };
        if let Some(open) = pipeline.lock().chunks.get_mut(&chunk) {
            open.is_whole = true;
        }
        self.scope.spawn_fifo(move |scope| pipeline.work(scope));
    }

    /// No more blocks come: workers without a chunk of their own may help others.
    fn end(&mut self) {
        self.close();
        let pipeline = self.pipeline;
        let mut state = pipeline.lock();
        state.has_ended = true;
        let workers = state.at_work.len();
        drop(state);
        (0..workers).for_each(|_| self.scope.spawn_fifo(move |scope| pipeline.work(scope)));
    }
}

#[cfg(test)]
mod tests;
