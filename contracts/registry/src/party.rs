//! Registering, updating and deleting providers and consumers. A deleted one makes no new deals;
//! registering again revives it under its old number, unless the owner removed it.

use flash_common::ensure;
use flash_interfaces::{
    registry::{
        ConsumerDeleted, ConsumerReadmitted, ConsumerRegistered, ConsumerUpdated, ProviderDeleted,
        ProviderReadmitted, ProviderRegistered, ProviderUpdated, RegistryError,
    },
    reputation::Role,
};
use soroban_sdk::{Address, Env, String};

use crate::{
    policy,
    storage::{self, Party},
};

/// A party that is registered and not deleted.
pub fn active(env: &Env, role: Role, id: &Address) -> Result<Party, RegistryError> {
    storage::party(env, role, id)
        .filter(|party| !party.deleted)
        .ok_or(match role {
            Role::Provider => RegistryError::ProviderNotFound,
            Role::Consumer => RegistryError::ConsumerNotFound,
        })
}

pub fn register(
    env: &Env,
    role: Role,
    id: Address,
    description: String,
) -> Result<(), RegistryError> {
    let former = former(env, role, &id)?;
    policy::check_description(&description)?;
    enter(env, role, id, former, description)
}

/// Registers both roles, or none when one of them is taken.
pub fn register_both(env: &Env, id: Address, description: String) -> Result<(), RegistryError> {
    let former_provider = former(env, Role::Provider, &id)?;
    let former_consumer = former(env, Role::Consumer, &id)?;
    policy::check_description(&description)?;
    enter(
        env,
        Role::Provider,
        id.clone(),
        former_provider,
        description.clone(),
    )?;
    enter(env, Role::Consumer, id, former_consumer, description)
}

pub fn update(
    env: &Env,
    role: Role,
    id: Address,
    description: String,
) -> Result<(), RegistryError> {
    let mut party = active(env, role, &id)?;
    policy::check_description(&description)?;
    party.description = description.clone();
    party.last_update_ts = env.ledger().timestamp();
    storage::set_party(env, role, &id, &party);
    match role {
        Role::Provider => ProviderUpdated {
            provider_id: id,
            description,
        }
        .publish(env),
        Role::Consumer => ConsumerUpdated {
            consumer_id: id,
            description,
        }
        .publish(env),
    }
    Ok(())
}

pub fn delete(env: &Env, role: Role, id: Address, by_owner: bool) -> Result<(), RegistryError> {
    let mut party = active(env, role, &id)?;
    ensure!(party.buckets == 0, RegistryError::ProviderHasBuckets);
    party.deleted = true;
    party.removed = by_owner;
    party.last_update_ts = env.ledger().timestamp();
    storage::set_party(env, role, &id, &party);
    match role {
        Role::Provider => ProviderDeleted {
            provider_id: id,
            by_owner,
        }
        .publish(env),
        Role::Consumer => ConsumerDeleted {
            consumer_id: id,
            by_owner,
        }
        .publish(env),
    }
    Ok(())
}

/// The tombstone to revive, if any; an error when the role is taken.
fn former(env: &Env, role: Role, id: &Address) -> Result<Option<Party>, RegistryError> {
    let former = storage::party(env, role, id);
    let taken = former.as_ref().is_some_and(|party| !party.deleted);
    ensure!(
        !taken,
        match role {
            Role::Provider => RegistryError::ProviderExists,
            Role::Consumer => RegistryError::ConsumerExists,
        }
    );
    let removed = former.as_ref().is_some_and(|party| party.removed);
    ensure!(!removed, RegistryError::PartyRemoved);
    Ok(former)
}

/// Lets a party that the owner removed register again.
pub fn readmit(env: &Env, role: Role, id: Address) -> Result<(), RegistryError> {
    let mut party = storage::party(env, role, &id)
        .filter(|party| party.removed)
        .ok_or(RegistryError::PartyNotRemoved)?;
    party.removed = false;
    party.last_update_ts = env.ledger().timestamp();
    storage::set_party(env, role, &id, &party);
    match role {
        Role::Provider => ProviderReadmitted { provider_id: id }.publish(env),
        Role::Consumer => ConsumerReadmitted { consumer_id: id }.publish(env),
    }
    Ok(())
}

fn enter(
    env: &Env,
    role: Role,
    id: Address,
    former: Option<Party>,
    description: String,
) -> Result<(), RegistryError> {
    let now = env.ledger().timestamp();
    match former {
        Some(mut party) => {
            party.description = description.clone();
            party.last_update_ts = now;
            party.deleted = false;
            storage::set_party(env, role, &id, &party);
        }
        None => {
            let party = Party {
                description: description.clone(),
                registered_ts: now,
                last_update_ts: now,
                deleted: false,
                removed: false,
                buckets: 0,
                buckets_made: 0,
            };
            storage::add_party(env, role, &id, &party)?;
        }
    }
    match role {
        Role::Provider => ProviderRegistered {
            provider_id: id,
            description,
        }
        .publish(env),
        Role::Consumer => ConsumerRegistered {
            consumer_id: id,
            description,
        }
        .publish(env),
    }
    Ok(())
}
