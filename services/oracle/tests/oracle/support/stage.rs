//! A world with one bucket, the program's configuration and its database, and days that go by.

use super::{all_up, load, Daemon, Database, Truth, World, DAY};
use flash_base::{db::Db, settings::Settings};
use flash_oracle::MIGRATIONS;
use flash_oracle::{config::Config, ingest::Ingest};
use std::path::Path;

pub const BUCKET: &str = "bucket-1";
pub const MB: i64 = 1 << 20;

pub struct Stage {
    pub world: World,
    pub daemon: Daemon,
    pub ingest: Ingest,
    pub db: Db,
    pub truth: Truth,
    pub bucket: u32,
    pub database: Database,
}

impl Stage {
    pub async fn new() -> Self {
        Self::on(World::new().await).await
    }

    pub async fn on(world: World) -> Self {
        let database = Database::sqlite();
        let daemon = Daemon::new(&world, &database.url, &world.network.url());
        let db = Db::open(&database.url, MIGRATIONS).await.unwrap();
        let (ingest, _) = Ingest::start(db.clone(), 8);
        let bucket = world.bucket(BUCKET).await;
        Self {
            world,
            daemon,
            ingest,
            db,
            truth: Truth::default(),
            bucket,
            database,
        }
    }

    pub async fn deal(&self, repo: &str, days: u64) -> u32 {
        self.world.deal(self.bucket, repo, days, 1_000, 1_000).await
    }

    /// A day goes by; every repo stores 10 MB more and sends 5.
    pub async fn day(&mut self, repos: &[&str]) {
        let from = self.world.now().await;
        self.world.advance(DAY).await;
        let to = self.world.now().await;
        let mut samples = Vec::new();
        for repo in repos {
            let sent = u64::try_from(5 * MB).unwrap();
            let sample = self
                .truth
                .used(&self.world, (BUCKET, repo), from + 10, sent, 10 * MB);
            samples.push(sample);
        }
        self.ingest
            .write(load(samples, all_up(BUCKET, from, to)))
            .await
            .unwrap();
    }

    pub async fn once(&self) -> String {
        self.daemon.output(&["once"]).await
    }

    pub fn oracle(&self, settings: &[&str]) -> Config {
        let all = self.daemon.settings.iter().cloned();
        let set: Vec<_> = all
            .chain(settings.iter().map(|one| (*one).to_owned()))
            .collect();
        Config::load(Path::new(&self.daemon.config), std::iter::empty(), &set).unwrap()
    }
}

pub fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find(|line| line.starts_with(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {text}"));
    line.split_whitespace().last().unwrap().parse().unwrap()
}
