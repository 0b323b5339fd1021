//! A builder for deals, and the actions of their parties.

use flash_interfaces::deals::{self, Advance, DealRequest, DealStatus, EndReason, Health, Meter};
use soroban_sdk::{vec, String};

use crate::{
    bucket::API,
    expected::{Agreed, Prices},
    people::Person,
    Answer, World, DAY, GB,
};

/// A deal of this world: its parties and its terms.
#[derive(Clone)]
pub struct Deal {
    pub id: u32,
    pub provider: Person,
    pub consumer: Person,
    pub bucket_id: u32,
    pub repo_id: String,
    pub agreed: Agreed,
}

/// A deal to create. By default: 100 GB and 50 GB of egress for 30 days, between Ada and Carol, on
/// a new exclusive bucket of the provider, funded with its quote (or the minimum deposit if that is
/// higher).
pub struct DealBuilder<'a> {
    world: &'a World,
    provider: Person,
    consumer: Person,
    bucket_id: Option<u32>,
    storage_mb: u64,
    egress_mb: u64,
    duration_secs: u64,
    deposit: Option<i128>,
    repo_id: Option<String>,
    succeeds: Option<u32>,
}

impl World {
    pub fn deal(&self) -> DealBuilder<'_> {
        DealBuilder {
            world: self,
            provider: self.ada.clone(),
            consumer: self.carol.clone(),
            bucket_id: None,
            storage_mb: 100 * GB,
            egress_mb: 50 * GB,
            duration_secs: 30 * DAY,
            deposit: None,
            repo_id: None,
            succeeds: None,
        }
    }
}

impl DealBuilder<'_> {
    pub fn provider(mut self, provider: &Person) -> Self {
        self.provider = provider.clone();
        self
    }

    pub fn consumer(mut self, consumer: &Person) -> Self {
        self.consumer = consumer.clone();
        self
    }

    /// On a bucket that is already listed.
    pub fn bucket(mut self, bucket_id: u32) -> Self {
        self.bucket_id = Some(bucket_id);
        self
    }

    pub fn storage_gb(mut self, gb: u64) -> Self {
        self.storage_mb = gb * GB;
        self
    }

    pub fn egress_gb(mut self, gb: u64) -> Self {
        self.egress_mb = gb * GB;
        self
    }

    pub fn days(mut self, days: u64) -> Self {
        self.duration_secs = days * DAY;
        self
    }

    /// The first deposit in whole dollars.
    pub fn deposit_usd(self, usd: i128) -> Self {
        self.deposit(usd * crate::USD)
    }

    pub fn deposit(mut self, amount: i128) -> Self {
        self.deposit = Some(amount);
        self
    }

    pub fn repo(mut self, repo_id: &str) -> Self {
        self.repo_id = Some(self.world.text(repo_id));
        self
    }

    /// To replace a deal: with its parties, bucket and repository, at the offer as it is now.
    pub fn succeeding(mut self, deal: &Deal) -> Self {
        self.succeeds = Some(deal.id);
        self.repo_id = Some(deal.repo_id.clone());
        self.provider(&deal.provider)
            .consumer(&deal.consumer)
            .bucket(deal.bucket_id)
    }

    /// Creates the deal; returns the contract's answer.
    pub fn try_created(&self, bucket_id: u32) -> Answer<u32> {
        if self.succeeds.is_some() {
            return self.try_created_as_successor(bucket_id);
        }
        let world = self.world;
        world.by(&self.consumer).deals(
            "create_deal",
            (
                &self.consumer.address,
                &self.provider.address,
                bucket_id,
                world.text(""),
                self.duration_secs,
                self.storage_mb,
                self.egress_mb,
                world.text(API),
            ),
        )
    }

    fn try_created_as_successor(&self, bucket_id: u32) -> Answer<u32> {
        let world = self.world;
        let bucket = world.registry().get_bucket(&bucket_id);
        let request = DealRequest {
            provider_id: self.provider.address.clone(),
            bucket_id,
            fb_repo_id: world.text(""),
            duration_secs: self.duration_secs,
            agreed_storage_mb: self.storage_mb,
            agreed_egress_mb: self.egress_mb,
            api_compatibility: world.text(API),
            max_price_storage: u128::MAX,
            max_price_egress: u128::MAX,
            policy_version: world.deals().get_config().policy_version,
            offer_revision: bucket.map_or(0, |bucket| bucket.offer_revision),
            succeeds: self.succeeds,
        };
        world
            .by(&self.consumer)
            .deals("create_deal_at", (&self.consumer.address, request))
    }

    pub fn created(self) -> Deal {
        let world = self.world;
        let listed = || world.bucket(&self.provider).listed();
        let bucket_id = self.bucket_id.unwrap_or_else(listed);
        let id = self.try_created(bucket_id).expect("created");
        let default_repo = world.text(&format!("repo-{id}"));
        Deal {
            id,
            agreed: world.agreed(id),
            bucket_id,
            repo_id: self.repo_id.unwrap_or(default_repo),
            provider: self.provider,
            consumer: self.consumer,
        }
    }

    pub fn accepted(self) -> Deal {
        let world = self.world;
        let deal = self.created();
        // On a bucket that accepts automatically there is nothing left to accept.
        if world.status(&deal) == DealStatus::Pending {
            world.accept(&deal).expect("accepted");
        }
        deal
    }

    pub fn funded(self) -> Deal {
        let (world, deposit) = (self.world, self.deposit);
        let deal = self.accepted();
        let amount = deposit.unwrap_or_else(|| deal.agreed.quote().max(deal.agreed.min_fund()));
        world.fund(&deal, amount).expect("funded");
        deal
    }
}

/// Actions of the parties and of others.
impl World {
    pub fn accept(&self, deal: &Deal) -> Answer {
        self.as_provider(deal, "set_deal_accepted")
    }

    pub fn reject(&self, deal: &Deal) -> Answer {
        self.as_provider(deal, "set_deal_rejected")
    }

    /// Ends an unfunded deal; gives notice on a funded one.
    pub fn cancel(&self, deal: &Deal) -> Answer {
        self.as_provider(deal, "set_deal_cancelled")
    }

    fn as_provider(&self, deal: &Deal, command: &str) -> Answer {
        let args = (&deal.provider.address, &deal.consumer.address, deal.id);
        self.by(&deal.provider).deals(command, args)
    }

    pub fn withdraw_deal(&self, deal: &Deal) -> Answer {
        let args = (&deal.consumer.address, deal.id);
        self.by(&deal.consumer).deals("withdraw_deal", args)
    }

    pub fn fund(&self, deal: &Deal, amount: i128) -> Answer {
        self.fund_as(deal, amount, &deal.repo_id)
    }

    /// Funds the deal with another repository id.
    pub fn fund_as(&self, deal: &Deal, amount: i128, repo_id: &String) -> Answer {
        let (consumer, provider) = (&deal.consumer.address, &deal.provider.address);
        let args = (consumer, provider, deal.id, unsigned(amount), repo_id);
        let answer = self
            .by(&deal.consumer)
            .deals_pulling("set_deal_funded", args, amount);
        let terms = self.deals().get_deal_terms(&deal.id);
        if let (Ok(()), Some(replaced)) = (&answer, terms.and_then(|terms| terms.succeeds)) {
            self.history.borrow_mut().freed.insert(replaced);
        }
        answer
    }

    pub fn deposit(&self, deal: &Deal, amount: i128) -> Answer {
        let (consumer, provider) = (&deal.consumer.address, &deal.provider.address);
        let args = (consumer, provider, deal.id, unsigned(amount));
        self.by(&deal.consumer)
            .deals_pulling("deposit_to_deal", args, amount)
    }

    pub fn sponsor(&self, from: &Person, deal: &Deal, amount: i128) -> Answer {
        let args = (&from.address, deal.id, unsigned(amount));
        self.by(from).deals_pulling("sponsor_deal", args, amount)
    }

    pub fn reduce(&self, deal: &Deal, amount: i128) -> Answer {
        let args = (&deal.consumer.address, deal.id, unsigned(amount));
        self.by(&deal.consumer).deals("reduce_deposit", args)
    }

    pub fn complete(&self, deal: &Deal) -> Answer {
        let args = (&deal.consumer.address, &deal.provider.address, deal.id);
        let answer = self.by(&deal.consumer).deals("set_deal_completed", args);
        if answer.is_ok() {
            self.history.borrow_mut().freed.insert(deal.id);
        }
        answer
    }

    pub fn close(&self, deal: &Deal) -> Answer {
        let args = (&deal.consumer.address, deal.id);
        self.by(&deal.consumer).deals("close_deal", args)
    }

    /// Takes the next step that is due, as anyone may; returns which it was.
    pub fn step(&self, deal: &Deal) -> Advance {
        let code = self
            .unsigned()
            .deals::<u32>("advance_deal", (deal.id,))
            .expect("a deal");
        let step = advance(code);
        if step == Advance::CapacityFreed {
            self.history.borrow_mut().freed.insert(deal.id);
        }
        step
    }

    /// Takes all steps that are due, as anyone may; returns them.
    pub fn steps(&self, deal: &Deal) -> Vec<Advance> {
        std::iter::repeat_with(|| self.step(deal))
            .take_while(|step| *step != Advance::NothingDue)
            .collect()
    }

    pub fn delete(&self, deal: &Deal) -> Answer {
        let args = (&deal.consumer.address, &deal.provider.address, deal.id);
        let answer = self.as_owner().deals("delete_deal", args);
        if answer.is_ok() {
            self.history.borrow_mut().deleted.insert(deal.id);
        }
        answer
    }
}

/// Queries about a deal.
impl World {
    /// The deal in the format of the published client.
    pub fn get(&self, deal: &Deal) -> deals::Deal {
        let (consumer, provider) = (&deal.consumer.address, &deal.provider.address);
        self.deals()
            .get_deal(consumer, provider, &deal.id)
            .expect("a deal")
    }

    pub fn status(&self, deal: &Deal) -> DealStatus {
        self.get(deal).status
    }

    /// The status of the deal and why it ended.
    pub fn end(&self, deal: &Deal) -> (DealStatus, EndReason) {
        let deal = self.get(deal);
        (deal.status, deal.reason)
    }

    pub fn meter(&self, deal: &Deal) -> Meter {
        self.deals()
            .get_meters(&vec![&self.env, deal.id])
            .get(0)
            .flatten()
            .expect("a funded deal")
    }

    pub fn health(&self, deal: &Deal) -> Health {
        self.deals().get_deal_health(&deal.id).expect("a live deal")
    }

    /// The terms of a deal, for comparison.
    fn agreed(&self, deal_id: u32) -> Agreed {
        let terms = self.deals().get_deal_terms(&deal_id).expect("a deal");
        let policy = self.deals().get_policy(&terms.policy_version);
        let price = |price: u128| i128::try_from(price).expect("a price");
        Agreed::new(
            Prices {
                storage: price(terms.price_per_gb_storage),
                egress: price(terms.price_per_gb_egress),
            },
            terms.agreed_storage_mb,
            terms.agreed_egress_mb,
            terms.duration_secs,
            &policy.expect("the deal's policy"),
        )
    }
}

/// Money as the published client passes it, which cannot be negative.
pub fn unsigned(amount: i128) -> u128 {
    u128::try_from(amount).expect("an amount")
}

/// The step with this code.
fn advance(code: u32) -> Advance {
    [
        Advance::NothingDue,
        Advance::Expired,
        Advance::Closed,
        Advance::Released,
        Advance::CapacityFreed,
        Advance::OutcomeWritten,
    ]
    .into_iter()
    .find(|step| *step as u32 == code)
    .expect("a known step")
}
