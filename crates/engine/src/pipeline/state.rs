//! What is under way in a pipeline, and what is best done next.

use std::collections::{BTreeMap, VecDeque};
use std::ops::{AddAssign, SubAssign};

use sawlog_parser::Block;

use super::{Bounds, Stages};
use crate::error::Error;

/// What workers and the reader share.
pub(super) struct State<S: Stages> {
    /// What waits to be parsed or is being parsed.
    pub(super) under_way: Load,
    /// Whether no more blocks will come.
    pub(super) has_ended: bool,
    /// Memory of blocks that were parsed.
    pub(super) spent: Vec<Vec<u8>>,
    /// Chunks by their number in the order of opening.
    pub(super) chunks: BTreeMap<u64, Chunk<S::Parsed>>,
    /// Which workers go from job to job, by their number. One that waits within a stage for others to help
    /// may be given a task meanwhile; it must not begin anything then.
    pub(super) at_work: Vec<bool>,
    /// Encoded chunks that wait for an earlier one.
    pub(super) ready: BTreeMap<u64, S::Encoded>,
    /// Chunks that were written.
    pub(super) written: u64,
    /// Whether a worker is writing. No lock: others have better things to do than to wait for it.
    pub(super) is_writing: bool,
    pub(super) failure: Option<Error>,
}

/// What some blocks amount to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    pub(super) blocks: usize,
    pub(super) bytes: usize,
    pub(super) records: usize,
}

/// A block that waits to be parsed.
pub(super) struct Waiting {
    /// Its place among the blocks of its chunk.
    pub(super) index: usize,
    pub(super) block: Block,
    pub(super) source: u32,
    pub(super) load: Load,
}

/// A chunk between its first block and its row groups.
pub(super) struct Chunk<P> {
    pub(super) waiting: VecDeque<Waiting>,
    /// What came of each block that was parsed, until that is taken to be encoded.
    pub(super) blocks: Vec<Option<P>>,
    pub(super) parsed: usize,
    /// No more blocks will come.
    pub(super) is_whole: bool,
    /// Whether a worker has taken a block of it.
    pub(super) is_begun: bool,
    /// Whether a worker goes from one of its blocks to the next.
    pub(super) is_owned: bool,
}

/// Something for a worker to do.
pub(super) enum Job<P> {
    Parse(u64, Waiting),
    Encode(u64, Vec<P>),
}

impl<P> Chunk<P> {
    pub(super) fn open() -> Self {
        Self {
            waiting: VecDeque::new(),
            blocks: Vec::new(),
            parsed: 0,
            is_whole: false,
            is_begun: false,
            is_owned: false,
        }
    }

    /// Whether all of its blocks are parsed, no more come, and nobody has taken them. There is one at least.
    fn is_parsed(&self) -> bool {
        self.is_whole && self.parsed == self.blocks.len()
    }
}

impl<S: Stages> State<S> {
    pub(super) fn new() -> Self {
        Self {
            under_way: Load::default(),
            has_ended: false,
            spent: Vec::new(),
            chunks: BTreeMap::new(),
            at_work: Vec::new(),
            ready: BTreeMap::new(),
            written: 0,
            is_writing: false,
            failure: None,
        }
    }

    /// Whether a block may join those that are under way.
    pub(super) fn has_room(&self, bounds: Bounds, load: Load) -> bool {
        let Load { blocks, bytes, records } = self.under_way;
        let fits = bytes + load.bytes <= bounds.bytes && records + load.records <= bounds.records;
        blocks == 0 || (blocks < bounds.blocks && fits)
    }

    /// Keeps the memory of a block for another one, unless it is a giant's.
    pub(super) fn keep(&mut self, memory: Option<Vec<u8>>, bounds: Bounds) {
        if self.spent.len() < bounds.blocks {
            self.spent.extend(memory.filter(|memory| memory.capacity() <= bounds.block_bytes));
        }
    }

    /// The chunk to be written next, if it is encoded and the run has not failed.
    pub(super) fn take_next(&mut self) -> Option<(u64, S::Encoded)> {
        self.ready.remove_entry(&self.written).filter(|_| self.failure.is_none())
    }

    /// Whether workers take blocks of other workers' chunks: at the end of the input, and where blocks are so
    /// small, each from an input of its own, that the next chunk does not come in sight.
    fn helps(&self, bounds: Bounds) -> bool {
        let Load { blocks, bytes, .. } = self.under_way;
        self.has_ended || 2 * blocks >= bounds.blocks && 4 * bytes < bounds.bytes
    }

    /// What a worker best does next, whose `own` chunk was this one. Equal values of a chunk meet at the
    /// least expense where one worker parses all of it. So workers keep to chunks of their own, and rather
    /// wait for the input to come to the next one than [help](Self::helps) others.
    pub(super) fn take_job(&mut self, own: &mut Option<u64>, bounds: Bounds) -> Option<Job<S::Parsed>> {
        let is_waiting = |chunk: &Chunk<S::Parsed>| !chunk.waiting.is_empty();
        if let Some(number) = own.filter(|number| !self.chunks.get(number).is_some_and(is_waiting)) {
            self.chunks.get_mut(&number).into_iter().for_each(|chunk| chunk.is_owned = false);
            *own = None;
        }
        let parsed = self.chunks.iter_mut().find(|(_, chunk)| chunk.is_parsed() && !chunk.is_owned);
        if let Some((&number, chunk)) = parsed {
            let blocks = std::mem::take(&mut chunk.blocks);
            return Some(Job::Encode(number, blocks.into_iter().flatten().collect()));
        }
        let begun = self.chunks.values().filter(|chunk| chunk.is_begun).count();
        let may_begin = |chunk: &Chunk<S::Parsed>| chunk.is_begun || begun < bounds.chunks;
        let mut open = self.chunks.iter().filter(|(_, chunk)| is_waiting(chunk) && may_begin(chunk));
        *own = own.or_else(|| open.clone().find(|(_, chunk)| !chunk.is_owned).map(|(&number, _)| number));
        let number = own.or_else(|| open.next().filter(|_| self.helps(bounds)).map(|(&number, _)| number))?;
        let chunk = self.chunks.get_mut(&number)?;
        chunk.is_begun = true;
        chunk.is_owned = true;
        chunk.waiting.pop_front().map(|block| Job::Parse(number, block))
    }
}

impl AddAssign for Load {
    fn add_assign(&mut self, other: Self) {
        self.blocks += other.blocks;
        self.bytes += other.bytes;
        self.records += other.records;
    }
}

impl SubAssign for Load {
    fn sub_assign(&mut self, other: Self) {
        self.blocks -= other.blocks;
        self.bytes -= other.bytes;
        self.records -= other.records;
    }
}
