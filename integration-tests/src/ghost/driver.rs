//! Runs the same orders on the contracts. Each call carries exactly the signature that the order
//! names.

use std::collections::BTreeMap;

use flash_escrow::testutils::Trust;
use flash_interfaces::{
    deals::{self, BookDeals, BookReports, DealRequest},
    escrow::{BookPayments, OpenAccount},
    registry::{BucketFeatures, BucketStatus, Metering},
    reputation::{Ending, Outcome, Points},
};
use soroban_env_host::DiagnosticLevel;
use soroban_sdk::{
    testutils::{
        AuthorizedFunction, AuthorizedInvocation, Events as _, IssuerFlags, MockAuthInvoke,
        StellarAssetContract,
    },
    token::{StellarAssetClient, TokenClient},
    xdr::{LedgerEntry, LedgerKey, ScErrorCode, ScErrorType},
    Address, BytesN, Env, Error, IntoVal, Symbol, TryFromVal, Val, Vec,
};

use super::{
    model::{Answer, Refusal, Reply},
    order::{self, BookKey, Order},
    policy::{self, Policy},
    step::{Asset, Call, Contract, Inner, Who},
    Ghost, PolicyKind,
};
use crate::{people::Person, signed::signed_args, World, USD};

type Entries = std::vec::Vec<(Box<LedgerKey>, (Box<LedgerEntry>, Option<u32>))>;

/// A world with everybody that exists in the ghost.
pub struct Real {
    pub world: World,
    eur: StellarAssetContract,
    people: BTreeMap<Who, Person>,
}

impl Real {
    pub fn new(oracle: bool, first_policy: PolicyKind) -> Self {
        let builder = World::builder()
            .policy(|policy| *policy = published_policy(&policy::policy(first_policy)))
            .clawback_enabled();
        let world = if oracle {
            builder
        } else {
            builder.without_oracle()
        }
        .build();
        // The ghost checks these invariants itself, and also accounts for claw-backs.
        world.expect_broken();
        let env = &world.env;
        let issuer = Person::contract(env, "issuer of EUR");
        let eur = env.register_stellar_asset_contract_v2(issuer.address);
        eur.issuer().set_flag(IssuerFlags::RevocableFlag);
        eur.issuer().set_flag(IssuerFlags::ClawbackEnabledFlag);
        let people = BTreeMap::from([
            (Who::Ada, world.ada.clone()),
            (Who::Bert, world.bert.clone()),
            (Who::Carol, world.carol.clone()),
            (Who::Dan, world.dan.clone()),
            (Who::Mallory, world.mallory.clone()),
            (Who::Erin, Person::contract(env, "Erin")),
            (Who::Frank, Person::without_trustline(env, "Frank", 4)),
            (Who::Owner, world.owner.clone()),
            (Who::Oracle, world.oracle.clone()),
            (Who::Odile, Person::contract(env, "Odile")),
        ]);
        let real = Self { world, eur, people };
        real.settle_in();
        // Diagnostic events of a hundred queries per step are unused and take a quarter of the
        // time.
        let quiet = real
            .env()
            .host()
            .set_diagnostic_level(DiagnosticLevel::None);
        quiet.expect("a host");
        real
    }

    /// Balances and trustlines of the second asset.
    fn settle_in(&self) {
        let trust = Trust {
            clawback: true,
            ..Trust::default()
        };
        for who in [Who::Ada, Who::Carol, Who::Mallory] {
            self.people[&who].set_trustline(&self.eur, trust);
        }
        let ghost = Ghost::new(true, PolicyKind::Default);
        for (who, person) in &self.people {
            for asset in [Asset::Usd, Asset::Eur] {
                let missing = ghost.wallets.get(*who, asset).missing;
                let held = if missing {
                    0
                } else {
                    self.token(asset).balance(&person.address)
                };
                let more = ghost.wallets.balance(*who, asset) - held;
                if more > 0 {
                    self.issuer(asset).mint(&person.address, &more);
                }
            }
        }
        self.world.env.set_auths(&[]);
    }

    fn env(&self) -> &Env {
        &self.world.env
    }

    pub fn address(&self, who: Who) -> Address {
        match who {
            Who::TheEscrow => self.world.at.escrow.clone(),
            Who::TheDeals => self.world.at.deals.clone(),
            who => self.people[&who].address.clone(),
        }
    }

    pub fn asset(&self, asset: Asset) -> Address {
        match asset {
            Asset::Usd => self.world.asset.address(),
            Asset::Eur => self.eur.address(),
        }
    }

    pub fn token(&self, asset: Asset) -> TokenClient<'_> {
        TokenClient::new(self.env(), &self.asset(asset))
    }

    fn issuer(&self, asset: Asset) -> StellarAssetClient<'_> {
        StellarAssetClient::new(self.env(), &self.asset(asset)).mock_all_auths()
    }

    fn contract(&self, contract: Contract) -> Address {
        let at = &self.world.at;
        match contract {
            Contract::Registry => at.registry.clone(),
            Contract::Deals => at.deals.clone(),
            Contract::Escrow => at.escrow.clone(),
            Contract::Reputation => at.reputation.clone(),
        }
    }

    /// Plays an order. If the ghost refused it (`refused`), the ledger is compared too.
    ///
    /// # Errors
    /// A description, if the call broke a guarantee regardless of its answer.
    pub fn play(&self, order: &Order, ghost: &Ghost, refused: bool) -> Result<Answer, String> {
        if self.play_world(order, ghost) {
            return Ok(Ok(Reply::Nothing));
        }
        if let Call::Draw(deal, approved) = order.call {
            self.approve(ghost, deal, approved);
        }
        let (contract, command, args) = self.command(order);
        self.call(order, contract, command, args, refused)
    }

    /// Plays an event of the world; returns whether the order was one.
    fn play_world(&self, order: &Order, ghost: &Ghost) -> bool {
        match order.call {
            Call::Wait(_) => self.world.advance(order.secs),
            Call::Mint(who, asset, amount) => self.issuer(asset).mint(&self.address(who), &amount),
            Call::Donate(asset, amount) => {
                self.issuer(asset)
                    .mint(&self.address(Who::TheEscrow), &amount);
            }
            Call::ClawBack(asset, amount) => {
                self.issuer(asset)
                    .clawback(&self.address(Who::TheEscrow), &amount);
            }
            Call::Freeze(who, asset) => {
                self.issuer(asset)
                    .set_authorized(&self.address(who), &false);
            }
            Call::Thaw(who, asset) => self.issuer(asset).set_authorized(&self.address(who), &true),
            Call::Limit(who, asset, _) => {
                let wallet = ghost.wallets.get(who, asset);
                let trust = Trust {
                    balance: i64::try_from(wallet.balance).expect("a trustline's balance"),
                    limit: wallet.limit.expect("a classic account"),
                    authorized: wallet.authorized,
                    clawback: true,
                };
                let line = match asset {
                    Asset::Usd => &self.world.asset,
                    Asset::Eur => &self.eur,
                };
                self.people[&who].set_trustline(line, trust);
            }
            _ => return false,
        }
        self.env().set_auths(&[]);
        true
    }

    /// The consumer of a mandate approves so much to the contract.
    fn approve(&self, ghost: &Ghost, deal: u32, amount: i128) {
        let Some(mandate) = ghost.mandates.get(&deal) else {
            return;
        };
        let (from, spender) = (self.address(mandate.consumer), &self.world.at.mandates);
        let until = self.env().ledger().sequence() + 100;
        self.token(mandate.asset)
            .mock_all_auths()
            .approve(&from, spender, &amount, &until);
        self.env().set_auths(&[]);
    }

    fn mandates_command(&self, order: &Order) -> Option<(&'static str, Vec<Val>)> {
        let (env, actor) = (self.env(), self.address(order.actor));
        Some(match &order.call {
            Call::SetMandate(deal, top_up, limit, secs) => {
                let until_ts = self.world.now().saturating_add(*secs);
                let args = (actor, *deal, *top_up, *limit, until_ts);
                ("set_mandate", args.into_val(env))
            }
            Call::RevokeMandate(deal) => ("revoke_mandate", (actor, *deal).into_val(env)),
            Call::Draw(deal, _) => ("draw", (*deal,).into_val(env)),
            _ => return None,
        })
    }

    fn call(
        &self,
        order: &Order,
        contract: Address,
        command: &str,
        args: Vec<Val>,
        refused: bool,
    ) -> Result<Answer, String> {
        let env = self.env();
        let name = Symbol::new(env, command);
        let transfer = order.pulls.zip(order.signer).filter(|_| order.amount > 0);
        let transfer = transfer.map(|(asset, from)| {
            let args = (
                self.address(from),
                self.address(Who::TheEscrow),
                order.amount,
            );
            (self.asset(asset), args.into_val(env))
        });
        let to_sign = signed_args(env, command, &args);
        self.sign(order, &contract, command, &to_sign, transfer.as_ref());
        let before = refused.then(|| self.world.ledger_entries());
        let answer = env.try_invoke_contract::<Val, Error>(&contract, &name, args);
        let signed = env.auths();
        env.set_auths(&[]);
        let error = match answer {
            Ok(value) => {
                let whole = self.tree(contract, name, to_sign, transfer);
                let signer = order.signer.map(|who| (self.address(who), whole));
                let given: std::vec::Vec<_> = signer.into_iter().collect();
                if signed != given {
                    return Err(format!(
                        "X1: {command} needed {signed:?}, given was {given:?}"
                    ));
                }
                return Ok(Ok(self.reply(order, value.expect("a value"))));
            }
            Err(error) => error.expect("every error is an Error"),
        };
        if let Some(before) = before {
            let changed = self.changed_since(before);
            if !changed.is_empty() {
                return Err(format!("E5: {command} was refused and left {changed:?}"));
            }
            if !env.events().all().events().is_empty() {
                return Err(format!("E5: {command} was refused and left events"));
            }
        }
        if error.is_type(ScErrorType::Contract) {
            return Ok(Err(Refusal::Code(error.get_code())));
        }
        let trap = error.is_type(ScErrorType::Context) && error.is_code(ScErrorCode::InvalidAction);
        if trap || error.is_type(ScErrorType::Auth) {
            return Ok(Err(Refusal::Unsigned));
        }
        Err(format!("{command} failed with {error:?}"))
    }

    /// Entries that differ from `before`. Unlike a transaction, the test `Env` restores archived
    /// entries even in refused calls, so the TTL of an expired entry is ignored.
    fn changed_since(&self, before: Entries) -> Entries {
        let now = self.env().ledger().sequence();
        let mut after = self.world.ledger_entries();
        let mut expected = before.into_iter();
        after.retain(|(key, (entry, live_until))| {
            let Some((old_key, (old_entry, old_live_until))) = expected.next() else {
                return true;
            };
            let archived = old_live_until.is_some_and(|until| until < now);
            let same_ttl = archived || old_live_until == *live_until;
            !(old_key == *key && old_entry == *entry && same_ttl)
        });
        after.extend(expected);
        after
    }

    fn sign(
        &self,
        order: &Order,
        contract: &Address,
        fn_name: &str,
        args: &Vec<Val>,
        transfer: Option<&(Address, Vec<Val>)>,
    ) {
        let Some(person) = order.signer.map(|who| &self.people[&who]) else {
            return self.env().set_auths(&[]);
        };
        let sub = transfer.map(|(token, args)| MockAuthInvoke {
            contract: token,
            fn_name: "transfer",
            args: args.clone(),
            sub_invokes: &[],
        });
        let entry = person.sign(&MockAuthInvoke {
            contract,
            fn_name,
            args: args.clone(),
            sub_invokes: sub.as_slice(),
        });
        self.env().set_auths(&[entry]);
    }

    fn tree(
        &self,
        contract: Address,
        name: Symbol,
        args: Vec<Val>,
        transfer: Option<(Address, Vec<Val>)>,
    ) -> AuthorizedInvocation {
        let transfer = transfer.map(|(token, args)| AuthorizedInvocation {
            function: AuthorizedFunction::Contract((
                token,
                Symbol::new(self.env(), "transfer"),
                args,
            )),
            sub_invocations: vec![],
        });
        AuthorizedInvocation {
            function: AuthorizedFunction::Contract((contract, name, args)),
            sub_invocations: transfer.into_iter().collect(),
        }
    }

    fn reply(&self, order: &Order, value: Val) -> Reply {
        use Call::*;
        let env = self.env();
        let number = |value: &Val| u32::try_from_val(env, value).expect("a number");
        match order.call {
            CreateBucket { .. }
            | CreateDeal { .. }
            | CreateDealAt { .. }
            | CreateSuccessor { .. }
            | Advance(_)
            | AddPolicy(_) => Reply::Number(number(&value).into()),
            ScheduleOracle(_) | ScheduleUpgrade(..) => {
                Reply::Number(u64::try_from_val(env, &value).expect("a time"))
            }
            WithdrawMoney(..) | Push(..) | Draw(..) => {
                Reply::Money(i128::try_from_val(env, &value).expect("money"))
            }
            Report(_) | ReportAndSettle(_) | Settle(_) => {
                let codes = Vec::<u32>::try_from_val(env, &value).expect("codes");
                Reply::Codes(codes.iter().collect())
            }
            _ => {
                assert!(value.is_void(), "{:?} answered something", order.call);
                Reply::Nothing
            }
        }
    }

    // ---- the commands ----

    fn text(&self, text: &str) -> soroban_sdk::String {
        self.world.text(text)
    }

    fn hash(&self, byte: u8) -> BytesN<32> {
        BytesN::from_array(self.env(), &[byte; 32])
    }

    fn command(&self, order: &Order) -> (Address, &'static str, Vec<Val>) {
        use Call::*;
        if let Some((name, args)) = self.mandates_command(order) {
            return (self.world.at.mandates.clone(), name, args);
        }
        let (contract, (name, args)) = match &order.call {
            Pause(at) => (*at, ("pause", ().into_val(self.env()))),
            Unpause(at) => (*at, ("unpause", ().into_val(self.env()))),
            ScheduleUpgrade(at, hash) => (
                *at,
                ("schedule_upgrade", (self.hash(*hash),).into_val(self.env())),
            ),
            CancelUpgrade(at) => (*at, ("cancel_upgrade", ().into_val(self.env()))),
            Upgrade(at, hash) => {
                let args = (self.hash(*hash), self.address(Who::Owner));
                (*at, ("upgrade", args.into_val(self.env())))
            }
            Migrate(at) => (*at, ("migrate", ().into_val(self.env()))),
            SetPoints(clean, notice, usd) => {
                let args = (self.points(*clean, *notice, *usd),).into_val(self.env());
                (Contract::Reputation, ("set_points", args))
            }
            Intrude(inner) => self.intrusion(*inner),
            WithdrawMoney(..) | Push(..) | SendFunds(..) | WithdrawFees(..) | SetAsset(_)
            | SetBadAsset | Faucet(..) | ChangeAssetAdmin(_) => {
                (Contract::Escrow, self.escrow_command(order))
            }
            _ => match self.registry_command(order) {
                Some(command) => (Contract::Registry, command),
                None => (Contract::Deals, self.deals_command(order)),
            },
        };
        (self.contract(contract), name, args)
    }

    fn points(&self, clean: i32, notice: i32, usd: i128) -> Points {
        Points {
            provider_clean: clean,
            provider_unmeasured: 1,
            provider_minor_credit: 0,
            provider_major_credit: -2,
            provider_notice: notice,
            provider_breach: -10,
            consumer_completed: 1,
            consumer_breach: -10,
            min_volume: usd * USD,
        }
    }

    fn registry_command(&self, order: &Order) -> Option<(&'static str, Vec<Val>)> {
        use Call::*;
        let env = self.env();
        let actor = self.address(order.actor);
        let described = |len: u16| (actor.clone(), self.text(&order::description(len)));
        let bit = |bits: u8, nth: u8, text: String| (bits & nth != 0).then(|| self.text(&text));
        Some(match &order.call {
            RegisterProvider(_, len) => ("register_provider", described(*len).into_val(env)),
            RegisterConsumer(_, len) => ("register_consumer", described(*len).into_val(env)),
            RegisterBoth(_, len) => ("register_full_user", described(*len).into_val(env)),
            UpdateProvider(_, len) => ("update_provider", described(*len).into_val(env)),
            UpdateConsumer(_, len) => ("update_consumer", described(*len).into_val(env)),
            DeleteProvider(_) => ("delete_provider", (actor,).into_val(env)),
            DeleteConsumer(_) => ("delete_consumer", (actor,).into_val(env)),
            RemoveProvider(who) => ("remove_provider", (self.address(*who),).into_val(env)),
            RemoveConsumer(who) => ("remove_consumer", (self.address(*who),).into_val(env)),
            ReadmitProvider(who) => ("readmit_provider", (self.address(*who),).into_val(env)),
            ReadmitConsumer(who) => ("readmit_consumer", (self.address(*who),).into_val(env)),
            RemoveBucket(id) => ("remove_bucket", (*id,).into_val(env)),
            CreateBucket {
                texts,
                external,
                prices,
                sla,
                ..
            } => {
                let (name, region, _, _, api) = order::texts(*texts);
                let fb_bucket_id = order::external_id(*texts, *external);
                let args = (
                    actor,
                    self.text(&name),
                    self.text(&region),
                    self.text(&fb_bucket_id),
                    self.text(&api),
                    prices.0,
                    prices.1,
                    sla.0,
                    sla.1,
                );
                ("create_bucket", args.into_val(env))
            }
            UpdateBasic(id, bits, texts) => {
                let (name, region, country, ..) = order::texts(*texts);
                let (name, region) = (bit(*bits, 1, name), bit(*bits, 2, region));
                let args = (actor, *id, name, region, bit(*bits, 4, country));
                ("update_bucket_basic", args.into_val(env))
            }
            UpdateConditions {
                bucket,
                bits,
                texts,
                prices,
                sla,
            } => {
                let (name, region, ..) = order::texts(*texts);
                let (name, region) = (bit(*bits, 1, name), bit(*bits, 2, region));
                let args = (
                    actor, *bucket, name, region, prices.0, prices.1, sla.0, sla.1,
                );
                ("update_bucket_conditions", args.into_val(env))
            }
            SetCapacity(id, storage_gb, egress_gb) => {
                let args = (actor, *id, *storage_gb, *egress_gb);
                ("set_bucket_capacity", args.into_val(env))
            }
            SetFeatures(id, auto_accept, tags, tag_len, scope_len) => {
                let tags = order::tags(*tags, *tag_len);
                let features = BucketFeatures {
                    versioning_enabled: *auto_accept,
                    encryption_at_rest: false,
                    encryption_in_transit: false,
                    object_locking: false,
                    access_scope: self.text(&order::letters(*scope_len)),
                    auto_accept_asset: order.accepting.map(|(_, asset)| self.asset(asset)),
                    auto_accept_policy: order.accepting.map_or(0, |(policy, _)| policy),
                    tags: Vec::from_iter(env, tags.iter().map(|tag| self.text(tag))),
                };
                ("set_bucket_features", (actor, *id, features).into_val(env))
            }
            SetService(id, endpoint, by_provider) => {
                let metering = if *by_provider {
                    Metering::Provider
                } else {
                    Metering::Gateway
                };
                let endpoint = self.text(&order::endpoint(*endpoint));
                let args = (actor, *id, endpoint, metering);
                ("set_bucket_service", args.into_val(env))
            }
            SetStatus(id, status) => {
                let all = [
                    BucketStatus::Active,
                    BucketStatus::Inactive,
                    BucketStatus::Deleted,
                ];
                let args = (actor, *id, all[usize::from(*status)]);
                ("set_bucket_status", args.into_val(env))
            }
            LockBucket(id) => ("lock_bucket", (actor, *id).into_val(env)),
            UnlockBucket(id) => ("unlock_bucket", (actor, *id).into_val(env)),
            DeleteBucket(id) => ("delete_bucket", (actor, *id).into_val(env)),
            _ => return None,
        })
    }

    fn deals_command(&self, order: &Order) -> (&'static str, Vec<Val>) {
        use Call::*;
        let env = self.env();
        let actor = self.address(order.actor);
        let (consumer, provider) = (self.address(order.consumer), self.address(order.provider));
        let amount = u128::try_from(order.amount).unwrap_or(0);
        let by_provider = |id: &u32| (provider.clone(), consumer.clone(), *id);
        let by_consumer = |id: &u32| (consumer.clone(), provider.clone(), *id);
        match &order.call {
            CreateDeal { .. } => self.create_deal(order),
            CreateDealAt { .. } | CreateSuccessor { .. } => self.create_deal_at(order),
            Accept(id) => ("set_deal_accepted", by_provider(id).into_val(env)),
            Reject(id) => ("set_deal_rejected", by_provider(id).into_val(env)),
            Cancel(id) => ("set_deal_cancelled", by_provider(id).into_val(env)),
            Withdraw(id) => ("withdraw_deal", (actor, *id).into_val(env)),
            Fund(id, ..) => {
                let repo = self.text(&order.repo);
                let args = (consumer, provider, *id, amount, repo);
                ("set_deal_funded", args.into_val(env))
            }
            Deposit(id, _) => (
                "deposit_to_deal",
                (consumer, provider, *id, amount).into_val(env),
            ),
            Sponsor(_, id, _) => ("sponsor_deal", (actor, *id, amount).into_val(env)),
            Reduce(id, _) => ("reduce_deposit", (actor, *id, amount).into_val(env)),
            Complete(id) => ("set_deal_completed", by_consumer(id).into_val(env)),
            Close(id) => ("close_deal", (actor, *id).into_val(env)),
            Advance(id) => ("advance_deal", (*id,).into_val(env)),
            StageUse(id, storage_mb, egress_mb) => {
                let args = (provider, consumer, *id, *storage_mb, *egress_mb);
                ("update_deal_consumption", args.into_val(env))
            }
            StageService(id, served) => {
                let args = (provider, consumer, *id, served.0, served.1);
                ("update_deal_sla", args.into_val(env))
            }
            PayPending(id) => ("pay_pending_consumption", by_provider(id).into_val(env)),
            Report(_) => ("report", (self.books(order),).into_val(env)),
            ReportAndSettle(_) => ("report_and_settle", (self.books(order),).into_val(env)),
            Settle(_) => ("settle", (self.rounds(order),).into_val(env)),
            DeleteDeal(id) => ("delete_deal", by_consumer(id).into_val(env)),
            AddPolicy(kind) => {
                let policy = published_policy(&policy::policy(*kind));
                ("add_policy", (policy,).into_val(env))
            }
            ScheduleOracle(who) => ("schedule_oracle", (self.address(*who),).into_val(env)),
            CancelOracle => ("cancel_oracle", ().into_val(env)),
            SuspendOracle => ("suspend_oracle", ().into_val(env)),
            call => unreachable!("{call:?} is not of deals"),
        }
    }

    fn create_deal(&self, order: &Order) -> (&'static str, Vec<Val>) {
        let ask = order.ask.as_ref().expect("resolved");
        let args = (
            self.address(order.actor),
            self.address(ask.provider),
            ask.bucket,
            self.text(&ask.repo),
            ask.secs,
            ask.storage_mb,
            ask.egress_mb,
            self.text(&ask.api),
        );
        ("create_deal", args.into_val(self.env()))
    }

    fn create_deal_at(&self, order: &Order) -> (&'static str, Vec<Val>) {
        let ask = order.ask.as_ref().expect("resolved");
        let request = DealRequest {
            provider_id: self.address(ask.provider),
            bucket_id: ask.bucket,
            fb_repo_id: self.text(&ask.repo),
            duration_secs: ask.secs,
            agreed_storage_mb: ask.storage_mb,
            agreed_egress_mb: ask.egress_mb,
            api_compatibility: self.text(&ask.api),
            max_price_storage: ask.max_storage.expect("a limit"),
            max_price_egress: ask.max_egress.expect("a limit"),
            policy_version: ask.policy_version,
            offer_revision: ask.offer_revision.expect("a limit"),
            succeeds: ask.succeeds,
        };
        let args = (self.address(order.actor), request);
        ("create_deal_at", args.into_val(self.env()))
    }

    fn books(&self, order: &Order) -> Vec<BookReports> {
        let book = |(key, items): &(BookKey, std::vec::Vec<super::meter::Reading>)| {
            let reports = items.iter().map(|item| {
                let (latency_ms, uptime_bps) = (item.latency_ms, item.uptime_bps);
                let totals = (item.stored, item.egress_mb);
                (
                    item.deal,
                    totals.0,
                    totals.1,
                    latency_ms,
                    uptime_bps,
                    item.through_ts,
                )
            });
            BookReports {
                provider: self.address(key.0),
                asset: self.asset(key.1),
                page: key.2,
                reports: Vec::from_iter(self.env(), reports),
            }
        };
        Vec::from_iter(self.env(), order.readings.iter().map(book))
    }

    fn rounds(&self, order: &Order) -> Vec<BookDeals> {
        let book = |(key, deals): &(BookKey, std::vec::Vec<u32>)| BookDeals {
            provider: self.address(key.0),
            asset: self.asset(key.1),
            page: key.2,
            deal_ids: Vec::from_slice(self.env(), deals),
        };
        Vec::from_iter(self.env(), order.rounds.iter().map(book))
    }

    fn escrow_command(&self, order: &Order) -> (&'static str, Vec<Val>) {
        use Call::*;
        let env = self.env();
        let (actor, amount) = (self.address(order.actor), order.amount);
        match &order.call {
            WithdrawMoney(_, asset, to, ..) => {
                let (asset, to) = (self.asset(*asset), self.address(*to));
                let args = (actor, asset, to, amount, order.min_paid);
                ("withdraw", args.into_val(env))
            }
            Push(who, asset) => (
                "push",
                (self.address(*who), self.asset(*asset)).into_val(env),
            ),
            SendFunds(to, _) => (
                "send_funds_owner",
                (self.address(*to), amount).into_val(env),
            ),
            WithdrawFees(asset, to, _) => {
                let args = (self.asset(*asset), self.address(*to), amount);
                ("withdraw_fees", args.into_val(env))
            }
            SetAsset(asset) => (
                "set_stable_asset_address",
                (self.asset(*asset),).into_val(env),
            ),
            SetBadAsset => (
                "set_stable_asset_address",
                (self.address(Who::TheDeals),).into_val(env),
            ),
            Faucet(_, amount) => ("test_faucet", (actor, *amount).into_val(env)),
            ChangeAssetAdmin(who) => ("change_asset_admin", (self.address(*who),).into_val(env)),
            call => unreachable!("{call:?} is not of the escrow"),
        }
    }

    fn intrusion(&self, inner: Inner) -> (Contract, (&'static str, Vec<Val>)) {
        let env = self.env();
        let (ada, carol) = (self.address(Who::Ada), self.address(Who::Carol));
        let asset = self.asset(Asset::Usd);
        let repo = self.text("repo-1");
        let of_deal = (1_u32, 1_u32, repo, carol.clone());
        let of_deal = |last: Val| {
            let (bucket, deal, repo, consumer) = of_deal.clone();
            (bucket, deal, repo, consumer, 1_u64, 1_u64, last).into_val(env)
        };
        match inner {
            Inner::OpenAccount => {
                let account = OpenAccount {
                    deal_id: 1,
                    consumer: carol,
                    provider: ada,
                    asset,
                    page: 0,
                    fee_bps: 0,
                    amount: 1,
                };
                (Contract::Escrow, ("open", (account,).into_val(env)))
            }
            Inner::DepositInto => (
                Contract::Escrow,
                ("deposit", (1_u32, carol, 1_i128).into_val(env)),
            ),
            Inner::SettleBooks => {
                let book = BookPayments {
                    provider: ada,
                    asset,
                    page: 0,
                    payments: Vec::from_array(env, [(1, 1)]),
                };
                let books = Vec::from_array(env, [book]);
                (Contract::Escrow, ("settle", (books, true).into_val(env)))
            }
            Inner::RefundFrom => (Contract::Escrow, ("refund", (1_u32, 1_i128).into_val(env))),
            Inner::CloseAccount => {
                let args = (1_u32, 0_i128, 0_i128, true, true).into_val(env);
                (Contract::Escrow, ("close", args))
            }
            Inner::ReserveRoom => (Contract::Registry, ("reserve", of_deal(().into()))),
            Inner::ReleaseRoom => (Contract::Registry, ("release", of_deal(true.into()))),
            Inner::RecordOutcome => {
                let ending = Ending {
                    outcome: Outcome::CompletedClean,
                    closed_in_grace: false,
                    volume: 1,
                    fee: 1,
                    weight: 1,
                };
                let args = (1_u32, ada, carol, ending).into_val(env);
                (Contract::Reputation, ("record", args))
            }
        }
    }
}

fn published_policy(policy: &Policy) -> deals::Policy {
    deals::Policy {
        accept_window_secs: policy.accept_window_secs,
        fund_window_secs: policy.fund_window_secs,
        notice_secs: policy.notice_secs,
        grace_secs: policy.grace_secs,
        final_window_secs: policy.final_window_secs,
        silence_secs: policy.silence_secs,
        min_runway_secs: policy.min_runway_secs,
        min_fund: policy.min_fund,
        min_window_secs: policy.min_window_secs,
        critical_limit: policy.critical_limit,
        fee_bps: policy.fee_bps,
        sla: deals::SlaTiers {
            minor_uptime_bps: policy.sla.minor_uptime_bps,
            minor_latency_bps: policy.sla.minor_latency_bps,
            major_uptime_bps: policy.sla.major_uptime_bps,
            minor_credit_bps: policy.sla.minor_credit_bps,
            major_credit_bps: policy.sla.major_credit_bps,
            critical_credit_bps: policy.sla.critical_credit_bps,
        },
    }
}
