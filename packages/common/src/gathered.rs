//! Vectors that are handed to the host in one piece. Each `push_back` on a host's vector makes the
//! host copy the whole vector.

use core::marker::PhantomData;

use arrayvec::ArrayVec;
// `EnvBase` is what the SDK's own macros make vectors with.
use soroban_sdk::{Env, EnvBase, FromVal, IntoVal, TryFromVal, Val, Vec};

/// At most `N` items in linear memory, for a vector of the host.
pub struct Gathered<T, const N: usize> {
    items: ArrayVec<Val, N>,
    item: PhantomData<T>,
}

impl<T: IntoVal<Env, Val>, const N: usize> Default for Gathered<T, N> {
    // Inlined, so that it is built in its final place and not copied.
    #[inline(always)]
    fn default() -> Self {
        Self {
            items: ArrayVec::new_const(),
            item: PhantomData,
        }
    }
}

impl<T: IntoVal<Env, Val>, const N: usize> Gathered<T, N> {
    /// Adds an item; `None` when there is no room for it.
    #[inline(always)]
    pub fn push(&mut self, env: &Env, item: &T) -> Option<()> {
        self.items.try_push(item.into_val(env)).ok()
    }

    /// The items as host values.
    pub fn as_slice(&self) -> &[Val] {
        &self.items
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn to_vec(&self, env: &Env) -> Vec<T>
    where
        T: TryFromVal<Env, Val>,
    {
        let Ok(vec) = env.vec_new_from_slice(&self.items);
        Vec::from_val(env, &vec.to_val())
    }
}

#[cfg(test)]
mod tests {
    use soroban_sdk::vec;

    use super::*;

    #[test]
    fn items_come_out_in_order_and_no_more_than_fit_go_in() {
        let env = Env::default();
        let mut gathered = Gathered::<(u32, i128), 2>::default();
        assert!(gathered.is_empty());
        assert_eq!(gathered.to_vec(&env), vec![&env]);
        assert!(gathered.push(&env, &(1, -7)).is_some());
        assert!(!gathered.is_empty());
        assert_eq!(gathered.to_vec(&env), vec![&env, (1, -7)]);
        assert!(gathered.push(&env, &(2, i128::MAX)).is_some());
        assert!(gathered.push(&env, &(3, 0)).is_none());
        assert_eq!(gathered.to_vec(&env), vec![&env, (1, -7), (2, i128::MAX)]);
    }
}
