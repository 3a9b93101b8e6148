//! What is under way in a pipeline, and what is best done next.

use std::collections::{BTreeMap, VecDeque};
use std::ops::{AddAssign, SubAssign};

use sawlog_parser::Block;

use super::{Bounds, ChunkId, Stages, Unread};
use crate::error::Error;

/// What workers and the reader share.
pub(super) struct State<S: Stages> {
    /// How much may be under way.
    pub(super) bounds: Bounds,
    /// What waits to be parsed or is being parsed.
    pub(super) under_way: Load,
    /// Sections that have not been read to their end.
    pub(super) sections: usize,
    /// Whether there may be room now for which the reader waits.
    pub(super) makes_room: bool,
    /// Whether no more blocks will come.
    pub(super) has_ended: bool,
    /// Memory of blocks that were parsed.
    pub(super) spent: Vec<Vec<u8>>,
    /// Chunks that were opened and are not written.
    pub(super) chunks: BTreeMap<ChunkId, Chunk<S::Parsed>>,
    /// Which workers go from job to job, by their number. One that waits within a stage for others to help
    /// may be given a task meanwhile; it must not begin anything then.
    pub(super) at_work: Vec<bool>,
    /// Encoded chunks that wait for an earlier one.
    pub(super) ready: BTreeMap<ChunkId, S::Encoded>,
    /// The chunk that is written next.
    pub(super) next: ChunkId,
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

/// What a chunk consists of, in the order of the input.
pub(super) enum Piece {
    Block(Waiting),
    /// A section of a source that is read by those who parse it. Nothing that comes behind it is begun before
    /// it has ended.
    Section(u32, Unread),
}

/// A block that waits to be parsed.
pub(super) struct Waiting {
    pub(super) block: Block,
    pub(super) source: u32,
    /// What of it counts as being under way.
    pub(super) load: Load,
}

/// A chunk between its first piece and its row groups.
pub(super) struct Chunk<P> {
    pub(super) waiting: VecDeque<Piece>,
    /// Whether somebody reads the section that comes next.
    pub(super) is_read: bool,
    /// What came of each block that was begun, until that is taken to be encoded.
    pub(super) blocks: Vec<Option<P>>,
    pub(super) parsed: usize,
    /// Records, or lines, of these blocks.
    pub(super) records: usize,
    /// Why no more pieces will come, once none will.
    pub(super) end: Option<End>,
    pub(super) progress: Progress,
    /// Whether a worker goes from one of its blocks to the next.
    pub(super) is_owned: bool,
}

/// Why a chunk ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The next piece belongs to another chunk.
    Whole,
    /// It has enough records, and what waited became another part of it.
    Cut,
}

/// How far workers have come with a chunk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    Waits,
    /// A piece of it was taken.
    Begun,
    /// All that was parsed was taken to be encoded.
    Encoded,
}

/// Something for a worker to do.
pub(super) enum Job<P> {
    /// The section that comes next, of the source of this number; and memory to read into.
    Read(ChunkId, u32, Unread, Vec<u8>),
    /// A block, and its place among those of its chunk.
    Parse(ChunkId, usize, Waiting),
    Encode(ChunkId, Vec<P>),
}

impl<P> Chunk<P> {
    pub(super) fn open() -> Self {
        Self {
            waiting: VecDeque::new(),
            is_read: false,
            blocks: Vec::new(),
            parsed: 0,
            records: 0,
            end: None,
            progress: Progress::Waits,
            is_owned: false,
        }
    }

    /// Whether something of it can be begun.
    fn is_waiting(&self) -> bool {
        !self.waiting.is_empty() && !self.is_read
    }

    /// Whether all of it is parsed, no more comes, and nobody has taken it.
    fn is_parsed(&self) -> bool {
        let is_read = self.end.is_some() && self.waiting.is_empty() && !self.is_read;
        is_read && self.parsed == self.blocks.len() && self.progress != Progress::Encoded
    }

    fn is_begun(&self) -> bool {
        self.progress != Progress::Waits
    }

    /// The next piece, and of a block no more than makes up so many records.
    fn take(&mut self, limit: usize) -> Option<Piece> {
        let piece = self.waiting.pop_front()?;
        let Piece::Block(mut waiting) = piece else { return Some(piece) };
        let left = limit - self.records;
        if waiting.block.len() > left {
            let block = waiting.block.split_off(left);
            let load = std::mem::take(&mut waiting.load);
            self.waiting.push_front(Piece::Block(Waiting { block, source: waiting.source, load }));
        }
        self.records += waiting.block.len();
        self.blocks.push(None);
        Some(Piece::Block(waiting))
    }
}

impl<S: Stages> State<S> {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            under_way: Load::default(),
            sections: 0,
            makes_room: false,
            has_ended: false,
            spent: Vec::new(),
            chunks: BTreeMap::new(),
            at_work: Vec::new(),
            ready: BTreeMap::new(),
            next: (0, 0),
            is_writing: false,
            failure: None,
        }
    }

    /// Whether a block may join those that are under way.
    pub(super) fn has_room(&self, load: Load) -> bool {
        let Load { blocks, bytes, records } = self.under_way;
        let fits = bytes + load.bytes <= self.bounds.bytes && records + load.records <= self.bounds.records;
        blocks == 0 || (blocks < self.bounds.blocks && fits)
    }

    /// Whether another section may come. Those that wait are a head start only, and each holds a file open.
    pub(super) fn has_room_for_section(&self) -> bool {
        let unbegun = self.chunks.values().filter(|chunk| !chunk.is_begun()).count();
        unbegun < self.bounds.chunks && self.sections < self.bounds.sections
    }

    /// Keeps the memory of a block for another one, unless it is a giant's.
    pub(super) fn keep(&mut self, memory: Option<Vec<u8>>) {
        if self.spent.len() < self.bounds.blocks {
            self.spent.extend(memory.filter(|memory| memory.capacity() <= self.bounds.block_bytes));
        }
    }

    /// The chunk to be written next, if it is encoded and the run has not failed.
    pub(super) fn take_next(&mut self) -> Option<S::Encoded> {
        self.ready.remove(&self.next).filter(|_| self.failure.is_none())
    }

    /// That chunk was written.
    pub(super) fn pass_next(&mut self) {
        let goes_on = self.chunks.remove(&self.next).is_some_and(|chunk| chunk.end == Some(End::Cut));
        self.next = if goes_on { (self.next.0, self.next.1 + 1) } else { (self.next.0 + 1, 0) };
    }

    /// Adds a piece to a chunk that was opened.
    pub(super) fn add(&mut self, opened: u64, piece: Piece) {
        match &piece {
            Piece::Block(waiting) => self.under_way += waiting.load,
            Piece::Section(..) => self.sections += 1,
        }
        let id = self.last_part(opened);
        self.chunks.entry(id).or_insert_with(Chunk::open).waiting.push_back(piece);
        self.cut(id);
    }

    /// No more pieces come for a chunk that was opened.
    pub(super) fn close(&mut self, opened: u64) {
        let id = self.last_part(opened);
        self.chunks.get_mut(&id).into_iter().for_each(|chunk| chunk.end = Some(End::Whole));
    }

    /// The chunk that has this number in the order of opening, or what was cut off it last.
    fn last_part(&self, opened: u64) -> ChunkId {
        let last = self.chunks.range((opened, 0)..(opened + 1, 0)).next_back();
        last.map_or((opened, 0), |(&id, _)| id)
    }

    /// Makes another chunk of what waits in this one, if it has enough records.
    fn cut(&mut self, id: ChunkId) {
        let Some(chunk) = self.chunks.get_mut(&id) else { return };
        if chunk.records < self.bounds.chunk_records || !chunk.is_waiting() {
            return;
        }
        let waiting = std::mem::take(&mut chunk.waiting);
        let rest = Chunk { waiting, end: chunk.end.replace(End::Cut), ..Chunk::open() };
        self.chunks.insert((id.0, id.1 + 1), rest);
    }

    /// Puts back the section that somebody has read in, behind the block that came of it; both are missing
    /// where there is no more.
    pub(super) fn put_back(&mut self, id: ChunkId, source: u32, read: Option<(Block, Unread)>) {
        let Some(chunk) = self.chunks.get_mut(&id) else { return };
        chunk.is_read = false;
        if let Some((block, unread)) = read {
            chunk.waiting.push_front(Piece::Section(source, unread));
            chunk.waiting.push_front(Piece::Block(Waiting { block, source, load: Load::default() }));
        } else {
            self.sections -= 1;
            self.makes_room = true;
        }
        self.cut(id);
    }

    /// Whether workers take blocks of other workers' chunks: at the end of the input, and where blocks are so
    /// small, each from an input of its own, that the next chunk does not come in sight.
    fn helps(&self) -> bool {
        let Load { blocks, bytes, .. } = self.under_way;
        self.has_ended || 2 * blocks >= self.bounds.blocks && 4 * bytes < self.bounds.bytes
    }

    /// What a worker best does next, whose `own` chunk was this one. Equal values of a chunk meet at the
    /// least expense where one worker parses all of it. So workers keep to chunks of their own, and rather
    /// wait for the input to come to the next one than [help](Self::helps) others; unless so many chunks wait
    /// for earlier ones that no more may be begun.
    pub(super) fn take_job(&mut self, own: &mut Option<ChunkId>) -> Option<Job<S::Parsed>> {
        if let Some(chunk) = own.and_then(|id| self.chunks.get_mut(&id))
            && !chunk.is_waiting()
        {
            chunk.is_owned = false;
            *own = None;
        }
        let parsed = self.chunks.iter_mut().find(|(_, chunk)| chunk.is_parsed() && !chunk.is_owned);
        if let Some((&id, chunk)) = parsed {
            let blocks = std::mem::take(&mut chunk.blocks);
            chunk.progress = Progress::Encoded;
            return Some(Job::Encode(id, blocks.into_iter().flatten().collect()));
        }
        let may_begin = self.chunks.values().filter(|chunk| chunk.is_begun()).count() < self.bounds.chunks;
        let is_open = |chunk: &Chunk<S::Parsed>| chunk.is_waiting() && (chunk.is_begun() || may_begin);
        let mut open = self.chunks.iter().filter(|(_, chunk)| is_open(chunk));
        *own = own.or_else(|| open.clone().find(|(_, chunk)| !chunk.is_owned).map(|(&id, _)| id));
        let helps = self.helps() || !may_begin;
        let id = own.or_else(|| open.next().filter(|_| helps).map(|(&id, _)| id))?;
        let chunk = self.chunks.get_mut(&id)?;
        self.makes_room |= !chunk.is_begun();
        chunk.progress = Progress::Begun;
        chunk.is_owned = true;
        let job = match chunk.take(self.bounds.chunk_records)? {
            Piece::Block(waiting) => Job::Parse(id, chunk.blocks.len() - 1, waiting),
            Piece::Section(source, unread) => {
                chunk.is_read = true;
                Job::Read(id, source, unread, self.spent.pop().unwrap_or_default())
            }
        };
        self.cut(id);
        Some(job)
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
