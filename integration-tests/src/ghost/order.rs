//! A step with all values resolved: who signs, who is named, how much, until when.

use super::{
    deal::Deal,
    meter::Reading,
    model::Ghost,
    step::{
        Amount, Asset, Book, By, Call, Contract, Edge, Endpoint, MinPaid, Repo, Round, Sent, Step,
        Stored, Texts, Through, Time, Who, UNPRINTABLE,
    },
};

/// (provider, asset, page)
pub type BookKey = (Who, Asset, u32);

/// Everybody who can hold money.
pub const HOLDERS: [Who; 11] = [
    Who::Ada,
    Who::Bert,
    Who::Carol,
    Who::Dan,
    Who::Mallory,
    Who::Erin,
    Who::Frank,
    Who::Owner,
    Who::Oracle,
    Who::Odile,
    Who::TheEscrow,
];

/// A requested deal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ask {
    pub provider: Who,
    pub bucket: u32,
    pub repo: String,
    pub secs: u64,
    pub storage_mb: u64,
    pub egress_mb: u64,
    pub api: String,
    /// Only for the call with limits.
    pub max_storage: Option<u128>,
    pub max_egress: Option<u128>,
    pub policy_version: u32,
    /// Only for the call with limits.
    pub offer_revision: Option<u32>,
    pub succeeds: Option<u32>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Order {
    pub call: Call,
    pub signer: Option<Who>,
    /// The person in whose name the call is made.
    pub actor: Who,
    pub consumer: Who,
    pub provider: Who,
    pub amount: i128,
    /// The least that a withdrawal may pay.
    pub min_paid: i128,
    /// The asset of the caller's transfer, if there is one.
    pub pulls: Option<Asset>,
    pub secs: u64,
    pub ask: Option<Ask>,
    /// With which a deal is funded.
    pub repo: String,
    /// What a bucket is to accept by itself: policy and asset.
    pub accepting: Option<(u32, Asset)>,
    pub readings: Vec<(BookKey, Vec<Reading>)>,
    pub rounds: Vec<(BookKey, Vec<u32>)>,
}

/// Who may call a command.
enum Role {
    Nobody,
    Person(Who),
    Provider(u32),
    Consumer(u32),
    BucketProvider(u32),
    Reporter(u32),
    Owner(u32),
}

impl Ghost {
    pub fn resolve(&self, step: &Step) -> Order {
        let Step(by, call) = step;
        let role = role(call);
        let deal = match role {
            Role::Provider(id) | Role::Consumer(id) | Role::Reporter(id) | Role::Owner(id) => id,
            _ => deal_of(call),
        };
        let parties = self
            .deals
            .get(&deal)
            .map(|deal| (deal.terms.consumer, deal.terms.provider));
        let (mut consumer, mut provider) = parties.unwrap_or((Who::Carol, Who::Ada));
        let right = match role {
            Role::Nobody => None,
            Role::Person(who) => Some(who),
            Role::Provider(_) => Some(provider),
            Role::Consumer(_) => Some(consumer),
            Role::BucketProvider(id) => {
                let bucket = self.registry.buckets.get(&id);
                Some(bucket.map_or(Who::Ada, |bucket| bucket.provider))
            }
            Role::Reporter(_) => Some(self.acting().unwrap_or(Who::Oracle)),
            Role::Owner(_) => Some(Who::Owner),
        };
        let mut actor = right.unwrap_or(Who::Mallory);
        let mut signer = right;
        match (by, right) {
            (By::As(who), Some(_)) => {
                signer = Some(*who);
                actor = *who;
            }
            (By::Forged(who), Some(_)) => signer = Some(*who),
            (By::Unsigned, _) => signer = None,
            _ => {}
        }
        match role {
            Role::Provider(_) => provider = actor,
            Role::Consumer(_) => consumer = actor,
            _ => {}
        }
        if let By::Mismatched(who) = by {
            match role {
                Role::Provider(_) => consumer = *who,
                _ => provider = *who,
            }
        }
        Order {
            signer,
            actor,
            consumer,
            provider,
            repo: self.repo_to_fund(call),
            amount: self.amount(call, actor),
            min_paid: self.min_paid(call, actor),
            pulls: self.pulls(call),
            secs: self.secs(call),
            ask: self.ask(call),
            accepting: self.accepting(call),
            readings: self.readings(call),
            rounds: self.rounds(call),
            call: call.clone(),
        }
    }

    fn amount(&self, call: &Call, actor: Who) -> i128 {
        let (amount, deal, asset) = match call {
            Call::Fund(deal, amount, _) | Call::Deposit(deal, amount) => (amount, *deal, None),
            Call::Sponsor(_, deal, amount) | Call::Reduce(deal, amount) => (amount, *deal, None),
            Call::WithdrawMoney(_, asset, _, amount, _) => (amount, 0, Some(*asset)),
            Call::WithdrawFees(asset, _, amount) => (amount, 0, Some(*asset)),
            Call::SendFunds(_, amount) => (amount, 0, Some(self.escrow.asset)),
            _ => return 0,
        };
        let deal = self.deals.get(&deal);
        let asset = asset
            .or(deal.map(|deal| deal.terms.asset))
            .unwrap_or(Asset::Usd);
        let amount = match amount {
            Amount::Exactly(amount) => *amount,
            Amount::Claimable(more) => self.escrow.claim(actor, asset) + i128::from(*more),
            Amount::Fees(more) => self.takeable(asset, false) + i128::from(*more),
            Amount::Free(more) => self.takeable(asset, true) + i128::from(*more),
            of_deal => deal.map_or(1, |deal| self.deal_amount(deal, of_deal)),
        };
        let as_u128 = !matches!(
            call,
            Call::WithdrawMoney(..) | Call::WithdrawFees(..) | Call::SendFunds(..)
        );
        // `deals` takes no negative amounts.
        if as_u128 {
            amount.max(0)
        } else {
            amount
        }
    }

    fn min_paid(&self, call: &Call, actor: Who) -> i128 {
        let Call::WithdrawMoney(_, asset, _, _, min_paid) = call else {
            return 0;
        };
        let amount = self.amount(call, actor);
        match min_paid {
            MinPaid::Exactly(money) => *money,
            MinPaid::Whole => amount,
            MinPaid::Share(more) => self
                .payable(*asset, amount.max(0))
                .saturating_add(i128::from(*more)),
        }
    }

    fn deal_amount(&self, deal: &Deal, amount: &Amount) -> i128 {
        let (terms, policy) = (&deal.terms, self.policy_of(deal));
        let meter = deal.meter.as_ref();
        let locked = meter.map_or(0, |meter| meter.locked);
        let (base, more) = match amount {
            Amount::Min(more) => (
                terms.min_fund(policy.min_fund, policy.min_runway_secs),
                more,
            ),
            Amount::Quote(more) => (terms.quote(), more),
            Amount::Locked(more) => (locked, more),
            Amount::Removable(more) => {
                let keep = meter.map_or(0, |meter| meter.must_keep(terms, &policy, self.now));
                (locked - keep, more)
            }
            Amount::Clearing(more) => {
                let clearing = meter.map_or(0, |meter| {
                    meter.clearing(terms, &policy) + meter.reserve(terms)
                });
                (clearing - locked, more)
            }
            _ => unreachable!("not of a deal"),
        };
        base + i128::from(*more)
    }

    fn pulls(&self, call: &Call) -> Option<Asset> {
        match call {
            Call::Fund(id, ..) | Call::Deposit(id, _) | Call::Sponsor(_, id, _) => {
                let deal = self.deals.get(id);
                Some(deal.map_or(Asset::Usd, |deal| deal.terms.asset))
            }
            _ => None,
        }
    }

    fn secs(&self, call: &Call) -> u64 {
        let Call::Wait(time) = call else { return 0 };
        match time {
            Time::Secs(secs) => *secs,
            Time::Edge(edge, deal, more) => {
                let edge_ts = self.edge_ts(*edge, *deal);
                let until_ts = edge_ts.and_then(|ts| ts.checked_add_signed(*more));
                until_ts.map_or(0, |ts| ts.saturating_sub(self.now))
            }
        }
    }

    fn edge_ts(&self, edge: Edge, id: u32) -> Option<u64> {
        match edge {
            Edge::OracleTurns => return self.reporter.next.map(|(_, from_ts)| from_ts),
            Edge::PauseEnds => return Some(self.admin(Contract::Deals).paused_until_ts),
            _ => {}
        }
        let deal = self.deals.get(&id)?;
        let (terms, policy, meter) = (&deal.terms, self.policy_of(deal), deal.meter.as_ref());
        match edge {
            Edge::AcceptEnds => Some(terms.created_ts + policy.accept_window_secs),
            Edge::FundEnds => Some(deal.accepted_ts + policy.fund_window_secs),
            Edge::End => meter.map(|meter| meter.end_ts),
            Edge::GraceEnds => meter?.arrears_since.map(|since| since + policy.grace_secs),
            Edge::FinalEnds => meter.map(|meter| meter.final_until_ts(&policy)),
            Edge::SilenceBegins => meter.map(|meter| meter.through_ts + policy.silence_secs),
            Edge::VerdictBegins => meter.map(|meter| meter.through_ts + policy.min_window_secs),
            Edge::ScoreDecays => {
                use super::reputation::Role;
                let provider = self
                    .reputation
                    .standings
                    .get(&(terms.provider, Role::Provider));
                provider.map(|standing| standing.next_step_ts(self.now))
            }
            Edge::PairMayGain => {
                let pair = (terms.provider, terms.consumer);
                self.reputation.pair_is_free_ts(pair)
            }
            Edge::OracleTurns | Edge::PauseEnds => unreachable!("above"),
        }
    }

    fn ask(&self, call: &Call) -> Option<Ask> {
        let of_bucket = |id: u32| self.registry.buckets.get(&id);
        match call {
            Call::CreateDeal {
                bucket,
                repo,
                secs,
                storage_mb,
                egress_mb,
                api,
                ..
            } => Some(Ask {
                provider: of_bucket(*bucket).map_or(Who::Ada, |bucket| bucket.provider),
                bucket: *bucket,
                repo: self::repo(*repo),
                secs: *secs,
                storage_mb: *storage_mb,
                egress_mb: *egress_mb,
                api: (*api).to_owned(),
                max_storage: None,
                max_egress: None,
                policy_version: self.policy_version(),
                offer_revision: None,
                succeeds: None,
            }),
            Call::CreateSuccessor {
                of,
                secs,
                storage_mb,
                egress_mb,
            } => {
                let terms = self.deals.get(of).map(|deal| &deal.terms);
                let bucket = terms.map_or(1, |terms| terms.bucket);
                let revision = of_bucket(bucket).map_or(1, |bucket| bucket.revision);
                Some(Ask {
                    provider: terms.map_or(Who::Ada, |terms| terms.provider),
                    bucket,
                    repo: String::new(),
                    secs: *secs,
                    storage_mb: *storage_mb,
                    egress_mb: *egress_mb,
                    api: "S3".to_owned(),
                    max_storage: Some(super::deals::NO_LIMIT),
                    max_egress: Some(super::deals::NO_LIMIT),
                    policy_version: self.policy_version(),
                    offer_revision: Some(revision),
                    succeeds: Some(*of),
                })
            }
            Call::CreateDealAt {
                bucket,
                secs,
                storage_mb,
                egress_mb,
                limits,
                ..
            } => {
                let listed = of_bucket(*bucket);
                let plus = |price: Option<u128>, more: i64| {
                    Some(price.unwrap_or(0).saturating_add_signed(more.into()))
                };
                let revision = listed.map_or(1, |bucket| bucket.revision);
                let revision = i64::from(revision) + limits.3;
                let version = i64::from(self.policy_version()) + limits.2;
                Some(Ask {
                    provider: listed.map_or(Who::Ada, |bucket| bucket.provider),
                    bucket: *bucket,
                    repo: String::new(),
                    secs: *secs,
                    storage_mb: *storage_mb,
                    egress_mb: *egress_mb,
                    api: "s3".to_owned(),
                    max_storage: plus(listed.map(|bucket| bucket.price_storage), limits.0),
                    max_egress: plus(listed.map(|bucket| bucket.price_egress), limits.1),
                    policy_version: u32::try_from(version.max(0)).expect("small"),
                    offer_revision: Some(u32::try_from(revision.max(0)).expect("small")),
                    succeeds: None,
                })
            }
            _ => None,
        }
    }

    /// A successor is mostly funded with the repo of the deal that it replaces.
    fn repo_to_fund(&self, call: &Call) -> String {
        let Call::Fund(id, _, nth) = call else {
            return String::new();
        };
        let replaced = self.deals.get(id).and_then(|deal| deal.terms.succeeds);
        match replaced.and_then(|replaced| self.deals.get(&replaced)) {
            Some(replaced) if *nth < 200 => replaced.repo.clone(),
            _ => repo(*nth),
        }
    }

    fn accepting(&self, call: &Call) -> Option<(u32, Asset)> {
        let accepts = matches!(call, Call::SetFeatures(_, true, ..));
        accepts.then(|| (self.policy_version(), self.escrow.asset))
    }

    fn book_key(&self, of: u32, beyond: u32) -> BookKey {
        let deal = self.deals.get(&of);
        let key = deal.map(|deal| {
            (
                deal.terms.provider,
                deal.terms.asset,
                deal.page.unwrap_or(0),
            )
        });
        let (provider, asset, page) = key.unwrap_or((Who::Ada, Asset::Usd, 0));
        (provider, asset, page + beyond)
    }

    fn rounds(&self, call: &Call) -> Vec<(BookKey, Vec<u32>)> {
        let Call::Settle(rounds) = call else {
            return vec![];
        };
        let resolve =
            |round: &Round| (self.book_key(round.of, round.beyond), round.deals.0.clone());
        rounds.0.iter().map(resolve).collect()
    }

    fn readings(&self, call: &Call) -> Vec<(BookKey, Vec<Reading>)> {
        let (Call::Report(books) | Call::ReportAndSettle(books)) = call else {
            return vec![];
        };
        let resolve = |book: &Book| {
            let items = book.items.0.iter().map(|item| self.reading(item)).collect();
            (self.book_key(book.of, book.beyond), items)
        };
        books.0.iter().map(resolve).collect()
    }

    fn reading(&self, item: &super::step::Item) -> Reading {
        let funded = self
            .deals
            .get(&item.deal)
            .filter(|deal| deal.meter.is_some());
        let Some(deal) = funded else {
            return Reading {
                deal: item.deal,
                stored: 1,
                egress_mb: 1,
                latency_ms: item.served.0,
                uptime_bps: item.served.1,
                through_ts: self.now,
            };
        };
        let (terms, meter) = (&deal.terms, deal.meter());
        let through_ts = match item.through {
            Through::Latest(more) => meter.latest_ts(self.now).saturating_add_signed(more),
            Through::After(secs) => meter.through_ts.saturating_add_signed(secs),
        };
        let secs = u128::from(through_ts.saturating_sub(meter.through_ts));
        let now = u128::try_from(meter.stored).expect("not negative");
        let agreed = u128::from(terms.storage_mb) * secs;
        Reading {
            deal: item.deal,
            stored: match item.stored {
                Stored::Agreed(more) => (now + agreed).saturating_add_signed(more.into()),
                Stored::Percent(percent) => now + agreed * u128::from(percent) / 100,
                Stored::SameUse => now,
                Stored::LessUse => now.saturating_sub(1),
                Stored::MostUse => u128::MAX,
            },
            egress_mb: match item.sent {
                Sent::NoMore => meter.egress_mb,
                Sent::More(mb) => meter.egress_mb.saturating_add(mb),
                Sent::All(more) => terms.egress_mb.saturating_add(more),
                Sent::LessSent => meter.egress_mb.saturating_sub(1),
                Sent::MostSent => u64::MAX,
            },
            latency_ms: item.served.0,
            uptime_bps: item.served.1,
            through_ts,
        }
    }
}

fn role(call: &Call) -> Role {
    use Call::*;
    match call {
        Wait(_) | Mint(..) | Donate(..) | ClawBack(..) | Freeze(..) | Thaw(..) | Limit(..)
        | Advance(_) | Settle(_) | Push(..) | Draw(..) => Role::Nobody,
        RegisterProvider(who, _)
        | RegisterConsumer(who, _)
        | RegisterBoth(who, _)
        | UpdateProvider(who, _)
        | UpdateConsumer(who, _)
        | DeleteProvider(who)
        | DeleteConsumer(who)
        | Sponsor(who, ..)
        | WithdrawMoney(who, ..)
        | Faucet(who, _) => Role::Person(*who),
        CreateBucket { who, .. } => Role::Person(*who),
        CreateDeal { consumer, .. } | CreateDealAt { consumer, .. } => Role::Person(*consumer),
        CreateSuccessor { of, .. } => Role::Consumer(*of),
        UpdateBasic(id, ..)
        | SetCapacity(id, ..)
        | SetFeatures(id, ..)
        | SetService(id, ..)
        | SetStatus(id, _)
        | LockBucket(id)
        | UnlockBucket(id)
        | DeleteBucket(id) => Role::BucketProvider(*id),
        UpdateConditions { bucket, .. } => Role::BucketProvider(*bucket),
        Accept(id) | Reject(id) | Cancel(id) => Role::Provider(*id),
        Withdraw(id)
        | Fund(id, ..)
        | Deposit(id, _)
        | Reduce(id, _)
        | Complete(id)
        | Close(id)
        | SetMandate(id, ..)
        | RevokeMandate(id) => Role::Consumer(*id),
        StageUse(id, ..) | StageService(id, _) | PayPending(id) => Role::Reporter(*id),
        Report(_) | ReportAndSettle(_) => Role::Reporter(0),
        DeleteDeal(id) => Role::Owner(*id),
        Intrude(_) => Role::Person(Who::Mallory),
        RemoveProvider(_) | RemoveConsumer(_) | ReadmitProvider(_) | ReadmitConsumer(_)
        | RemoveBucket(_) | AddPolicy(_) | ScheduleOracle(_) | CancelOracle | SuspendOracle
        | Pause(_) | Unpause(_) | SendFunds(..) | WithdrawFees(..) | SetAsset(_) | SetBadAsset
        | ChangeAssetAdmin(_) | SetPoints(..) | ScheduleUpgrade(..) | CancelUpgrade(_)
        | Upgrade(..) | Migrate(_) => Role::Owner(0),
    }
}

fn deal_of(call: &Call) -> u32 {
    match call {
        Call::Advance(id) | Call::Sponsor(_, id, _) | Call::Draw(id, _) => *id,
        _ => 0,
    }
}

// ---- texts ----

pub fn letters(len: u32) -> String {
    if len == u32::from(UNPRINTABLE) {
        return "é".to_owned();
    }
    "x".repeat(usize::try_from(len).expect("short"))
}

pub fn description(len: u16) -> String {
    if len == UNPRINTABLE {
        return "a\0b".to_owned();
    }
    "d".repeat(len.into())
}

pub fn tags(count: u32, len: u32) -> Vec<String> {
    (0..count)
        .map(|nth| letters(if nth == 0 { len } else { 1 }))
        .collect()
}

pub fn repo(nth: Repo) -> String {
    match nth {
        0 => String::new(),
        200 => letters(128),
        201 => letters(129),
        202 => letters(UNPRINTABLE.into()),
        nth => format!("repo-{nth}"),
    }
}

pub fn endpoint(nth: Endpoint) -> String {
    match nth {
        0 => String::new(),
        2 | 3 => format!("https://{}", letters(118 + u32::from(nth))),
        4 => "ftp://s3.example".to_owned(),
        5 => "https://s3.example/é".to_owned(),
        _ => "https://s3.example".to_owned(),
    }
}

/// The external id of a new bucket: a number, unless the texts have another.
pub fn external_id(texts: Texts, number: u8) -> String {
    match texts {
        Texts::Longest | Texts::NoExternalId | Texts::LongExternalId | Texts::OtherExternalId => {
            self::texts(texts).3
        }
        _ => format!("fb-{number}"),
    }
}

/// Name, region, country, external id, API.
pub fn texts(texts: Texts) -> (String, String, String, String, String) {
    let long = texts == Texts::Longest;
    let pick = |plain: &str, most: u32| {
        if long {
            letters(most)
        } else {
            plain.to_owned()
        }
    };
    let mut all = (
        pick("a bucket", 64),
        pick("eu-west", 32),
        pick("CH", 32),
        letters(128),
        "S3".to_owned(),
    );
    match texts {
        Texts::Plain | Texts::Longest => {}
        Texts::NoName => all.0 = String::new(),
        Texts::LongName => all.0 = letters(65),
        Texts::LongRegion => all.1 = letters(33),
        Texts::LongCountry => all.2 = letters(33),
        Texts::NoExternalId => all.3 = String::new(),
        Texts::LongExternalId => all.3 = letters(129),
        Texts::NoApi => all.4 = String::new(),
        Texts::LongApi => all.4 = letters(33),
        Texts::HiddenInName => all.0 = "a\u{202E}bucket".to_owned(),
        Texts::OtherRegion => all.1 = "Zürich".to_owned(),
        Texts::OtherCountry => all.2 = "Österreich".to_owned(),
        Texts::OtherExternalId => all.3 = "fb\t1".to_owned(),
        Texts::OtherApi => all.4 = " S3".to_owned(),
    }
    all
}
