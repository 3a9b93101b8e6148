//! Reading all records of some inputs for what they are, without a log type.

use std::sync::Arc;

use sawlog_parser::{Document, DocumentReader, Envelope, RecordsPath, Token, TokenKind};

use super::shape::Shapes;
use crate::error::Result;
use crate::left_out::{self, LeftOut};
use crate::read::{Fed, Progress, read_source};
use crate::spool::Spooled;

/// What a reading of all records gave.
pub(crate) struct Survey {
    pub(crate) shapes: Shapes,
    /// Records that are events.
    pub(crate) events: u64,
    /// Records that are none.
    pub(crate) left_out: Vec<LeftOut>,
}

impl Survey {
    /// Reads all records; `shapes` may know some fields already.
    pub(crate) fn new(inputs: &Spooled, envelope: &Arc<Envelope>, shapes: Shapes) -> Result<Self> {
        let mut survey = Self { shapes, events: 0, left_out: Vec::new() };
        let mut reader = DocumentReader::new(Arc::clone(envelope));
        for (name, source) in inputs.named_sources() {
            read_source(&mut source?, envelope, 0, &Progress::default(), &mut |block| {
                reader.read(&block, &mut |document| match document {
                    Document::Event { raw, tokens } => {
                        survey.events += 1;
                        survey.shapes.add_record(raw, tokens);
                    }
                    Document::Unreadable { code, message } => {
                        left_out::add(&mut survey.left_out, code, message, name);
                    }
                });
                Fed::Continue(block.data)
            })?;
        }
        Ok(survey)
    }
}

/// Keys that stand beside the records of a page.
const OF_PAGES: [&str; 41] = [
    "@odata.context",
    "@odata.count",
    "@odata.nextLink",
    "_links",
    "count",
    "cursor",
    "errors",
    "etag",
    "expand",
    "has_more",
    "hasMore",
    "href",
    "isLast",
    "isLastPage",
    "kind",
    "limit",
    "links",
    "maxResults",
    "message",
    "messages",
    "meta",
    "metadata",
    "next",
    "next_cursor",
    "next_page",
    "nextPageLink",
    "nextPageToken",
    "offset",
    "ok",
    "page",
    "page_size",
    "pages",
    "pagination",
    "paging",
    "response_metadata",
    "result_info",
    "self",
    "size",
    "start",
    "status",
    "total",
];

/// Blocks in which a page is looked for.
const SEARCHED_BLOCKS: usize = 16;

/// Where the records are: in pages, if the first document that looks like one has no keys but those of pages.
/// Otherwise each document is an event, and a key that is called like one of a page is a field.
pub(crate) fn records_path(inputs: &Spooled) -> Result<RecordsPath> {
    let detect = Envelope::new(&[], RecordsPath::Detect);
    let whole = Arc::new(Envelope::new(&[], RecordsPath::Off));
    let (mut is_page, mut is_damaged, mut blocks) = (None, false, 0);
    for source in inputs.sources() {
        let mut reader = DocumentReader::new(Arc::clone(&whole));
        read_source(&mut source?, &whole, 0, &Progress::default(), &mut |block| {
            blocks += 1;
            reader.read(&block, &mut |document| match document {
                Document::Event { tokens, .. } if is_page.is_none() => {
                    let is_candidate = |key: &str| detect.is_candidate(key.as_bytes());
                    if keys(tokens).any(is_candidate) {
                        is_page = Some(keys(tokens).all(|key| is_candidate(key) || OF_PAGES.contains(&key)));
                    }
                }
                Document::Event { .. } => {}
                Document::Unreadable { .. } => is_damaged = true,
            });
            let goes_on = is_page.is_none() && blocks < SEARCHED_BLOCKS;
            if goes_on { Fed::Continue(block.data) } else { Fed::Break(()) }
        })?;
        if is_page.is_some() || blocks >= SEARCHED_BLOCKS {
            break;
        }
    }
    // A page that is damaged, or longer than any record may be, is no readable document.
    Ok(if is_page.unwrap_or(is_damaged) { RecordsPath::Detect } else { RecordsPath::Off })
}

/// The keys of the object that the first token is.
fn keys<'t>(tokens: &'t [Token<'_>]) -> impl Iterator<Item = &'t str> {
    let mut at = 1;
    std::iter::from_fn(move || {
        let TokenKind::String(key) = tokens.get(at)?.kind else { return None };
        at = match tokens.get(at + 1)?.kind {
            TokenKind::Object(extent) | TokenKind::Array(extent) => extent.next as usize,
            _ => at + 2,
        };
        Some(key)
    })
}
