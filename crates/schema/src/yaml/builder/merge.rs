//! Merge keys: `<<: *base` takes over the entries of another mapping.
//!
//! They come from YAML 1.1 and most readers still know them, so they are used, with anchors, for fields that
//! have much in common. What a mapping says itself wins over what it takes over, wherever the key stands; of
//! several mappings in a list the first one wins.

use std::collections::HashSet;

use super::{super::Node, Builder, Refusal};
use crate::{
    diagnostic::{Code, Problems},
    yaml::{Entry, Kind, NodeId},
};

/// The key whose value names the mappings to take over.
const MERGE: &str = "<<";

impl Builder {
    /// The entries of a mapping, and behind them those that it takes over.
    pub(super) fn merge(
        &mut self,
        mut entries: Vec<Entry>,
        problems: &mut Problems,
    ) -> Result<Vec<Entry>, Refusal> {
        let Some(at) = entries.iter().position(|entry| entry.key == MERGE) else { return Ok(entries) };
        let merge = entries.remove(at);
        let mut keys: HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        for source in self.sources(merge.value) {
            let Node { kind, place, .. } = &self.nodes[source];
            let Kind::Mapping(given) = kind else {
                let message = format!("`<<` takes over mappings, but this is {}", kind.noun());
                let place = if *kind == Kind::Null { merge.place } else { *place };
                problems.advise(Code::WrongKind, place, message, "name a mapping by its anchor: `<<: *name`");
                continue;
            };
            let taken: Vec<Entry> =
                given.iter().filter(|entry| keys.insert(entry.key.clone())).cloned().collect();
            // An alias counts as the values that it stands for; here the keys come again too.
            self.grow(taken.iter().map(|entry| 1 + entry.key.len()).sum(), merge.place)?;
            entries.extend(taken);
        }
        Ok(entries)
    }

    /// The nodes that a merge key names: one, or those in a list.
    fn sources(&self, value: NodeId) -> Vec<NodeId> {
        match &self.nodes[value].kind {
            Kind::Sequence(items) => items.clone(),
            _ => vec![value],
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnostic::Problems,
        yaml::{Kind, Tree, parse},
    };

    /// The entries of the last mapping in a list, as `key: value`.
    fn last(text: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let tree: Tree = parse(text, &mut problems).unwrap();
        assert!(problems.finish().0.is_empty());
        let Kind::Sequence(items) = &tree.node(tree.root()).kind else { panic!("no list") };
        let Kind::Mapping(entries) = &tree.node(items[items.len() - 1]).kind else { panic!("no mapping") };
        entries.iter().map(|entry| format!("{}: {:?}", entry.key, tree.node(entry.value).kind)).collect()
    }

    #[test]
    fn what_a_mapping_says_itself_wins() {
        let expected = ["b: Int(3)", "a: Int(1)"];
        assert_eq!(last("- &x {a: 1, b: 2}\n- {<<: *x, b: 3}\n"), expected);
        assert_eq!(last("- &x {a: 1, b: 2}\n- {b: 3, <<: *x}\n"), expected);
        assert_eq!(last("- {b: 3, <<: {a: 1, b: 2}}\n"), expected);
    }

    #[test]
    fn of_a_list_the_first_wins() {
        assert_eq!(last("- &x {a: 1}\n- &y {a: 2, b: 2}\n- <<: [*x, *y]\n"), ["a: Int(1)", "b: Int(2)"]);
        assert_eq!(last("- {a: 1, <<: []}\n"), ["a: Int(1)"]);
    }

    #[test]
    fn what_was_taken_over_is_handed_on() {
        assert_eq!(
            last("- &x {a: 1}\n- &y {<<: *x, b: 2}\n- {<<: *y, c: 3}\n"),
            ["c: Int(3)", "b: Int(2)", "a: Int(1)"]
        );
    }
}
