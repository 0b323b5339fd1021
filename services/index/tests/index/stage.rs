//! A market with an index on each database.

use crate::world::{catch_up, tables, World};
use flash_base_testkit::{databases, Database};
use flash_index::{follow::Follower, snapshot::Snapshot};

pub struct Stage {
    pub world: World,
    pub followers: Vec<Follower>,
    _databases: Vec<Database>,
}

impl Stage {
    pub async fn open() -> Self {
        Self::of(World::new().await, &[]).await
    }

    /// A market whose index is set to more than the usual.
    pub async fn of(world: World, settings: &[&str]) -> Self {
        let databases = databases();
        let mut followers = Vec::new();
        for database in &databases {
            // What changes by the clock is looked at in every round here.
            let usual = ["follow.facts_every_secs=1", "follow.page_events=3"];
            let set = [&usual, settings].concat();
            followers.push(world.follower(&database.url, &set).await);
        }
        Self {
            world,
            followers,
            _databases: databases,
        }
    }

    /// The tables are what the queries say. They are asked once, and hold for both databases.
    pub async fn check(&self, what: &str) {
        let chain = &self.followers[0].chain;
        for follower in &self.followers {
            catch_up(follower).await;
        }
        let queried = Snapshot::of_queries(chain, &Snapshot::default(), 0, &|_, _, _| ()).await;
        let queried = queried.unwrap();
        for follower in &self.followers {
            let found = tables(follower).await.differences(&queried);
            assert!(found.is_empty(), "after {what}:\n{}", found.join("\n"));
        }
    }
}
