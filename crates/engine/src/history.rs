//! What the lake already holds of the inputs, and what follows from it.
//!
//! An input is known by the digest of its bytes. Reading it a second time for the digest is avoided: a file
//! of unchanged path, size and time of change has the digest that the ledger says, and inputs whose size,
//! first and last bytes differ have different digests. Only an input that could be a known one is read ahead.
//! Whether it could be one is a look into a map: lakes and runs hold inputs by the ten thousand.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sawlog_writer::{Entry, Input, SchemaId, State, table_folder};

use crate::error::{Error, Result};
use crate::refusal::{refusal, would_lose};
use crate::source::Source;

/// What decides whether two runs over the same bytes give the same output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    /// The log types, in the order given: ties between them go to the first.
    pub(crate) schemas: Vec<SchemaId>,
    pub(crate) options: BTreeMap<String, String>,
}

/// What to do with the inputs of a run.
#[derive(Default)]
pub(crate) struct Decision {
    /// Inputs to convert.
    pub(crate) convert: Vec<Source>,
    /// Inputs that need not be converted again.
    pub(crate) skipped: u64,
    /// Names of the ledger entries that this run replaces.
    pub(crate) replaces: Vec<String>,
}

/// An input with the digest found so far.
struct Known {
    source: Source,
    digest: Option<String>,
}

/// Decides for each input whether it is converted, skipped or refused.
///
/// # Errors
/// Fails with a usage error where the lake holds the input in another form and `force` is not given, or where
/// replacing it would take along inputs that are not given now.
pub(crate) fn decide(
    sources: Vec<Source>,
    entries: &[Entry],
    recipe: &Recipe,
    force: bool,
) -> Result<Decision> {
    let live: Vec<&Entry> = entries.iter().filter(|e| e.state != State::Replaced).collect();
    refuse_shared_tables(&live, recipe)?;
    let given = distinct(sources)?;
    let mut decision = Decision { skipped: given.repeated, ..Decision::default() };
    let held = Held::new(&live);
    let mut is_replaced = vec![false; live.len()];
    let mut kept = Vec::new();
    for mut known in given.inputs {
        match held.find(&mut known)? {
            None => kept.push(known),
            Some(entry) if force => {
                is_replaced[entry] = true;
                kept.push(known);
            }
            Some(entry) if is_same(live[entry], recipe) => decision.skipped += 1,
            Some(entry) => return Err(refusal(&known.source.input.name(), live[entry], recipe)),
        }
    }
    let replaced: Vec<&Entry> = live
        .iter()
        .zip(is_replaced)
        .filter(|(_, is_replaced)| *is_replaced)
        .map(|(entry, _)| *entry)
        .collect();
    refuse_losses(&replaced, &kept)?;
    decision.replaces = replaced.iter().map(|entry| entry.name()).collect();
    decision.convert = kept.into_iter().map(|known| known.source).collect();
    Ok(decision)
}

/// Refuses a log type whose table's folder holds another one.
fn refuse_shared_tables(live: &[&Entry], recipe: &Recipe) -> Result<()> {
    let wanted: HashMap<String, &str> =
        recipe.schemas.iter().map(|schema| (table_folder(&schema.name), schema.name.as_str())).collect();
    for held in live.iter().flat_map(|entry| &entry.tables).filter(|table| table.rows > 0) {
        if let Some(name) = wanted.get(&held.table)
            && *name != held.schema.name
        {
            return Err(Error::Usage(format!(
                "the table {} holds {}, and {name} would share its folder; rename one of them, or use \
                 another --out",
                held.table, held.schema.name
            )));
        }
    }
    Ok(())
}

impl Known {
    fn has_digest(&mut self, digest: &str) -> Result<bool> {
        Ok(self.digest()?.is_some_and(|own| own == digest))
    }

    /// None for a stream.
    fn digest(&mut self) -> Result<Option<&str>> {
        if self.digest.is_none() {
            self.digest = self.source.digest()?;
        }
        Ok(self.digest.as_deref())
    }
}

/// The inputs of a run without those that repeat an earlier one of it.
struct Distinct {
    inputs: Vec<Known>,
    /// How many were left out.
    repeated: u64,
}

fn distinct(sources: Vec<Source>) -> Result<Distinct> {
    let mut inputs: Vec<Known> = Vec::with_capacity(sources.len());
    let mut by_identity: HashMap<String, Vec<usize>> = HashMap::with_capacity(sources.len());
    let mut repeated = 0;
    for source in sources {
        let mut known = Known { source, digest: None };
        let alike = by_identity.entry(known.source.identity.clone()).or_default();
        if is_repeated(&mut known, alike, &mut inputs)? {
            repeated += 1;
            continue;
        }
        alike.push(inputs.len());
        inputs.push(known);
    }
    Ok(Distinct { inputs, repeated })
}

/// Whether one of the inputs that look alike has the same bytes.
fn is_repeated(known: &mut Known, alike: &[usize], inputs: &mut [Known]) -> Result<bool> {
    for &earlier in alike {
        if let Some(digest) = inputs[earlier].digest()?
            && known.has_digest(digest)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The inputs that the lake holds, by what is seen of an input without reading all of it.
struct Held<'e> {
    /// Number of the live entry, and the input.
    by_identity: HashMap<&'e str, Vec<(usize, &'e Input)>>,
    /// Streams by their size: stored since, they have another identity.
    streams: HashMap<u64, Vec<(usize, &'e Input)>>,
}

impl<'e> Held<'e> {
    fn new(live: &[&'e Entry]) -> Self {
        let mut held = Self { by_identity: HashMap::new(), streams: HashMap::new() };
        for (number, entry) in live.iter().enumerate() {
            for input in &entry.inputs {
                held.by_identity.entry(&input.identity).or_default().push((number, input));
                if input.modified.is_none() {
                    held.streams.entry(input.bytes).or_default().push((number, input));
                }
            }
        }
        held
    }

    /// Number of the live entry that holds the input. Its digest is known then.
    fn find(&self, known: &mut Known) -> Result<Option<usize>> {
        let alike = self.by_identity.get(known.source.identity.as_str());
        let streams = known.source.bytes.and_then(|bytes| self.streams.get(&bytes));
        for &(entry, input) in alike.into_iter().chain(streams).flatten() {
            let is_unchanged = known.source.modified.is_some()
                && input.path == known.source.input.name()
                && known.source.bytes == Some(input.bytes)
                && input.modified == known.source.modified;
            if is_unchanged {
                known.digest = Some(input.digest.clone());
            }
            if known.has_digest(&input.digest)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }
}

fn is_same(entry: &Entry, recipe: &Recipe) -> bool {
    entry.tables.iter().map(|table| &table.schema).eq(&recipe.schemas)
        && entry.sawlog == env!("CARGO_PKG_VERSION")
        && entry.options == recipe.options
}

/// Refuses to replace a run that also held inputs which are not given now: their rows would be lost.
fn refuse_losses(replaced: &[&Entry], kept: &[Known]) -> Result<()> {
    // The digest of every input that was found in the lake is known.
    let given: HashSet<&str> = kept.iter().filter_map(|known| known.digest.as_deref()).collect();
    let lost = replaced.iter().flat_map(|e| &e.inputs).find(|input| !given.contains(input.digest.as_str()));
    lost.map_or(Ok(()), |input| Err(would_lose(input)))
}

/// Decides about streams, whose digest is known only once they were read: whether the whole run turns out to
/// be one that need not be made again. Where it takes the place of earlier runs, their names are added to it.
///
/// # Errors
/// Fails as [`decide`] does, and where only a part of what was read is new: that part alone cannot be kept.
pub(crate) fn is_known_after_all(
    run: &mut Entry,
    entries: &[Entry],
    recipe: &Recipe,
    force: bool,
) -> Result<bool> {
    let mut given: HashMap<&str, u32> = HashMap::new();
    for input in &run.inputs {
        *given.entry(&input.digest).or_default() += 1;
    }
    let replaced: HashSet<&String> = run.replaces.iter().collect();
    let mut held: HashMap<&str, &Entry> = HashMap::new();
    for entry in entries.iter().filter(|e| e.state != State::Replaced && !replaced.contains(&e.name())) {
        for input in &entry.inputs {
            held.entry(&input.digest).or_insert(entry);
        }
    }
    let mut known = 0;
    let mut obsolete = BTreeSet::new();
    for input in run.inputs.iter().filter(|input| input.modified.is_none()) {
        if given[input.digest.as_str()] > 1 {
            let what = "holds the same bytes as another input; leave one of them out";
            return Err(Error::Usage(format!("{} {what}", input.path)));
        }
        let Some(entry) = held.get(input.digest.as_str()) else { continue };
        if force {
            let is_lost = |old: &&Input| !given.contains_key(old.digest.as_str());
            if let Some(lost) = entry.inputs.iter().find(is_lost) {
                return Err(would_lose(lost));
            }
            obsolete.insert(entry.name());
        } else if is_same(entry, recipe) {
            known += 1;
        } else {
            return Err(refusal(&input.path, entry, recipe));
        }
    }
    run.replaces.extend(obsolete);
    if known == 0 || known == run.inputs.len() {
        return Ok(known > 0);
    }
    Err(Error::Usage(
        "a part of the inputs was converted before; leave the streams among them out".to_owned(),
    ))
}
