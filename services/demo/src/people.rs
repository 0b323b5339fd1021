//! Who plays, and what they ask for.

use flash_deploy::Signer;

pub struct People {
    pub deployer: Signer,
    pub issuer: Signer,
    pub oracle: Signer,
    pub ada: Signer,
    pub bert: Signer,
    pub carol: Signer,
    pub dan: Signer,
    pub mallory: Signer,
}

impl People {
    pub fn new() -> Self {
        let named = |name: &str| Signer::named(&format!("flash demo {name}"));
        Self {
            deployer: named("deployer"),
            issuer: named("issuer"),
            oracle: named("oracle"),
            ada: named("Ada"),
            bert: named("Bert"),
            carol: named("Carol"),
            dan: named("Dan"),
            mallory: named("Mallory"),
        }
    }

    pub fn all(&self) -> [(&'static str, &Signer); 8] {
        [
            ("deployer", &self.deployer),
            ("issuer", &self.issuer),
            ("oracle", &self.oracle),
            ("Ada", &self.ada),
            ("Bert", &self.bert),
            ("Carol", &self.carol),
            ("Dan", &self.dan),
            ("Mallory", &self.mallory),
        ]
    }

    pub fn by_name(&self, name: &str) -> &Signer {
        let found = self.all().into_iter().find(|one| one.0 == name);
        found.map_or(&self.deployer, |one| one.1)
    }

    /// Who has money.
    pub fn traders(&self) -> [(&'static str, &Signer); 5] {
        let [_, _, _, traders @ ..] = self.all();
        traders
    }
}

/// How far a deal is taken by its parties.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Deposit {
    /// All that it can cost.
    Whole,
    /// The least that is taken.
    Least,
    /// The provider says no.
    Rejected,
    /// Accepted, and never funded.
    Nothing,
}

/// What a consumer asks for.
pub struct Wish {
    pub repo: &'static str,
    pub consumer: &'static str,
    pub provider: &'static str,
    pub storage_gb: u64,
    pub egress_gb: u64,
    pub days: u64,
    pub deposit: Deposit,
    /// How it has to end.
    pub end: (&'static str, &'static str),
}

const fn wish(
    repo: &'static str,
    (consumer, provider): (&'static str, &'static str),
    (storage_gb, egress_gb, days): (u64, u64, u64),
    deposit: Deposit,
    end: (&'static str, &'static str),
) -> Wish {
    Wish {
        repo,
        consumer,
        provider,
        storage_gb,
        egress_gb,
        days,
        deposit,
        end,
    }
}

/// The deals, in the order in which they are asked for.
pub const WISHES: [Wish; 7] = [
    wish(
        "photo-archive",
        ("Carol", "Ada"),
        (400, 40, 13),
        Deposit::Whole,
        ("Completed", "Term"),
    ),
    wish(
        "backups",
        ("Dan", "Ada"),
        (500, 10, 60),
        Deposit::Whole,
        ("Cancelled", "Notice"),
    ),
    wish(
        "web-assets",
        ("Carol", "Bert"),
        (50, 200, 30),
        Deposit::Whole,
        ("BreachedProvider", "Strikes"),
    ),
    wish(
        "grab",
        ("Mallory", "Ada"),
        (10_000, 0, 30),
        Deposit::Least,
        ("BreachedConsumer", "Grace"),
    ),
    wish(
        "film-mirror",
        ("Dan", "Bert"),
        (900, 90, 30),
        Deposit::Rejected,
        ("Cancelled", "Rejected"),
    ),
    wish(
        "notebook",
        ("Carol", "Ada"),
        (1, 1, 30),
        Deposit::Nothing,
        ("Cancelled", "Expired"),
    ),
    wish(
        "mail-archive",
        ("Dan", "Bert"),
        (60, 20, 30),
        Deposit::Whole,
        ("Completed", "Consumer"),
    ),
];

/// The deals of `make up`, which goes on after the play: two with all the money that they can need,
/// two that run low.
pub const LIVING: [Wish; 4] = [
    wish(
        "photo-archive",
        ("Carol", "Ada"),
        (400, 40, 60),
        Deposit::Whole,
        ("Completed", "Term"),
    ),
    wish(
        "backups",
        ("Dan", "Ada"),
        (500, 10, 90),
        Deposit::Least,
        ("BreachedConsumer", "Grace"),
    ),
    wish(
        "web-assets",
        ("Carol", "Bert"),
        (50, 200, 30),
        Deposit::Whole,
        ("Completed", "Term"),
    ),
    wish(
        "mail-archive",
        ("Dan", "Bert"),
        (60, 20, 30),
        Deposit::Least,
        ("BreachedConsumer", "Grace"),
    ),
];
