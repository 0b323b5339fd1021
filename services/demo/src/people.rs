//! The people of the demo and the deals they request.

use flash_client::Signer;

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
        let entry = self.all().into_iter().find(|(other, _)| *other == name);
        entry.map_or(&self.deployer, |(_, signer)| signer)
    }

    /// The people who trade.
    pub fn traders(&self) -> [(&'static str, &Signer); 5] {
        let [_, _, _, traders @ ..] = self.all();
        traders
    }
}

/// What the parties do with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Deposit {
    /// Funded with the maximum cost.
    Maximum,
    /// Funded with the minimum deposit.
    Minimum,
    /// Rejected by the provider.
    Rejected,
    /// Accepted but never funded.
    Unfunded,
}

/// A requested deal.
pub struct Wish {
    pub repo: &'static str,
    pub consumer: &'static str,
    pub provider: &'static str,
    pub storage_gb: u64,
    pub egress_gb: u64,
    pub days: u64,
    pub deposit: Deposit,
    /// The status and reason with which it must end.
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

/// The deals, in the order of the requests.
pub const WISHES: [Wish; 7] = [
    wish(
        "photo-archive",
        ("Carol", "Ada"),
        (400, 40, 13),
        Deposit::Maximum,
        ("Completed", "Term"),
    ),
    wish(
        "backups",
        ("Dan", "Ada"),
        (500, 10, 60),
        Deposit::Maximum,
        ("Cancelled", "Notice"),
    ),
    wish(
        "web-assets",
        ("Carol", "Bert"),
        (50, 200, 30),
        Deposit::Maximum,
        ("BreachedProvider", "Strikes"),
    ),
    wish(
        "grab",
        ("Mallory", "Ada"),
        (10_000, 0, 30),
        Deposit::Minimum,
        ("Completed", "Grace"),
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
        Deposit::Unfunded,
        ("Cancelled", "Expired"),
    ),
    wish(
        "mail-archive",
        ("Dan", "Bert"),
        (60, 20, 30),
        Deposit::Maximum,
        ("Completed", "Consumer"),
    ),
];

/// The deals of `make up` after the play: two are fully funded, two run low on money.
pub const LIVING: [Wish; 4] = [
    wish(
        "photo-archive",
        ("Carol", "Ada"),
        (400, 40, 60),
        Deposit::Maximum,
        ("Completed", "Term"),
    ),
    wish(
        "backups",
        ("Dan", "Ada"),
        (500, 10, 90),
        Deposit::Minimum,
        ("Completed", "Grace"),
    ),
    wish(
        "web-assets",
        ("Carol", "Bert"),
        (50, 200, 30),
        Deposit::Maximum,
        ("Completed", "Term"),
    ),
    wish(
        "mail-archive",
        ("Dan", "Bert"),
        (60, 20, 30),
        Deposit::Minimum,
        ("Completed", "Grace"),
    ),
];
