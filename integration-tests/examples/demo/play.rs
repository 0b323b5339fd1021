//! The play: a world, the deals in it, and how a day goes.

use flash_integration_tests::{
    bucket::LATENCY_MS, clock::START_TS, expected::Prices, Answer, Deal, Person, World, DAY, GB,
    HOUR, USD,
};
use flash_interfaces::{
    deals::{DealsError, Quote},
    reputation::Role,
};
use soroban_sdk::Error;

use crate::{
    cast::{Act, Wish},
    money::usd,
    scenes::LAST_DAY,
    story::Story,
};

/// People are up from eight.
const MORNING_SECS: u64 = 8 * HOUR;
/// The world's invariants are looked at every so many days, and at the end.
const INSPECTION_DAYS: u64 = 10;

pub struct Play {
    pub world: World,
    pub story: Story,
    pub acts: Vec<Act>,
    /// Everybody with a score, and the score before anything happened.
    pub parties: Vec<(Person, Role, u32)>,
    /// Reports and instructions of the costliest night.
    pub costliest_round: (usize, i64),
    /// Buckets, by provider's name.
    buckets: Vec<(&'static str, u32)>,
}

impl Play {
    /// Deploys the contracts, registers who is new, lists the buckets.
    pub fn new(wasm: &str) -> Self {
        let story = Story::new();
        story.say(&format!(
            "A marketplace of {LAST_DAY} days on the Wasm in {wasm}"
        ));
        let world = World::builder().checked_at_the_end().build();
        let mallory = (&world.mallory.address, world.text(world.mallory.name));
        world
            .by(&world.mallory)
            .registry::<()>("register_consumer", mallory)
            .expect("a new name");
        let at = &world.at;
        for (name, address) in [
            ("registry", &at.registry),
            ("deals", &at.deals),
            ("escrow", &at.escrow),
            ("reputation", &at.reputation),
        ] {
            story.say(&format!("  {name:<10}  {}", address.to_string()));
        }
        let buckets = list_buckets(&world);
        let parties = parties(&world);
        let play = Self {
            world,
            story,
            acts: Vec::new(),
            parties,
            costliest_round: (0, 0),
            buckets,
        };
        play.story.phase("What happened");
        play.introduce();
        play
    }

    fn introduce(&self) {
        for (name, bucket_id) in &self.buckets {
            let bucket = self.world.registry().get_bucket(bucket_id).expect("listed");
            let price = |price| usd(i128::try_from(price).expect("a price"));
            self.tell(&format!(
                "{name} lists {} GB: {} per GB and month, {} per GB sent, {} ms and {} agreed",
                bucket.max_storage_gb,
                price(bucket.price_per_gb_storage),
                price(bucket.price_per_gb_egress),
                bucket.sla_avg_latency_ms,
                percent(bucket.sla_avg_uptime_pct),
            ));
        }
    }

    /// The day that it is; midnight belongs to the day that it ends.
    pub fn day(&self) -> u64 {
        (self.world.now() - START_TS).div_ceil(DAY).max(1)
    }

    pub fn tell(&self, text: &str) {
        self.story.tell(self.day(), text);
    }

    pub fn morning(&self) {
        self.world.advance(MORNING_SECS);
        let day = self.day();
        self.story.progress(&format!("day {day} of {LAST_DAY}"));
    }

    /// The oracle's round at midnight, then whatever is due.
    pub fn night(&mut self) {
        self.world.advance_to(START_TS + self.day() * DAY);
        self.nightly_round();
        self.keep_house();
        if self.day().is_multiple_of(INSPECTION_DAYS) {
            self.world.check();
        }
    }

    pub fn act(&self, name: &str) -> &Act {
        let act = self.acts.iter().find(|act| act.name == name);
        act.unwrap_or_else(|| panic!("no deal is called {name}"))
    }

    fn bucket_of(&self, provider: &Person) -> u32 {
        let bucket = self.buckets.iter().find(|(name, _)| *name == provider.name);
        bucket.expect("every provider lists one").1
    }

    /// What a wish would cost, for its days or for others.
    pub fn quote(&self, wish: &Wish, days: u64) -> Quote {
        let (storage_mb, egress_mb) = (wish.storage_gb * GB, wish.egress_gb * GB);
        let bucket_id = self.bucket_of(&wish.provider);
        let deals = self.world.deals();
        deals.get_quote(&bucket_id, &(days * DAY), &storage_mb, &egress_mb)
    }

    /// The consumer asks for a deal.
    pub fn ask(&mut self, wish: Wish) -> Deal {
        let deal = self
            .world
            .deal()
            .provider(&wish.provider)
            .consumer(&wish.consumer)
            .bucket(self.bucket_of(&wish.provider))
            .storage_gb(wish.storage_gb)
            .egress_gb(wish.egress_gb)
            .days(wish.days)
            .repo(wish.name)
            .created();
        self.acts.push(Act {
            name: wish.name,
            deal: deal.clone(),
            habit: wish.habit,
            over: false,
        });
        deal
    }

    /// The consumer asks, the provider accepts, the consumer deposits money for so many days.
    pub fn open(&mut self, wish: Wish, paid_days: u64) {
        let (whole, deposit) = (self.quote(&wish, wish.days), self.quote(&wish, paid_days));
        let (consumer, provider) = (wish.consumer.name, wish.provider.name);
        let size = format!(
            "{} GB and {} GB of egress for {} days",
            wish.storage_gb, wish.egress_gb, wish.days
        );
        let name = wish.name;
        let deal = self.ask(wish);
        done("accept", self.world.accept(&deal));
        done("fund", self.world.fund(&deal, deposit.price));
        let (price, deposit) = (usd(whole.price), usd(deposit.price));
        let money = if paid_days == deal_days(&deal) {
            format!("deposits all that it can cost, {price}")
        } else {
            format!("deposits {deposit}, which lasts {paid_days} days, of {price}")
        };
        self.tell(&format!(
            "{consumer} opens {name} with {provider}: {size}; {money}"
        ));
    }
}

fn deal_days(deal: &Deal) -> u64 {
    u64::try_from(deal.agreed.duration_secs).expect("a duration") / DAY
}

/// One shared bucket a provider.
fn list_buckets(world: &World) -> Vec<(&'static str, u32)> {
    let dearer = Prices {
        storage: 3 * USD / 200,
        egress: USD / 50,
    };
    let ada = world.bucket(&world.ada).shared(100_000, 100_000).listed();
    let bert = world
        .bucket(&world.bert)
        .prices(dearer)
        .sla(3 * LATENCY_MS / 4, 9_995)
        .shared(50_000, 50_000)
        .listed();
    vec![(world.ada.name, ada), (world.bert.name, bert)]
}

fn parties(world: &World) -> Vec<(Person, Role, u32)> {
    let providers = [&world.ada, &world.bert].map(|person| (person, Role::Provider));
    let consumers =
        [&world.carol, &world.dan, &world.mallory].map(|person| (person, Role::Consumer));
    let everybody = providers.into_iter().chain(consumers);
    everybody
        .map(|(person, role)| (person.clone(), role, world.score(person, role)))
        .collect()
}

/// What must succeed.
pub fn done<T>(what: &str, answer: Answer<T>) -> T {
    answer.unwrap_or_else(|error| panic!("{what} was refused: {error:?}"))
}

/// What must be refused for this reason; the reason.
pub fn refused<T>(what: &str, answer: Answer<T>, reason: DealsError) -> String {
    match answer {
        Err(error) if error == Error::from(reason) => format!("{reason:?}"),
        Err(error) => panic!("{what} was refused for {error:?}, not for {reason:?}"),
        Ok(_) => panic!("{what} was not refused"),
    }
}

pub fn percent(bps: u32) -> String {
    format!("{}.{:02} %", bps / 100, bps % 100)
}
