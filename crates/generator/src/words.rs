//! What the invented organization is made of: actions, names, places.
//!
//! Action names are those that Atlassian's audit log is known to use; people, companies and hosts are
//! made up, and addresses come from the ranges that are reserved for documentation and benchmarks.

/// What an action is about, which decides the entities in its `context` and `container`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Issue,
    Page,
    Session,
    Token,
    Account,
    Group,
    Repository,
    Policy,
    App,
    Project,
    Space,
    Agent,
}

/// One kind of event.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: &'static str,
    /// How the message begins.
    pub(crate) label: &'static str,
    pub(crate) subject: Subject,
}

const fn action(name: &'static str, label: &'static str, subject: Subject) -> Action {
    Action { name, label, subject }
}

/// The actions, the most frequent first.
pub(crate) const ACTIONS: &[Action] = &[
    action("jira_issue_viewed", "Viewed work item", Subject::Issue),
    action("confluence_page_viewed", "Viewed page", Subject::Page),
    action("user_login", "Logged in", Subject::Session),
    action("jira_issue_updated", "Edited work item", Subject::Issue),
    action("confluence_page_updated", "Edited page", Subject::Page),
    action("rovo_search_performed", "Searched with Rovo", Subject::Agent),
    action("jira_issue_created", "Created work item", Subject::Issue),
    action("user_logout", "Logged out", Subject::Session),
    action("bitbucket_repository_pushed", "Pushed commits to", Subject::Repository),
    action("confluence_page_created", "Created page", Subject::Page),
    action("jira_issue_deleted", "Deleted work item", Subject::Issue),
    action("user_login_failed", "Failed to log in", Subject::Session),
    action("bitbucket_pull_request_merged", "Merged a pull request in", Subject::Repository),
    action("user_profile_viewed", "Viewed the profile of", Subject::Account),
    action("user_added_to_group", "Added a member to", Subject::Group),
    action("user_granted_role", "Granted a role to", Subject::Account),
    action("organization_users_viewed", "Listed managed accounts", Subject::Session),
    action("rovo_agent_chat_started", "Started a chat with agent", Subject::Agent),
    action("user_invitation_sent", "Sent an invitation to", Subject::Account),
    action("user_removed_from_group", "Removed a member from", Subject::Group),
    action("user_sso_login", "Logged in through single sign-on", Subject::Session),
    action("user_created", "Created the account of", Subject::Account),
    action("jira_project_updated", "Changed project", Subject::Project),
    action("user_revoked_role", "Took a role from", Subject::Account),
    action("confluence_added_space_permission", "Widened permissions of", Subject::Space),
    action("user_deactivated", "Deactivated the account of", Subject::Account),
    action("api_token_created", "Created an API token", Subject::Token),
    action("bitbucket_repository_created", "Created repository", Subject::Repository),
    action("user_invite_to_org", "Invited to the organization", Subject::Account),
    action("confluence_space_exported", "Exported space", Subject::Space),
    action("api_token_revoked", "Revoked an API token", Subject::Token),
    action("marketplace_app_installed", "Installed app", Subject::App),
    action("jira_workflow_updated", "Changed a workflow of", Subject::Project),
    action("rovo_agent_updated", "Changed agent", Subject::Agent),
    action("group_created", "Created group", Subject::Group),
    action("jira_project_created", "Created project", Subject::Project),
    action("marketplace_app_uninstalled", "Removed app", Subject::App),
    action("confluence_space_created", "Created space", Subject::Space),
    action("user_email_changed", "Changed the e-mail address of", Subject::Account),
    action("product_access_granted", "Gave product access to", Subject::Account),
    action("product_access_revoked", "Took product access from", Subject::Account),
    action("rovo_agent_created", "Created agent", Subject::Agent),
    action("group_deleted", "Deleted group", Subject::Group),
    action("group_granted_admin_access", "Gave admin access to", Subject::Group),
    action("authentication_policy_update", "Changed policy", Subject::Policy),
    action("data_classification_policy_update", "Changed classification policy", Subject::Policy),
    action("org_settings_update", "Changed organization settings for", Subject::Policy),
    action("user_reactivated", "Reactivated the account of", Subject::Account),
    action("twosv_disabled_for_user", "Turned off two-step verification of", Subject::Account),
    action("jira_project_deleted", "Deleted project", Subject::Project),
    action("ip_allowlist_policy_update", "Changed allowed networks in", Subject::Policy),
    action("user_logged_in_as_user", "Logged in as", Subject::Account),
    action("added_org_admin", "Made an organization admin of", Subject::Account),
    action("confluence_audit_record_removed_content_restriction", "Lifted restrictions in", Subject::Space),
];

/// Given names as shown, and as they stand in an e-mail address.
pub(crate) const GIVEN: &[(&str, &str)] = &[
    ("Ada", "ada"),
    ("Amélie", "amelie"),
    ("Bao", "bao"),
    ("Björn", "bjorn"),
    ("Catalina", "catalina"),
    ("Deepika", "deepika"),
    ("Emeka", "emeka"),
    ("Fatima", "fatima"),
    ("Grzegorz", "grzegorz"),
    ("Hanna", "hanna"),
    ("Ilse", "ilse"),
    ("Jürgen", "juergen"),
    ("Kenji", "kenji"),
    ("Leila", "leila"),
    ("Mateus", "mateus"),
    ("Naomi", "naomi"),
    ("Oscar", "oscar"),
    ("Priya", "priya"),
    ("Quentin", "quentin"),
    ("Renée", "renee"),
    ("Siobhán", "siobhan"),
    ("Tomáš", "tomas"),
    ("Valentina", "valentina"),
    ("Wiktor", "wiktor"),
    ("健太", "kenta"),
    ("Юлия", "yulia"),
];

/// Family names as shown, and as they stand in an e-mail address.
pub(crate) const FAMILY: &[(&str, &str)] = &[
    ("Abernathy", "abernathy"),
    ("Bianchi", "bianchi"),
    ("Chaudhary", "chaudhary"),
    ("D'Angelo", "dangelo"),
    ("Eriksen", "eriksen"),
    ("Fürst", "fuerst"),
    ("Gutiérrez", "gutierrez"),
    ("Horáková", "horakova"),
    ("Iwu", "iwu"),
    ("Jansen", "jansen"),
    ("Kaczmarek", "kaczmarek"),
    ("Lefèvre", "lefevre"),
    ("Moreau", "moreau"),
    ("Nakamura", "nakamura"),
    ("Ó Briain", "obriain"),
    ("Pereira", "pereira"),
    ("Quispe", "quispe"),
    ("Rasmussen", "rasmussen"),
    ("Strand", "strand"),
    ("Thornton", "thornton"),
    ("van Dijk", "vandijk"),
    ("Wójcik", "wojcik"),
    ("高橋", "takahashi"),
    ("Ziegler", "ziegler"),
];

/// Mail domains; the company's own is the most frequent.
pub(crate) const MAIL_DOMAINS: &[&str] = &[
    "fernbank.example",
    "fernbank.example",
    "fernbank.example",
    "labs.fernbank.example",
    "partners.example.org",
    "mailbox.example.net",
];

/// A place that the log can name.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) country: &'static str,
    pub(crate) region: &'static str,
    pub(crate) name: &'static str,
    /// Latitude and longitude as text.
    pub(crate) geo: &'static str,
}

const fn city(country: &'static str, region: &'static str, name: &'static str, geo: &'static str) -> City {
    City { country, region, name, geo }
}

pub(crate) const CITIES: &[City] = &[
    city("Australia", "Victoria", "Melbourne", "-37.8136,144.9631"),
    city("Austria", "Wien", "Wien", "48.2082,16.3738"),
    city("Brazil", "Rio de Janeiro", "Niterói", "-22.8832,-43.1034"),
    city("Canada", "Québec", "Montréal", "45.5019,-73.5674"),
    city("Chile", "Valparaíso", "Viña del Mar", "-33.0153,-71.5500"),
    city("Czechia", "Jihomoravský kraj", "Brno", "49.1951,16.6068"),
    city("Denmark", "Region Hovedstaden", "København", "55.6761,12.5683"),
    city("France", "Auvergne-Rhône-Alpes", "Lyon", "45.7640,4.8357"),
    city("Germany", "Nordrhein-Westfalen", "Köln", "50.9375,6.9603"),
    city("Germany", "Hamburg", "Hamburg", "53.5511,9.9937"),
    city("India", "Maharashtra", "Pune", "18.5204,73.8567"),
    city("Ireland", "Leinster", "Dublin", "53.3498,-6.2603"),
    city("Japan", "Osaka", "Osaka", "34.6937,135.5023"),
    city("Nigeria", "Lagos", "Lagos", "6.5244,3.3792"),
    city("Poland", "Małopolskie", "Kraków", "50.0647,19.9450"),
    city("Portugal", "Porto", "Porto", "41.1579,-8.6291"),
    city("South Korea", "Busan", "Busan", "35.1796,129.0756"),
    city("United Kingdom", "Scotland", "Edinburgh", "55.9533,-3.1883"),
    city("United States", "Oregon", "Portland", "45.5152,-122.6784"),
    city("United States", "Massachusetts", "Boston", "42.3601,-71.0589"),
    city("United States", "Colorado", "Denver", "39.7392,-104.9903"),
];

pub(crate) const SITES: &[&str] = &["fernbank", "fernbank-eu", "fernbank-labs", "fernbank-help"];
pub(crate) const TEAMS: &[&str] = &["arm", "drive", "vision", "fleet", "cloud", "safety", "office"];
pub(crate) const GROUP_KINDS: &[&str] =
    &["jira-users", "confluence-users", "developers", "contractors", "space-owners", "administrators"];
pub(crate) const POLICY_KINDS: &[&str] =
    &["Staff – \"default\"", "Robots & service accounts", "Visitors", "On call"];
pub(crate) const PROJECT_KEYS: &[&str] =
    &["ARM", "DRV", "VIS", "FLT", "CLD", "SAFE", "OPS", "HR", "LEGAL", "SITE"];
pub(crate) const PAGE_TITLES: &[&str] = &[
    "Release checklist",
    "Handbuch Werkstatt – Übersicht",
    "Incident review",
    "Cahier des charges",
    "Weekly notes",
    "Calibration \"v2\"",
    "Lunch & learn",
];
pub(crate) const FIELDS: &[&str] = &["status", "assignee", "priority", "summary", "labels"];
pub(crate) const OLD_VALUES: &[&str] = &["Open", "Unassigned", "said \"later\"", "D:\\builds\\7", "Low"];
pub(crate) const NEW_VALUES: &[&str] =
    &["Closed", "two lines:\nfirst\tand second", "Escalated → tier 2", "Großauftrag", "High"];
pub(crate) const ROLES: &[&str] = &["member", "admin", "guest", "product/admin", "agent"];
pub(crate) const VENDORS: &[&str] =
    &["Quillfeather", "Tandem Tools", "Möwe Software", "Pinecrest Apps", "Kōan Labs"];
pub(crate) const PRODUCTS: &[&str] = &["jira-software", "confluence", "jira-servicedesk", "bitbucket"];
