//! What the lake already holds of the inputs, and what follows from it.
//!
//! An input is known by the digest of its bytes. Reading it a second time for the digest is avoided: a file
//! of unchanged path, size and time of change has the digest that the ledger says, and inputs whose size,
//! first and last bytes differ have different digests. Only an input that could be a known one is read ahead.

use std::collections::BTreeMap;

use sawlog_writer::{Entry, Input, State};

use crate::error::{Error, Result};
use crate::source::Source;

/// What decides whether two runs over the same bytes give the same output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub(crate) log_type: String,
    pub(crate) table: String,
    pub(crate) fingerprint: String,
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
    if let Some(other) = live.iter().find(|e| e.table == recipe.table && e.schema.name != recipe.log_type) {
        return Err(Error::Usage(format!(
            "the table {} holds {}, and {} would share its folder; rename one of them, or use another --out",
            recipe.table, other.schema.name, recipe.log_type
        )));
    }
    let mut decision = Decision::default();
    let mut given: Vec<Known> = Vec::new();
    for source in sources {
        let mut known = Known { source, digest: None };
        if is_repeated(&mut known, &mut given)? {
            decision.skipped += 1;
            continue;
        }
        given.push(known);
    }
    let mut kept = Vec::new();
    for mut known in given {
        let Some(entry) = find(&mut known, &live)? else {
            kept.push(known);
            continue;
        };
        if force {
            if !decision.replaces.contains(&entry.name()) {
                decision.replaces.push(entry.name());
            }
            kept.push(known);
        } else if is_same(entry, recipe) {
            decision.skipped += 1;
        } else {
            return Err(refusal(&known.source.input.name(), entry, recipe));
        }
    }
    check_replaced(&live, &decision.replaces, &mut kept)?;
    decision.convert = kept.into_iter().map(|known| known.source).collect();
    Ok(decision)
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

/// Whether an earlier input of the same run has the same bytes.
fn is_repeated(known: &mut Known, given: &mut [Known]) -> Result<bool> {
    for earlier in given {
        if earlier.source.identity == known.source.identity
            && let Some(digest) = earlier.digest()?
            && known.has_digest(digest)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a look at the digests is worth while. A stream that was stored since has another identity.
fn may_be(source: &Source, input: &Input) -> bool {
    let is_stored_stream = input.modified.is_none() && source.bytes == Some(input.bytes);
    source.identity == input.identity || is_stored_stream
}

/// The live entry that holds the input.
fn find<'e>(known: &mut Known, live: &[&'e Entry]) -> Result<Option<&'e Entry>> {
    for entry in live {
        for input in &entry.inputs {
            if !may_be(&known.source, input) {
                continue;
            }
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
    }
    Ok(None)
}

fn is_same(entry: &Entry, recipe: &Recipe) -> bool {
    entry.table == recipe.table
        && entry.schema.fingerprint == recipe.fingerprint
        && entry.sawlog == env!("CARGO_PKG_VERSION")
        && entry.options == recipe.options
}

fn refusal(name: &str, entry: &Entry, recipe: &Recipe) -> Error {
    let mut differences = Vec::new();
    if entry.table != recipe.table {
        differences.push(format!("into the table {}, not {}", entry.table, recipe.table));
    } else if entry.schema.fingerprint != recipe.fingerprint {
        differences.push("by another definition of the log type".to_owned());
    }
    if entry.sawlog != env!("CARGO_PKG_VERSION") {
        differences.push(format!("by sawlog {}", entry.sawlog));
    }
    let keys = entry.options.keys().chain(recipe.options.keys().filter(|k| !entry.options.contains_key(*k)));
    for key in keys {
        let (then, now) = (entry.options.get(key), recipe.options.get(key));
        if then != now {
            let shown = |value: Option<&String>| value.map_or_else(|| "unset".to_owned(), String::clone);
            differences.push(format!("with --{key} {}, now {}", shown(then), shown(now)));
        }
    }
    Error::Usage(format!(
        "{name} was converted before {}; give the same options to skip it, --force to replace what it gave \
         then, or another --out",
        differences.join(", ")
    ))
}

/// Refuses to replace a run that also held inputs which are not given now: their rows would be lost.
fn check_replaced(live: &[&Entry], replaces: &[String], kept: &mut [Known]) -> Result<()> {
    for entry in live.iter().filter(|e| replaces.contains(&e.name())) {
        for input in &entry.inputs {
            let mut is_given = false;
            for known in kept.iter_mut().filter(|k| may_be(&k.source, input)) {
                is_given |= known.has_digest(&input.digest)?;
            }
            if !is_given {
                return Err(would_lose(input));
            }
        }
    }
    Ok(())
}

fn would_lose(input: &Input) -> Error {
    Error::Usage(format!(
        "--force would replace an earlier run that also held {}; give that input too, or use another --out",
        input.path
    ))
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
    let mut known = 0;
    for (at, input) in run.inputs.iter().enumerate().filter(|(_, input)| input.modified.is_none()) {
        let holds = |inputs: &[Input]| inputs.iter().any(|other| other.digest == input.digest);
        if holds(&run.inputs[..at]) || holds(&run.inputs[at + 1..]) {
            let what = "holds the same bytes as another input; leave one of them out";
            return Err(Error::Usage(format!("{} {what}", input.path)));
        }
        let is_live = |e: &&Entry| e.state != State::Replaced && !run.replaces.contains(&e.name());
        let Some(entry) = entries.iter().filter(is_live).find(|e| holds(&e.inputs)) else { continue };
        if force {
            let is_given = |old: &&Input| run.inputs.iter().any(|new| new.digest == old.digest);
            if let Some(lost) = entry.inputs.iter().find(|old| !is_given(old)) {
                return Err(would_lose(lost));
            }
            run.replaces.push(entry.name());
        } else if is_same(entry, recipe) {
            known += 1;
        } else {
            return Err(refusal(&input.path, entry, recipe));
        }
    }
    if known == 0 || known == run.inputs.len() {
        return Ok(known > 0);
    }
    Err(Error::Usage(
        "a part of the inputs was converted before; leave the streams among them out".to_owned(),
    ))
}
