//! Blocks through workers, chunks into row groups, row groups in order.
//!
//! One thread (the caller's) reads, decompresses and frames; it never waits for anything but permits. Workers
//! parse blocks. Whoever parses the last block of a chunk turns the chunk into encoded row
//! groups, and whoever has encoded the chunk that is next in line hands it, and those that waited for it, to
//! the output. Workers therefore never wait for each other, and what the output sees depends on the input
//! alone.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use sawlog_parser::Block;

use crate::error::{Error, Result};
use crate::read::Fed;

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
    /// Chunks that are open or being encoded.
    pub(crate) chunks: usize,
    /// Records, or lines, of a chunk. A tiny record takes far more memory than it has bytes.
    pub(crate) chunk_records: usize,
    /// Chunks that are encoded at the same time. One encoding already keeps several workers busy, and each
    /// holds pages, dictionaries and filters for all columns.
    pub(crate) encodings: usize,
}

/// The shared state of a pipeline.
pub(crate) struct Pipeline<'s, S: Stages> {
    stages: &'s S,
    bounds: Bounds,
    state: Mutex<State<S>>,
    changed: Condvar,
}

struct State<S: Stages> {
    blocks: usize,
    bytes: usize,
    /// Memory of blocks that were parsed.
    spent: Vec<Vec<u8>>,
    /// Chunks by their number in the order of opening.
    chunks: BTreeMap<u64, Chunk<S::Parsed>>,
    encodings: usize,
    /// Parsed chunks that wait for an encoding to end.
    parsed: VecDeque<(u64, Vec<S::Parsed>)>,
    /// Encoded chunks that wait for an earlier one.
    ready: BTreeMap<u64, S::Encoded>,
    /// Chunks that were written.
    written: u64,
    /// Whether a worker is writing. No lock, because a worker that waits for others within a stage may be
    /// given another chunk's work to do meanwhile, and would then wait for itself.
    is_writing: bool,
    failure: Option<Error>,
}

/// A chunk between its first block and its row groups.
struct Chunk<P> {
    blocks: Vec<Option<P>>,
    parsed: usize,
    /// No more blocks will come.
    is_whole: bool,
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
        let state = State {
            blocks: 0,
            bytes: 0,
            spent: Vec::new(),
            chunks: BTreeMap::new(),
            encodings: 0,
            parsed: VecDeque::new(),
            ready: BTreeMap::new(),
            written: 0,
            is_writing: false,
            failure: None,
        };
        Self { stages, bounds, state: Mutex::new(state), changed: Condvar::new() }
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
        pool.in_place_scope_fifo(|scope| {
            let mut input = Feed { pipeline: self, scope, open: None, opened: 0, records: 0 };
            let read = feed(&mut input);
            input.close();
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

    fn parse(&self, chunk: u64, index: usize, block: Block, source: u32) {
        let len = block.data.len();
        // The block is moved, so that its memory goes on, or away, before a chunk is encoded.
        let parse = move || Ok((self.stages.parse(chunk, &block, source), block.data));
        let parsed = if self.has_failed() { None } else { self.guarded(parse) };
        let (parsed, memory) = parsed.unzip();
        let mut state = self.lock();
        state.blocks -= 1;
        state.bytes -= len;
        state.keep(memory, self.bounds);
        let whole = match (state.chunks.get_mut(&chunk), parsed) {
            (Some(open), Some(parsed)) => {
                open.blocks[index] = Some(parsed);
                open.parsed += 1;
                state.take_whole(chunk)
            }
            _ => None,
        };
        drop(state);
        self.changed.notify_all();
        if let Some(blocks) = whole {
            self.encode(chunk, blocks);
        }
    }

    /// Encodes a chunk, and those that became ready meanwhile, unless enough chunks are being encoded.
    fn encode(&self, chunk: u64, blocks: Vec<S::Parsed>) {
        let mut state = self.lock();
        state.parsed.push_back((chunk, blocks));
        if state.encodings >= self.bounds.encodings {
            return;
        }
        state.encodings += 1;
        while let Some((chunk, blocks)) = state.parsed.pop_front() {
            drop(state);
            if let Some(encoded) = self.guarded(|| self.stages.encode(chunk, blocks)) {
                self.lock().ready.insert(chunk, encoded);
                self.write();
            }
            state = self.lock();
        }
        state.encodings -= 1;
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

impl<P> Chunk<P> {
    fn open() -> Self {
        Self { blocks: Vec::new(), parsed: 0, is_whole: false }
    }
}

impl<S: Stages> State<S> {
    /// Whether a block of so many bytes may join those that are under way.
    fn has_room(&self, bounds: Bounds, chunk: u64, bytes: usize) -> bool {
        let fits = self.blocks == 0 || (self.blocks < bounds.blocks && self.bytes + bytes <= bounds.bytes);
        fits && (self.chunks.len() < bounds.chunks || self.chunks.contains_key(&chunk))
    }

    /// Keeps the memory of a block for another one, unless it is a giant's.
    fn keep(&mut self, memory: Option<Vec<u8>>, bounds: Bounds) {
        let is_usual = |memory: &Vec<u8>| memory.capacity() <= bounds.bytes / bounds.blocks;
        if self.spent.len() < bounds.blocks {
            self.spent.extend(memory.filter(is_usual));
        }
    }

    /// The chunk to be written next, if it is encoded.
    fn take_next(&mut self) -> Option<(u64, S::Encoded)> {
        self.ready.remove_entry(&self.written)
    }

    /// The blocks of a chunk, where all are parsed and no more come.
    fn take_whole(&mut self, chunk: u64) -> Option<Vec<S::Parsed>> {
        let open = self.chunks.get_mut(&chunk)?;
        let is_done = open.is_whole && open.parsed == open.blocks.len();
        is_done.then(|| std::mem::take(&mut open.blocks).into_iter().flatten().collect())
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
                return self.piece(block, source);
            }
            let rest = block.split_off(limit - self.records);
            self.records = limit;
            self.piece(block, source)?;
            block = rest;
        }
    }

    fn piece(&mut self, block: Block, source: u32) -> Fed {
        let pipeline = self.pipeline;
        let Some((chunk, _)) = self.open else { return Fed::Break(()) };
        let len = block.data.len();
        let mut state = pipeline.lock();
        while state.failure.is_none() && !state.has_room(pipeline.bounds, chunk, len) {
            state = pipeline.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.failure.is_some() {
            return Fed::Break(());
        }
        let spent = state.spent.pop().unwrap_or_default();
        state.blocks += 1;
        state.bytes += len;
        let open = state.chunks.entry(chunk).or_insert_with(Chunk::open);
        let index = open.blocks.len();
        open.blocks.push(None);
        drop(state);
        self.scope.spawn_fifo(move |_| pipeline.parse(chunk, index, block, source));
        Fed::Continue(spent)
    }

    /// No more blocks come for the open chunk.
    fn close(&mut self) {
        let pipeline = self.pipeline;
        let Some((chunk, _)) = self.open.take() else { return };
        let mut state = pipeline.lock();
        if let Some(open) = state.chunks.get_mut(&chunk) {
            open.is_whole = true;
        }
        if let Some(blocks) = state.take_whole(chunk) {
            drop(state);
            self.scope.spawn_fifo(move |_| pipeline.encode(chunk, blocks));
        }
    }
}
