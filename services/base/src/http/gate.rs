//! Counts what is open, in all and of one address.

use super::address::network_of;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A count with limits; clones share it.
#[derive(Clone)]
pub(super) struct Gate {
    open: Arc<Mutex<Open>>,
    max_all: usize,
    max_address: usize,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Given back when it is dropped.
pub(super) struct Place {
    gate: Gate,
    address: IpAddr,
}

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    All,
    Address,
}

impl Full {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Address => "address",
        }
    }
}

impl Gate {
    pub(super) fn new(max_all: usize, max_address: usize) -> Self {
        Self {
            open: Arc::default(),
            max_all,
            max_address,
        }
    }

    pub(super) fn enter(&self, address: IpAddr) -> Result<Place, Full> {
        let address = network_of(address);
        let mut open = self.lock();
        if open.all >= self.max_all {
            return Err(Full::All);
        }
        let of_address = open.by_address.entry(address).or_default();
        if *of_address >= self.max_address {
            return Err(Full::Address);
        }
        *of_address += 1;
        open.all += 1;
        Ok(Place {
            gate: self.clone(),
            address,
        })
    }

    pub(super) fn open(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.gate.lock();
        open.all = open.all.saturating_sub(1);
        if let Some(of_address) = open.by_address.get_mut(&self.address) {
            *of_address = of_address.saturating_sub(1);
            if *of_address == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_leaves_room_for_others_and_places_come_back() {
        let gate = Gate::new(3, 2);
        let (first, second) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let places = [gate.enter(first).unwrap(), gate.enter(first).unwrap()];
        assert_eq!(gate.enter(first).err(), Some(Full::Address));
        let other = gate.enter(second).unwrap();
        assert_eq!(gate.enter([10, 0, 0, 3].into()).err(), Some(Full::All));
        drop((places, other));
        assert_eq!(gate.open(), 0);
        assert!(gate.lock().by_address.is_empty());
    }
}
