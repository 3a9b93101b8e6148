//! What becomes of a text before it is written: the rules that it must keep, and the mask that hides it.
//!
//! A text is compared as it came, and hidden after that. One that breaks a rule costs a required field the
//! event. Any other field is left unset, and the text is kept in `p_extra`, hidden if it is to be.

use std::fmt::Write as _;

use sawlog_columns::{Code, Note, Sink};
use sawlog_schema::{IpFamily, Mask, Node, NodeId, TextRules, Validate};
use sha2::{Digest, Sha256};

use super::fail::quoted;
use super::{Fail, Making, Pass};
use crate::indicator::{Address, address};
use crate::json_text::escape;

/// How many of the texts that a rule allows are named.
const SHOWN: usize = 5;

impl<S: Sink> Pass<'_, '_, '_, '_, S> {
    /// Writes a text that has rules. Returns whether it counts as present.
    pub(super) fn ruled_text(
        &mut self,
        rules: &TextRules,
        declared: &Node,
        (node, token, at): (NodeId, usize, u32),
        text: &str,
    ) -> Result<bool, Fail> {
        let broken = rules.validate.as_ref().and_then(|rules| broken_rule(rules, text));
        if broken.is_none() && rules.mask.is_none() {
            return self.text(declared, node, text, at);
        }
        let mut masked = std::mem::take(&mut self.walk.masked);
        masked.clear();
        if let Some(mask) = &rules.mask {
            hide(mask, text, &mut masked);
        }
        let result = match broken {
            // What is derived counts once, masked or not.
            None if !self.inside.is_derived => self
                .makes(node, masked.len(), Making::Masked)
                .and_then(|()| self.text(declared, node, &masked, at)),
            None => self.text(declared, node, &masked, at),
            Some(rule) => self.invalid(declared, node, token, &rule, rules.mask.is_some().then_some(&masked)),
        };
        self.walk.masked = masked;
        result
    }

    /// A text that breaks a rule; `masked` is what may be shown of it, where not the text itself may.
    fn invalid(
        &mut self,
        declared: &Node,
        node: NodeId,
        token: usize,
        rule: &str,
        masked: Option<&String>,
    ) -> Result<bool, Fail> {
        if declared.required {
            let shown = masked.map_or_else(|| self.shown(token), |_| "a text that is masked".to_owned());
            let message = format!("{} must be {rule}, but is {shown}", self.name(node));
            return Err(self.broken(node, Code::ValidationFailed, message));
        }
        self.walk.invalid_values += 1;
        self.walk.flags.set(Note::InvalidValue, node, &declared.path);
        if !self.inside.is_derived {
            let doc = self.doc;
            let walk = &mut *self.walk;
            walk.extra.keep(self.plan, &walk.path, |json| match masked {
                None => doc.append_json(token, json),
                Some(masked) => {
                    json.push(b'"');
                    escape(masked, json);
                    json.push(b'"');
                }
            });
            if !self.walk.fits() {
                let making = if masked.is_some() { Making::Masked } else { Making::Undeclared };
                return Err(self.too_much(node, making));
            }
        }
        Ok(false)
    }
}

/// What is written of a text: itself, or in `memory` what hides it; None if it breaks a rule.
pub(crate) fn kept_text<'t>(rules: &TextRules, text: &'t str, memory: &'t mut String) -> Option<&'t str> {
    if rules.validate.as_ref().is_some_and(|rules| broken_rule(rules, text).is_some()) {
        return None;
    }
    let Some(mask) = &rules.mask else { return Some(text) };
    memory.clear();
    hide(mask, text, memory);
    Some(memory)
}

/// Appends what stands in the place of `text`.
fn hide(mask: &Mask, text: &str, out: &mut String) {
    match mask {
        Mask::Redact { to } => out.push_str(to),
        Mask::Obfuscate { salt } => {
            let digest = Sha256::new().chain_update(salt).chain_update(text).finalize();
            for byte in digest {
                let _ = write!(out, "{byte:02x}");
            }
        }
    }
}

/// What `text` must be and is not.
fn broken_rule(rules: &Validate, text: &str) -> Option<String> {
    let holds = |words: &[String]| words.binary_search_by(|word| word.as_str().cmp(text)).is_ok();
    if !rules.allow.is_empty() && !holds(&rules.allow) {
        let only = if rules.allow.len() > 1 { "one of " } else { "" };
        return Some(format!("{only}{}", list(&rules.allow)));
    }
    if holds(&rules.deny) {
        return Some(format!("anything but {}", list(&rules.deny)));
    }
    if let Some(family) = rules.ip
        && !address(text).is_some_and(|address| is_of(family, address))
    {
        return Some(format!("an {} address", family_name(family)));
    }
    if let Some(family) = rules.cidr
        && !is_network(family, text)
    {
        return Some(format!("an {} network such as {}", family_name(family), example(family)));
    }
    None
}

fn list(words: &[String]) -> String {
    let shown: Vec<String> = words.iter().take(SHOWN).map(|word| quoted(word)).collect();
    let rest = if words.len() > SHOWN { ", …" } else { "" };
    format!("{}{rest}", shown.join(", "))
}

const fn family_name(family: IpFamily) -> &'static str {
    match family {
        IpFamily::V4 => "IPv4",
        IpFamily::V6 => "IPv6",
        IpFamily::Any => "IP",
    }
}

const fn example(family: IpFamily) -> &'static str {
    match family {
        IpFamily::V4 | IpFamily::Any => "10.0.0.0/8",
        IpFamily::V6 => "2001:db8::/32",
    }
}

fn is_of(family: IpFamily, address: Address) -> bool {
    match family {
        IpFamily::V4 => address == Address::V4,
        IpFamily::V6 => address == Address::V6,
        IpFamily::Any => true,
    }
}

/// Whether `text` is an address with the length of a prefix. Bits behind the prefix may be set: such a
/// network is that of a host.
fn is_network(family: IpFamily, text: &str) -> bool {
    let Some((host, length)) = text.split_once('/') else { return false };
    let Some(address) = address(host).filter(|address| is_of(family, *address)) else { return false };
    let is_canonical = length == "0" || length.starts_with(|c: char| matches!(c, '1'..='9'));
    let most = if address == Address::V4 { 32 } else { 128 };
    is_canonical && length.len() <= 3 && length.parse::<u8>().is_ok_and(|length| length <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rules(ip: Option<IpFamily>, cidr: Option<IpFamily>) -> Validate {
        Validate { ip, cidr, ..Validate::default() }
    }

    #[test]
    fn lists_are_compared_exactly() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let allow = Validate { allow: words(&["", "A|b", "a,b", "é"]), ..Validate::default() };
        for (text, is_allowed) in [
            ("", true),
            ("a,b", true),
            ("A|b", true),
            ("é", true),
            ("a", false),
            ("a|b", false),
            ("É", false),
        ] {
            assert_eq!(broken_rule(&allow, text).is_none(), is_allowed, "{text:?}");
        }
        assert_eq!(broken_rule(&allow, "x").unwrap(), r#"one of "", "A|b", "a,b", "é""#);
        let one = Validate { allow: words(&["only"]), ..Validate::default() };
        assert_eq!(broken_rule(&one, "x").unwrap(), "\"only\"");
        let many = Validate { allow: words(&["1", "2", "3", "4", "5", "6"]), ..Validate::default() };
        assert_eq!(broken_rule(&many, "x").unwrap(), r#"one of "1", "2", "3", "4", "5", …"#);
        let deny = Validate { deny: words(&["a", "b"]), ..Validate::default() };
        for (text, is_allowed) in [("a", false), ("b", false), ("A", true), ("", true), ("ab", true)] {
            assert_eq!(broken_rule(&deny, text).is_none(), is_allowed, "{text:?}");
        }
    }

    #[test]
    fn addresses_and_networks_have_families() {
        use IpFamily::{Any, V4, V6};
        for (text, v4, v6) in [
            ("10.0.0.1", true, false),
            ("::1", false, true),
            ("::ffff:10.0.0.1", false, true),
            ("010.0.0.1", false, false),
            (" 10.0.0.1", false, false),
            ("10.0.0.1/8", false, false),
            ("fe80::1%eth0", false, false),
            ("", false, false),
        ] {
            for (family, expected) in [(V4, v4), (V6, v6), (Any, v4 || v6)] {
                assert_eq!(
                    broken_rule(&rules(Some(family), None), text).is_none(),
                    expected,
                    "{text} {family:?}"
                );
            }
        }
        for (text, v4, v6) in [
            ("10.0.0.0/8", true, false),
            ("10.1.2.3/8", true, false),
            ("0.0.0.0/0", true, false),
            ("10.0.0.1/32", true, false),
            ("10.0.0.1/33", false, false),
            ("2001:db8::/32", false, true),
            ("::/0", false, true),
            ("::1/128", false, true),
            ("::1/129", false, false),
            ("::1/256", false, false),
            ("10.0.0.0/08", false, false),
            ("10.0.0.0/+8", false, false),
            ("10.0.0.0/-8", false, false),
            ("10.0.0.0/", false, false),
            ("10.0.0.0/8/8", false, false),
            ("10.0.0.0 /8", false, false),
            ("/8", false, false),
            ("10.0.0.0", false, false),
        ] {
            for (family, expected) in [(V4, v4), (V6, v6), (Any, v4 || v6)] {
                assert_eq!(
                    broken_rule(&rules(None, Some(family)), text).is_none(),
                    expected,
                    "{text} {family:?}"
                );
            }
        }
    }

    #[test]
    fn masks_hide() {
        let hidden = |mask: &Mask, text: &str| {
            let mut out = String::new();
            hide(mask, text, &mut out);
            out
        };
        let redact = Mask::Redact { to: "***".to_owned() };
        assert_eq!((hidden(&redact, "pin"), hidden(&redact, "")), ("***".to_owned(), "***".to_owned()));
        let salted = Mask::Obfuscate { salt: "ab".to_owned() };
        // The standard's own example, the digest of `abc`.
        assert_eq!(hidden(&salted, "c"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    proptest! {
        #[test]
        fn networks_are_addresses_with_a_length(text in r"[0-9a-f.:]{0,12}/?[0-9]{0,4}") {
            let expected = text.split_once('/').is_some_and(|(host, length)| {
                let length_in = |most: u16| {
                    length.parse::<u16>().is_ok_and(|n| n <= most && n.to_string() == length)
                };
                host.parse::<std::net::Ipv4Addr>().is_ok() && length_in(32)
                    || host.parse::<std::net::Ipv6Addr>().is_ok() && length_in(128)
            });
            prop_assert_eq!(is_network(IpFamily::Any, &text), expected);
        }
    }
}
