//! Column names for stores that take letters, digits, `_` and `-` only.
//!
//! Logs name their fields as they like. A table keeps these names unless it is asked for plain ones: then
//! punctuation that means something becomes a word, letters of other scripts are spelled in Latin ones, and
//! what remains becomes `_`. Different names may end up the same, by the eyes of stores that ignore case at
//! least; that is refused rather than settled by chance.

use std::collections::HashMap;

use crate::{Members, NodeId, Plan, standard};

/// How columns are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnNames {
    /// As the fields are.
    #[default]
    Original,
    /// As [`normalize`] makes them.
    Normalized,
}

impl ColumnNames {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::Original, Self::Normalized];

    /// The name used on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Normalized => "normalized",
        }
    }
}

/// Two fields whose columns would have the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameClash {
    /// Path of the one that stands first, or the name of a standard column.
    pub first: String,
    /// Path of the other.
    pub second: String,
    /// The name that both would have.
    pub column: String,
}

impl std::fmt::Display for NameClash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { first, second, column } = self;
        write!(f, "the columns of `{first}` and `{second}` would both be called `{column}`")
    }
}

impl std::error::Error for NameClash {}

/// What certain characters are called.
const WORDS: [(char, &str); 15] = [
    ('@', "at_sign"),
    (',', "comma"),
    ('`', "backtick"),
    ('\'', "apostrophe"),
    ('$', "dollar_sign"),
    ('*', "asterisk"),
    ('&', "ampersand"),
    ('!', "exclamation"),
    ('%', "percent"),
    ('+', "plus"),
    ('/', "slash"),
    ('\\', "backslash"),
    ('#', "hash"),
    ('~', "tilde"),
    ('=', "eq"),
];

/// The name of a field in letters, digits, `_` and `-`. A word that stands for a character is joined to its
/// neighbours by `_`, of which there are never two for one joint.
///
/// ```
/// use sawlog_schema::normalize;
///
/// assert_eq!(normalize("@foo"), "at_sign_foo");
/// assert_eq!(normalize("foo,bar"), "foo_comma_bar");
/// assert_eq!(normalize("foo.bar"), "foo_bar");
/// ```
pub fn normalize(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut out = String::with_capacity(name.len());
    let mut after_word = false;
    for c in name.chars() {
        let word = WORDS.iter().find(|(listed, _)| *listed == c).map(|(_, word)| *word);
        let before = out.len();
        match word {
            Some(word) => out.push_str(word),
            None if is_plain(c) => out.push(c),
            None if c.is_alphanumeric() => {
                let latin = any_ascii::any_ascii_char(c);
                out.extend(latin.chars().map(|c| if is_plain(c) { c } else { '_' }));
            }
            None => out.push('_'),
        }
        let is_word = word.is_some();
        let touches = out[..before].ends_with('_') || out[before..].starts_with('_');
        if (is_word || after_word) && before > 0 && !touches {
            out.insert(before, '_');
        }
        after_word = is_word;
    }
    if out.is_empty() { "_".to_owned() } else { out }
}

impl Plan {
    /// The same with columns called as asked.
    ///
    /// # Errors
    /// Fails where two columns of one object would have names that differ in case only, or not at all.
    pub fn with_column_names(mut self, names: ColumnNames) -> Result<Self, NameClash> {
        for node in &mut self.nodes {
            node.column = match names {
                ColumnNames::Original => node.name.clone(),
                // Elements and the event itself have no name.
                ColumnNames::Normalized if node.name.is_empty() => String::new(),
                ColumnNames::Normalized => normalize(&node.name),
            };
        }
        for object in 0..self.nodes.len() {
            let members = self.members(object as NodeId).nodes().to_vec();
            if members.is_empty() {
                continue;
            }
            self.check_columns(object, &members)?;
            let members = Members::new(&self.nodes, members);
            self.nodes[object].kind = crate::Kind::Object(members);
        }
        Ok(self)
    }

    fn check_columns(&self, object: usize, members: &[NodeId]) -> Result<(), NameClash> {
        let mut taken: HashMap<String, &str> = HashMap::new();
        if object == 0 {
            let indicators = self.indicators.iter().map(|indicator| indicator.column());
            taken.extend(standard::ALWAYS.into_iter().chain(indicators).map(|name| (name.to_owned(), name)));
            if self.header {
                taken.insert(standard::HEADER.to_owned(), standard::HEADER);
            }
        }
        for &member in members {
            let node = &self.nodes[member as usize];
            if let Some(first) = taken.insert(node.column.to_lowercase(), &node.path) {
                let (first, second) = (first.to_owned(), node.path.clone());
                return Err(NameClash { first, second, column: node.column.clone() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arrow_schema, load};

    #[test]
    fn characters_become_words_and_letters_latin() {
        for (name, column) in [
            ("plain_Name-1", "plain_Name-1"),
            ("@foo", "at_sign_foo"),
            ("foo@", "foo_at_sign"),
            ("foo,bar", "foo_comma_bar"),
            ("@@", "at_sign_at_sign"),
            ("@", "at_sign"),
            (
                "a`b'c$d*e&f!g%h+i/j\\k#l~m=n",
                concat!(
                    "a_backtick_b_apostrophe_c_dollar_sign_d_asterisk_e_ampersand_f_exclamation_g",
                    "_percent_h_plus_i_slash_j_backslash_k_hash_l_tilde_m_eq_n"
                ),
            ),
            ("foo.bar", "foo_bar"),
            (".tag", "_tag"),
            ("a b", "a_b"),
            ("a(b)", "a_b_"),
            ("_@_", "_at_sign_"),
            ("a.@b", "a_at_sign_b"),
            ("café", "cafe"),
            ("straße", "strasse"),
            ("名前", "MingQian"),
            ("имя", "imya"),
            ("½", "1_2"),
            ("a😀b", "a_b"),
            ("e\u{301}", "e_"),
            ("", "_"),
        ] {
            assert_eq!(normalize(name), column, "{name:?}");
        }
    }

    fn plan(yaml: &str) -> Result<Plan, NameClash> {
        let yaml = format!("schema: Custom.Names\nfields:\n{yaml}");
        Plan::new(load(&yaml, "names.yml").log_type.unwrap()).with_column_names(ColumnNames::Normalized)
    }

    #[test]
    fn columns_are_renamed_at_every_level() {
        let plan = plan(
            "  - name: a.b\n    type: array\n    element:\n      type: object\n      fields:\n        \
             - {name: '@id', type: string, rename: {from: '#'}}\n",
        )
        .unwrap();
        let table = arrow_schema(&plan);
        assert_eq!(table.field(0).name(), "a_b");
        assert!(format!("{:?}", table.field(0)).contains("at_sign_id"), "{table:?}");
        let element = plan.members(2);
        assert_eq!((element.column(b"at_sign_id", 0), element.find(b"#", 0)), (Some(0), Some(0)));
        assert_eq!((element.column(b"@id", 0), element.find(b"@id", 0)), (None, None));
        let back = plan.with_column_names(ColumnNames::Original).unwrap();
        assert_eq!(arrow_schema(&back).field(0).name(), "a.b");
    }

    #[test]
    fn names_that_become_the_same_are_refused() {
        let clash = plan("  - {name: a.b, type: int}\n  - {name: A_b, type: int}\n").unwrap_err();
        assert_eq!(clash.to_string(), "the columns of `a.b` and `A_b` would both be called `A_b`");
        let clash = plan("  - {name: p.row.id, type: int}\n").unwrap_err();
        assert_eq!((clash.first.as_str(), clash.second.as_str()), ("p_row_id", "p.row.id"));
        let inner =
            "  - {name: o, type: object, fields: [{name: '@', type: int}, {name: at_sign, type: int}]}\n";
        assert_eq!(plan(inner).unwrap_err().second, "o.at_sign");
    }
}
