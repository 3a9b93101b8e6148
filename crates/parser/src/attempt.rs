//! A JSON record, and the log types that try it.
//!
//! They try it in the order of their claims, and the first that accepts it has it. What each refuses it for
//! is put into words only where words were asked for.

use std::sync::Arc;

use sawlog_columns::Code;
use sawlog_schema::Plan;

use crate::batch::Batch;
use crate::classify::{Ranking, Refusals, Wording};
use crate::envelope::Envelope;
use crate::parser::Header;
use crate::place::Verdict;
use crate::shape::Shapes;
use crate::token::TokenKind;
use crate::walk::{Document, Fail, Mode, Walk, keys, may_be_page, overridden_keys};

/// One record and the log types that try it.
pub(crate) struct Attempt<'a> {
    pub(crate) plans: &'a [Arc<Plan>],
    /// What counts as a page, where the record may be one.
    pub(crate) pages: Option<&'a Envelope>,
    pub(crate) keep_missing: bool,
    pub(crate) walk: &'a mut Walk,
    pub(crate) ranking: &'a mut Ranking,
    /// Where given, shapes to learn.
    pub(crate) shapes: Option<&'a mut [Shapes]>,
    /// Source and byte offset of the record.
    pub(crate) origin: (u32, u64),
    pub(crate) header: Option<Header<'a>>,
    pub(crate) batch: &'a mut Batch,
    pub(crate) wording: Wording,
    /// The keys that a later one overrides, once some log type has refused the record.
    pub(crate) overridden: Option<Vec<bool>>,
}

impl Attempt<'_> {
    /// Lets the log types try a JSON document, the most promising one first.
    pub(crate) fn json(&mut self, doc: Document<'_>) -> Result<(), Failure> {
        match doc.tokens[0].kind {
            TokenKind::Object(_) => {}
            TokenKind::Array(_) if self.pages.is_some() => return Err(Failure::MaybePage),
            _ => {
                let verdict = Verdict::whole(Code::NotAnObject, NOT_AN_OBJECT);
                return Err(Failure::Rejected(Refusals::whole(verdict)));
            }
        }
        let mut refusals = Refusals::new(self.wording);
        if let [only] = *self.ranking.of_json {
            if self.walk(only, doc, &mut refusals)? {
                return Ok(());
            }
        } else {
            let mut order = std::mem::take(&mut self.ranking.order);
            self.ranking.rank(keys(doc.tokens, 0).map(|(_, name)| name), &mut order);
            // What lacks a required key is refused, unless the walk finds out before that it is a page.
            let must_have_required = !self.keep_missing && !self.may_be_page(doc);
            if must_have_required && self.wording == Wording::None {
                order.retain(|&plan| self.ranking.has_required(plan));
            }
            let tells_unmet = must_have_required && self.wording == Wording::Full;
            let accepted = order.iter().try_fold(false, |accepted, &plan| {
                if tells_unmet && let Some(words) = self.ranking.unmet(plan) {
                    refusals.add_unmet(plan, words);
                    return Ok(accepted);
                }
                Ok(accepted || self.walk(plan, doc, &mut refusals)?)
            });
            self.ranking.order = order;
            if accepted? {
                return Ok(());
            }
        }
        if self.may_be_page(doc) {
            return Err(Failure::MaybePage);
        }
        Err(Failure::Rejected(refusals))
    }

    fn may_be_page(&self, doc: Document<'_>) -> bool {
        self.pages.is_some_and(|pages| may_be_page(pages, doc.tokens))
    }

    /// Walks the document as an event of log type number `plan`: true where it became a row, false where the
    /// log type refuses it.
    fn walk(&mut self, plan: u32, doc: Document<'_>, refusals: &mut Refusals) -> Result<bool, Failure> {
        let definition = &*self.plans[plan as usize];
        let mut mode = Mode { keep_missing: self.keep_missing, pages: self.pages, overridden: None };
        let Batch { columns, unknown, .. } = &mut *self.batch;
        let columns = &mut columns[plan as usize];
        let mut walked = self.walk.record(definition, mode, doc, self.origin, columns, unknown);
        // A rule may have been broken by a value that a later key overrides.
        if matches!(walked, Err(Fail::RepeatedKey | Fail::Rejected(_))) {
            let overridden = self.overridden.get_or_insert_with(|| overridden_keys(doc.tokens));
            if walked == Err(Fail::RepeatedKey) || overridden.contains(&true) {
                mode.overridden = Some(overridden);
                walked = self.walk.record(definition, mode, doc, self.origin, columns, unknown);
            }
        }
        match walked {
            Ok(noted) => {
                if noted.is_plain() {
                    self.teach(plan, doc);
                }
                self.batch.add_row(plan as usize, noted, self.header);
                return Ok(true);
            }
            Err(Fail::MaybePage) => return Err(Failure::MaybePage),
            Err(Fail::Rejected(broken)) => {
                refusals.add(plan, *broken);
            }
            // The second walk knows every overridden key, so this does not happen; were it to, nothing is
            // lost.
            Err(Fail::RepeatedKey) => {
                refusals.add(plan, Verdict::whole(Code::InvalidJson, "a key stands twice in one object"));
            }
        }
        Ok(false)
    }

    /// Lets the shapes of a log type learn from a record that it has accepted.
    fn teach(&mut self, plan: u32, doc: Document<'_>) {
        if let Some(shapes) = &mut self.shapes {
            shapes[plan as usize].learn(&self.plans[plan as usize], doc.raw);
        }
    }
}

pub(crate) const NOT_AN_OBJECT: &str = "an event must be a JSON object";

/// Why a record became no row.
pub(crate) enum Failure {
    /// Its root looks like a page, or it is an array.
    MaybePage,
    /// It is no valid JSON; a page that is cut or damaged may still hold whole records.
    Unreadable(Refusals),
    /// It breaks a rule.
    Rejected(Refusals),
}

impl Failure {
    /// The same for a script, to which text and all of JSON are equally good.
    pub(crate) fn without_reason(self) -> Self {
        match self {
            Self::MaybePage => self,
            Self::Unreadable(_) => Self::Unreadable(Refusals::new(Wording::Full)),
            Self::Rejected(_) => Self::Rejected(Refusals::new(Wording::Full)),
        }
    }
}
