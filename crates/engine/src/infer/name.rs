//! What the name of a field hints at. A hint alone decides nothing: it settles what the values leave open.

/// The words of a field's name, and of the one around it, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Name {
    words: Vec<String>,
    /// The words joined.
    joined: String,
    around: Vec<String>,
}

/// Names that mean a time, alone or as the last word.
const TIMES: [&str; 20] = [
    "time",
    "timestamp",
    "ts",
    "date",
    "datetime",
    "at",
    "epoch",
    "created",
    "updated",
    "modified",
    "expires",
    "expiry",
    "expiration",
    "exp",
    "iat",
    "nbf",
    "seen",
    "since",
    "until",
    "when",
];

/// Names of event times, the likeliest first.
const EVENT_TIMES: [&str; 22] = [
    "eventtime",
    "timestamp",
    "time",
    "ts",
    "eventtimestamp",
    "eventdate",
    "datetime",
    "attimestamp",
    "date",
    "occurredat",
    "publishedat",
    "published",
    "activitydatetime",
    "loggedat",
    "logtime",
    "createdat",
    "creationtime",
    "creationdate",
    "createddatetime",
    "created",
    "when",
    "starttime",
];

/// Words of times that are not when an event happened.
const OTHER_TIMES: [&str; 15] = [
    "expires",
    "expiry",
    "expiration",
    "exp",
    "nbf",
    "until",
    "end",
    "birth",
    "modified",
    "updated",
    "last",
    "deleted",
    "until",
    "due",
    "first",
];

impl Name {
    pub(crate) fn new(name: &str, around: Option<&Self>) -> Self {
        let words = words(name);
        let joined = words.concat();
        Self { words, joined, around: around.map(|name| name.words.clone()).unwrap_or_default() }
    }

    /// Whether one of the words is among these, in the singular or the plural.
    pub(crate) fn has(&self, wanted: &[&str]) -> bool {
        let is = |word: &str| {
            let singular = word.strip_suffix("es").into_iter().chain(word.strip_suffix('s'));
            singular.chain([word]).any(|form| wanted.contains(&form))
        };
        self.words.iter().any(|word| is(word))
    }

    /// Whether the whole name, punctuation and case left aside, is one of these.
    pub(crate) fn is(&self, wanted: &[&str]) -> bool {
        wanted.contains(&self.joined.as_str())
    }

    /// Whether it is an `id` within one of these.
    pub(crate) fn is_id_of(&self, wanted: &[&str]) -> bool {
        self.joined == "id" && self.around.iter().any(|word| wanted.contains(&word.as_str()))
    }

    /// Whether it hints at a time.
    pub(crate) fn is_time(&self) -> bool {
        self.words.last().is_some_and(|word| TIMES.contains(&word.as_str()))
            || self.has(&["time", "timestamp", "date", "datetime", "epoch"])
            || self.joined.ends_with("time")
            || self.joined.ends_with("timestamp")
    }

    /// How likely it names the time of the event: the more the likelier, from -20 to 40.
    pub(crate) fn event_time_rank(&self) -> i64 {
        if let Some(place) = EVENT_TIMES.iter().position(|name| *name == self.joined) {
            return 40 - place as i64;
        }
        match () {
            () if self.has(&OTHER_TIMES) => -20,
            () if self.is_time() => 10,
            () => 0,
        }
    }
}

/// Cuts a name into words: at punctuation, and where capitals begin.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '@' && before.is_none() {
            words.push("at".to_owned());
        }
        if !c.is_alphanumeric() {
            before = Some(c);
            continue;
        }
        let after_lower = before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        let before_lower =
            before.is_some_and(char::is_uppercase) && chars.peek().is_some_and(|n| n.is_lowercase());
        let begins = before.is_none_or(|b| !b.is_alphanumeric())
            || (c.is_uppercase() && (after_lower || before_lower));
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words() {
        let rows: [(&str, &[&str]); 8] = [
            ("sourceIPAddress", &["source", "ip", "address"]),
            ("user_name", &["user", "name"]),
            ("X-Request-ID", &["x", "request", "id"]),
            ("@timestamp", &["at", "timestamp"]),
            ("sha256Hash", &["sha256", "hash"]),
            ("IP", &["ip"]),
            ("Äpfel.größe", &["äpfel", "größe"]),
            ("", &[]),
        ];
        for (name, expected) in rows {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn hints() {
        let name = |name| Name::new(name, None);
        assert!(name("ipAddresses").has(&["address"]) && name("ips").has(&["ip"]));
        assert!(name("createdAt").is_time() && name("event_time").is_time() && !name("timeout").is_time());
        assert!(name("eventTime").event_time_rank() > name("created_at").event_time_rank());
        assert!(name("expires_at").event_time_rank() < name("foo_at").event_time_rank());
        assert!(Name::new("id", Some(&name("actor"))).is_id_of(&["actor"]));
        assert!(!Name::new("id", Some(&name("factor"))).is_id_of(&["actor"]));
    }
}
