//! Blocks through workers, chunks into row groups, row groups in order.
//!
//! One thread (the caller's) goes through the inputs; it never waits for anything but permits. What has to be
//! decompressed, or framed from its beginning, it reads and hands on in blocks; of files of lines it hands on
//! sections, which workers read for themselves. Each worker takes a chunk, parses its blocks and turns it
//! into encoded row groups, so that equal values of a chunk meet in one dictionary; while some encode, others
//! parse, and blocks are read far enough ahead for that. At the end of the input, workers help each other.
//! Whoever has encoded the chunk that is next in line hands it, and those that waited for it, to the output.
//! Workers therefore never wait for each other, and what the output sees depends on the input alone.

mod state;

use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use sawlog_parser::Block;

use crate::error::{Error, Result};
use crate::read::Fed;

use state::{Job, Load, Piece, State, Waiting};

/// A chunk: its number in the order of opening, and its part. Another part begins where one has as many
/// records as it may have.
pub(crate) type ChunkId = (u64, u32);

/// The next block of a section, in memory that was used before; `None` at its end.
pub(crate) type Unread = Box<dyn FnMut(Vec<u8>) -> Result<Option<Block>> + Send>;

/// What a run does with blocks, chunks and results.
pub(crate) trait Stages: Sync {
    /// What parsing a block yields.
    type Parsed: Send;
    /// What encoding a chunk yields.
    type Encoded: Send;

    /// Parses one block of source number `source`, which belongs to that chunk.
    fn parse(&self, chunk: ChunkId, block: &Block, source: u32) -> Self::Parsed;
    /// Turns a chunk, of which these are the parsed blocks in their order, into what can be written.
    fn encode(&self, chunk: ChunkId, blocks: Vec<Self::Parsed>) -> Result<Self::Encoded>;
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
    /// Sections that were handed on and have not been read to their end.
    pub(crate) sections: usize,
    /// Bytes that the memory of a block has at most to be used again.
    pub(crate) block_bytes: usize,
}

/// The shared state of a pipeline.
pub(crate) struct Pipeline<'s, S: Stages> {
    stages: &'s S,
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
    /// Records of the open chunk so far; not known once a section belongs to it.
    records: Option<usize>,
    /// How many it may have.
    chunk_records: usize,
}

impl<'s, S: Stages> Pipeline<'s, S> {
    pub(crate) fn new(stages: &'s S, bounds: Bounds) -> Self {
        Self { stages, state: Mutex::new(State::new(bounds)), changed: Condvar::new() }
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
        let mut state = self.lock();
        state.at_work = vec![false; pool.current_num_threads()];
        let chunk_records = state.bounds.chunk_records;
        drop(state);
        pool.in_place_scope_fifo(|scope| {
            let mut input =
                Feed { pipeline: self, scope, open: None, opened: 0, records: Some(0), chunk_records };
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
        while let Some(job) = state.take_job(&mut own) {
            self.tell_of_room(&mut state);
            drop(state);
            // Others may find something to do in what was read, or begin another chunk behind one that is
            // encoded; tasks that came here meanwhile did nothing.
            let wakes = !matches!(job, Job::Parse(..));
            match job {
                Job::Read(chunk, source, unread, memory) => self.read(chunk, source, unread, memory),
                Job::Parse(chunk, index, block) => self.parse(chunk, index, block),
                Job::Encode(chunk, blocks) => self.encode(chunk, blocks),
            }
            state = self.lock();
            if wakes {
                let idle = state.at_work.iter().filter(|is_at_work| !**is_at_work).count();
                (0..idle).for_each(|_| scope.spawn_fifo(move |scope| self.work(scope)));
            }
        }
        self.tell_of_room(&mut state);
        state.at_work[worker] = false;
    }

    /// Wakes the reader if it may have waited for what became of sections.
    fn tell_of_room(&self, state: &mut State<S>) {
        if std::mem::take(&mut state.makes_room) {
            self.changed.notify_all();
        }
    }

    fn read(&self, chunk: ChunkId, source: u32, mut unread: Unread, memory: Vec<u8>) {
        if self.has_failed() {
            return;
        }
        if let Some(block) = self.guarded(|| unread(memory)) {
            self.lock().put_back(chunk, source, block.map(|block| (block, unread)));
        }
    }

    fn parse(&self, chunk: ChunkId, index: usize, Waiting { block, source, load }: Waiting) {
        // The block is moved, so that its memory goes on, or away, before a chunk is encoded.
        let parse = move || Ok((self.stages.parse(chunk, &block, source), block.data));
        let parsed = if self.has_failed() { None } else { self.guarded(parse) };
        let (parsed, memory) = parsed.unzip();
        let mut state = self.lock();
        state.under_way -= load;
        state.keep(memory);
        if let (Some(open), Some(parsed)) = (state.chunks.get_mut(&chunk), parsed) {
            open.blocks[index] = Some(parsed);
            open.parsed += 1;
        }
        drop(state);
        // Blocks of sections take no room from those that are fed.
        if load.blocks > 0 {
            self.changed.notify_all();
        }
    }

    fn encode(&self, chunk: ChunkId, blocks: Vec<S::Parsed>) {
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
        while let Some(encoded) = state.take_next() {
            drop(state);
            if self.guarded(|| self.stages.write(encoded)).is_none() {
                return;
            }
            state = self.lock();
            state.pass_next();
            self.changed.notify_all();
        }
        state.is_writing = false;
    }
}

impl<'p, S: Stages + Send> Feed<'_, 'p, '_, S> {
    /// Hands a block to the workers, piece by piece where a chunk ends within; waits while too much is under
    /// way. Breaks off once the run has failed.
    pub(crate) fn block(&mut self, mut block: Block, source: u32) -> Fed {
        let limit = self.chunk_records;
        loop {
            let opened = self.open(block.chunk);
            // Behind a section workers find out where a chunk ends.
            let Some(records) = &mut self.records else { return self.piece(opened, block, source) };
            let len = block.len();
            if *records + len <= limit {
                *records += len;
                return self.piece(opened, block, source);
            }
            let rest = block.split_off(limit - *records);
            *records = limit;
            self.piece(opened, block, source)?;
            block = rest;
        }
    }

    /// Hands on a section, of which all records belong to that chunk; waits while many others are not read.
    /// Breaks off once the run has failed.
    pub(crate) fn section(&mut self, chunk: u64, source: u32, unread: Unread) -> ControlFlow<()> {
        let opened = self.open(chunk);
        self.records = None;
        drop(self.add(opened, Piece::Section(source, unread), State::has_room_for_section)?);
        ControlFlow::Continue(())
    }

    /// Opens a chunk, if another is open or this one has enough records; yields its number in the order of
    /// opening.
    fn open(&mut self, number: u64) -> u64 {
        if let Some((opened, open)) = self.open
            && open == number
            && self.records.is_none_or(|records| records < self.chunk_records)
        {
            return opened;
        }
        self.close();
        let opened = self.opened;
        (self.open, self.records) = (Some((opened, number)), Some(0));
        self.opened += 1;
        opened
    }

    fn piece(&mut self, opened: u64, block: Block, source: u32) -> Fed {
        let load = Load { blocks: 1, bytes: block.data.len(), records: block.len() };
        let piece = Piece::Block(Waiting { block, source, load });
        let mut state = self.add(opened, piece, |state| state.has_room(load))?;
        Fed::Continue(state.spent.pop().unwrap_or_default())
    }

    /// Adds a piece as soon as there is room for it.
    fn add(
        &self,
        opened: u64,
        piece: Piece,
        has_room: impl Fn(&State<S>) -> bool,
    ) -> ControlFlow<(), MutexGuard<'p, State<S>>> {
        let pipeline = self.pipeline;
        let mut state = pipeline.lock();
        while state.failure.is_none() && !has_room(&state) {
            state = pipeline.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.failure.is_some() {
            return ControlFlow::Break(());
        }
        state.add(opened, piece);
        self.scope.spawn_fifo(move |scope| pipeline.work(scope));
        ControlFlow::Continue(state)
    }

    /// No more pieces come for the open chunk.
    fn close(&mut self) {
        let pipeline = self.pipeline;
        let Some((opened, _)) = self.open.take() else { return };
        pipeline.lock().close(opened);
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
