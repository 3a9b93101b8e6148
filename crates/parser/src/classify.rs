//! Which log type a record belongs to.
//!
//! Of the log types that accept a record, the one that declares most of its top-level keys wins, and the one
//! given first where several declare as many. Trying them in that very order means that the first to accept
//! is the winner, so that a record of a known kind is walked once, as if its log type had been given alone.
//!
//! Log types that read JSON come first: they try every record that is JSON, and their order follows from its
//! keys before any of them has walked it. Those that read text, or run a script, try what no log type of JSON
//! accepts; what they make of the record decides their order, by the same count over the names that come out.
//! A record that one of them would skip (a comment, a header) is skipped only if none makes it a row.
//!
//! Most records are accepted by one log type and refused by all others, whose reasons nobody reads. So each
//! is first offered without asking for reasons, and past those that cannot accept it: log types of JSON that
//! require a key it does not have, scripts that begin by decoding as JSON what is none. Only what no log
//! type accepts then is offered once more, to all of them, for the reasons.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memchr_iter;
use sawlog_columns::Code;
use sawlog_schema::{LogParser, Plan};

use crate::attempt::Failure;
use crate::batch::Batch;
use crate::parser::{Parser, Record};
use crate::place::{Place, Verdict};
use crate::walk::missing_first;

/// The top-level keys of several log types, and the order in which the log types are to be tried.
pub(crate) struct Ranking {
    /// Number of each key that some log type declares.
    keys: HashMap<Box<[u8]>, u32>,
    /// The log types that declare a key, by its number, and whether they require it.
    declared_by: Vec<Vec<(u32, bool)>>,
    /// By key number, the last record that had the key: a repeated one counts once.
    met: Vec<u64>,
    record: u64,
    /// By log type, how many of its keys the record has.
    counts: Vec<u32>,
    /// By log type, how many keys that it requires the record lacks.
    lacking: Vec<u32>,
    /// By log type, how many keys it requires.
    required: Vec<u32>,
    /// By log type, why it refuses a record that has none of its keys, where that is always the same.
    unmet: Vec<Option<Arc<str>>>,
    /// The log types that read JSON, in the order given.
    pub(crate) of_json: Box<[u32]>,
    /// Memory for the order.
    pub(crate) order: Vec<u32>,
}

impl Ranking {
    pub(crate) fn new(plans: &[Arc<Plan>]) -> Self {
        let mut keys = HashMap::new();
        let mut declared_by: Vec<Vec<(u32, bool)>> = Vec::new();
        let mut required = Vec::new();
        for (number, plan) in (0u32..).zip(plans) {
            required.push(plan.members(0).required_keys().count() as u32);
            for key in plan.members(0).keys() {
                let is_required = plan.members(0).required_keys().any(|needed| needed == key);
                let next = keys.len() as u32;
                let key = *keys.entry(Box::from(key)).or_insert(next);
                if key == next {
                    declared_by.push(Vec::new());
                }
                declared_by[key as usize].push((number, is_required));
            }
        }
        let met = vec![0; declared_by.len()];
        let counts = vec![0; plans.len()];
        let numbered = (0u32..).zip(plans);
        let of_json = numbered.filter(|(_, plan)| plan.log_type.parser == LogParser::Json);
        let of_json = of_json.map(|(number, _)| number).collect();
        let lacking = required.clone();
        let unmet = plans.iter().map(|plan| missing_first(plan).map(Arc::from)).collect();
        let order = Vec::new();
        Self { keys, declared_by, met, record: 0, counts, lacking, required, unmet, of_json, order }
    }

    /// Fills `order` with the log types of JSON as they are to try a record with these top-level keys.
    pub(crate) fn rank<'k>(&mut self, keys: impl Iterator<Item = &'k str>, order: &mut Vec<u32>) {
        self.record += 1;
        self.counts.fill(0);
        self.lacking.copy_from_slice(&self.required);
        for key in keys {
            let Some(&key) = self.keys.get(key.as_bytes()) else { continue };
            if std::mem::replace(&mut self.met[key as usize], self.record) == self.record {
                continue;
            }
            for &(number, is_required) in &self.declared_by[key as usize] {
                self.counts[number as usize] += 1;
                self.lacking[number as usize] -= u32::from(is_required);
            }
        }
        let counts = &self.counts;
        order.clear();
        order.extend_from_slice(&self.of_json);
        order.sort_by_key(|&number| std::cmp::Reverse(counts[number as usize]));
    }

    /// Why a log type refuses the record that was ranked last, where it has no key of it. Missing fields must
    /// be asked for, and the record must be no page.
    pub(crate) fn unmet(&self, plan: u32) -> Option<&Arc<str>> {
        self.unmet[plan as usize].as_ref().filter(|_| self.counts[plan as usize] == 0)
    }

    /// Whether the record that was ranked last has all top-level keys that a log type requires.
    pub(crate) fn has_required(&self, plan: u32) -> bool {
        self.lacking[plan as usize] == 0
    }
}

impl Parser {
    /// Whether some of several log types makes a row of the record at once. Where it is known that a log type
    /// would refuse the record, it does not try, and no refusal is put into words; so nothing that is no row
    /// in the end is settled here.
    pub(crate) fn is_accepted(
        &mut self,
        record: Record<'_>,
        place: &mut Place<'_>,
        batch: &mut Batch,
    ) -> bool {
        if self.plans.len() == 1 {
            return false;
        }
        if matches!(record.bytes, [b'{' | b'[', ..]) {
            match self.parse_record(record, place, batch, Wording::None) {
                Ok(()) => return true,
                Err(Failure::MaybePage) => return false,
                Err(Failure::Unreadable(_)) if self.is_damaged_page(record) => return false,
                Err(Failure::Unreadable(_) | Failure::Rejected(_)) => {}
            }
        }
        self.try_text(record, place, batch, Refusals::new(Wording::None)).is_ok()
    }
}

/// Whether refusals are put into words. Of many log types nearly all refuse a record that one accepts, and
/// nobody asks them why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    Full,
    None,
}

/// Why each log type refused a record.
pub(crate) struct Refusals {
    pub(crate) wording: Wording,
    /// Why no log type of JSON could even try it.
    whole: Option<Verdict>,
    by_plan: Vec<(u32, Reason)>,
}

enum Reason {
    Found(Verdict),
    /// A field is missing, as from all records that have none of the log type's fields.
    Unmet(Arc<str>),
}

impl Reason {
    fn words(&self) -> &str {
        match self {
            Self::Found(verdict) => &verdict.message,
            Self::Unmet(words) => words,
        }
    }
}

/// How much of one log type's reason is told, in characters.
const SHOWN_REASON: usize = 200;

impl Refusals {
    pub(crate) fn new(wording: Wording) -> Self {
        Self { wording, whole: None, by_plan: Vec::new() }
    }

    /// The record is no JSON document, or no event.
    pub(crate) fn whole(verdict: Verdict) -> Self {
        Self { whole: Some(verdict), ..Self::new(Wording::Full) }
    }

    pub(crate) fn add(&mut self, plan: u32, verdict: impl Into<Verdict>) {
        if self.wording == Wording::Full {
            self.by_plan.push((plan, Reason::Found(verdict.into())));
        }
    }

    /// For one of several log types, which has no field in the record.
    pub(crate) fn add_unmet(&mut self, plan: u32, words: &Arc<str>) {
        self.by_plan.push((plan, Reason::Unmet(Arc::clone(words))));
    }

    /// The one verdict that stands for all: the only one there is, or the reason of each log type.
    pub(crate) fn verdict(mut self, plans: &[Arc<Plan>]) -> Verdict {
        if self.by_plan.is_empty()
            && let Some(whole) = self.whole
        {
            return whole;
        }
        if plans.len() == 1
            && self.whole.is_none()
            && let Some((_, Reason::Found(only))) = self.by_plan.pop()
        {
            return only;
        }
        self.by_plan.sort_unstable_by_key(|(plan, _)| *plan);
        let by_plan =
            self.by_plan.iter().map(|(plan, reason)| (&*plans[*plan as usize].log_type.name, reason.words()));
        let reasons = self.whole.iter().map(|verdict| ("JSON", &*verdict.message)).chain(by_plan);
        let mut message = String::with_capacity(USUAL_MESSAGE);
        message.push_str("no log type accepts the record");
        for (number, (name, words)) in reasons.enumerate() {
            message.push_str(if number == 0 { ": " } else { "; " });
            message.push_str(name);
            message.push_str(": ");
            // What to do about a reason is advice for those who named the log type.
            let mut semicolons = memchr_iter(b';', words.as_bytes());
            let end = semicolons.find(|&at| words.as_bytes().get(at + 1) == Some(&b' '));
            let reason = &words[..end.unwrap_or(words.len())];
            let end = reason.char_indices().nth(SHOWN_REASON).map_or(reason.len(), |(end, _)| end);
            message.push_str(&reason[..end]);
        }
        Verdict::whole(Code::Unclassified, message)
    }
}

/// Bytes of a message of many log types.
const USUAL_MESSAGE: usize = 2 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str, fields: &[&str]) -> Arc<Plan> {
        let fields: Vec<String> = fields.iter().map(|f| format!("{{name: {f}, type: string}}")).collect();
        let yaml = format!("{{schema: Custom.{name}, fields: [{}]}}", fields.join(", "));
        Arc::new(Plan::new(sawlog_schema::load(&yaml, "test.yml").log_type.unwrap()))
    }

    #[test]
    fn most_declared_keys_come_first_and_ties_keep_the_order_given() {
        let plans = [plan("Aa", &["a"]), plan("Bb", &["b", "c"]), plan("Cc", &["c", "a"])];
        let mut ranking = Ranking::new(&plans);
        let mut order_of = |keys: &[&str]| {
            let mut order = Vec::new();
            ranking.rank(keys.iter().copied(), &mut order);
            order
        };
        assert_eq!(order_of(&["a", "x"]), [0, 2, 1]);
        assert_eq!(order_of(&["a", "c"]), [2, 0, 1]);
        assert_eq!(order_of(&["b", "c"]), [1, 2, 0]);
        assert_eq!(order_of(&["x"]), [0, 1, 2]);
        // A key that stands twice counts once.
        assert_eq!(order_of(&["b", "b", "b", "a", "c"]), [1, 2, 0]);
    }
}
