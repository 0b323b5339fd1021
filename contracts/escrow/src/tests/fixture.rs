//! A world with an escrow, a real Stellar Asset Contract, and people.

extern crate std;

use std::vec::Vec as StdVec;

use flash_interfaces::escrow::{Account, BookPayments, EscrowError, OpenAccount};
use soroban_sdk::{
    testutils::{
        storage::Persistent as _, Address as _, AuthorizedFunction, Events as _, IssuerFlags,
        MockAuth, MockAuthInvoke, StellarAssetContract,
    },
    token::{StellarAssetClient, TokenClient},
    Address, Env, Error, IntoVal, InvokeError, MuxedAddress, Symbol, Val, Vec,
};

use crate::{testutils::realistic_env, Escrow, EscrowClient};

pub const USD: i128 = 1_0000000;
pub const UPGRADE_DELAY_SECS: u64 = 21 * 86_400;
pub const FEE_BPS: u32 = 200;

/// What a `try_` call of the escrow answers.
pub type Answer<T, C = soroban_sdk::ConversionError> =
    Result<Result<T, C>, Result<EscrowError, InvokeError>>;

pub struct World {
    pub env: Env,
    pub owner: Address,
    pub deals: Address,
    pub consumer: Address,
    pub provider: Address,
    pub stranger: Address,
    pub sac: StellarAssetContract,
    pub asset: Address,
    pub escrow: Address,
}

impl World {
    pub fn new() -> Self {
        let env = realistic_env();
        // As of the live networks' issuers that can claw back.
        let sac = env.register_stellar_asset_contract_v2(Address::generate(&env));
        sac.issuer().set_flag(IssuerFlags::RevocableFlag);
        sac.issuer().set_flag(IssuerFlags::ClawbackEnabledFlag);
        let asset = sac.address();
        Self::with_asset(env, sac, asset)
    }

    /// A world whose stable asset is any token.
    pub fn with_asset(env: Env, sac: StellarAssetContract, asset: Address) -> Self {
        let [owner, deals, consumer, provider, stranger] =
            core::array::from_fn(|_| Address::generate(&env));
        let escrow = env.register(Escrow, (&owner, &deals, &asset, UPGRADE_DELAY_SECS));
        Self {
            env,
            owner,
            deals,
            consumer,
            provider,
            stranger,
            sac,
            asset,
            escrow,
        }
    }

    pub fn client(&self) -> EscrowClient<'_> {
        EscrowClient::new(&self.env, &self.escrow)
    }

    pub fn token(&self) -> TokenClient<'_> {
        TokenClient::new(&self.env, &self.asset)
    }

    /// The asset's administrator at work; its signature is not what is tested.
    pub fn as_issuer(&self, act: impl FnOnce(&StellarAssetClient)) {
        let issuer = StellarAssetClient::new(&self.env, &self.sac.address());
        act(&issuer.mock_all_auths());
        self.env.set_auths(&[]);
    }

    pub fn mint(&self, to: &Address, amount: i128) {
        self.as_issuer(|issuer| issuer.mint(to, &amount));
    }

    pub fn claw_back(&self, amount: i128) {
        self.as_issuer(|issuer| issuer.clawback(&self.escrow, &amount));
    }

    /// Signs exactly one call of the escrow.
    pub fn signed(
        &self,
        who: &Address,
        fn_name: &str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) -> EscrowClient<'_> {
        self.signed_with(who, fn_name, args, &[])
    }

    fn signed_with(
        &self,
        who: &Address,
        fn_name: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        sub_invokes: &[MockAuthInvoke],
    ) -> EscrowClient<'_> {
        let invoke = MockAuthInvoke {
            contract: &self.escrow,
            fn_name,
            args: args.into_val(&self.env),
            sub_invokes,
        };
        self.env.mock_auths(&[MockAuth {
            address: who,
            invoke: &invoke,
        }]);
        self.client()
    }

    /// Signs a call of `deals` and the transfer of the money that it pulls: in the whole system the
    /// transfer is a part of what the payer signed for `deals`.
    fn signed_pull(
        &self,
        fn_name: &str,
        args: impl IntoVal<Env, Vec<Val>>,
        token: &Address,
        (from, amount): (&Address, i128),
    ) -> EscrowClient<'_> {
        let call = MockAuthInvoke {
            contract: &self.escrow,
            fn_name,
            args: args.into_val(&self.env),
            sub_invokes: &[],
        };
        let transfer = MockAuthInvoke {
            contract: token,
            fn_name: "transfer",
            args: (from, &self.escrow, amount).into_val(&self.env),
            sub_invokes: &[],
        };
        self.env.mock_auths(&[
            MockAuth {
                address: &self.deals,
                invoke: &call,
            },
            MockAuth {
                address: from,
                invoke: &transfer,
            },
        ]);
        self.client()
    }

    pub fn account(&self, deal_id: u32, amount: i128) -> OpenAccount {
        OpenAccount {
            deal_id,
            consumer: self.consumer.clone(),
            provider: self.provider.clone(),
            asset: self.asset.clone(),
            page: 0,
            fee_bps: FEE_BPS,
            amount,
        }
    }

    pub fn try_open(&self, account: &OpenAccount) -> Answer<()> {
        let pulled = (&account.consumer, account.amount);
        self.signed_pull("open", (account,), &account.asset, pulled)
            .try_open(account)
    }

    /// Mints what is needed and opens.
    pub fn open(&self, deal_id: u32, amount: i128) -> OpenAccount {
        let account = self.account(deal_id, amount);
        self.open_account(&account);
        account
    }

    pub fn open_account(&self, account: &OpenAccount) {
        self.mint(&account.consumer, account.amount);
        assert_eq!(self.try_open(account), Ok(Ok(())));
    }

    pub fn try_deposit(&self, deal_id: u32, from: &Address, amount: i128) -> Answer<()> {
        self.signed_pull(
            "deposit",
            (deal_id, from, amount),
            &self.asset,
            (from, amount),
        )
        .try_deposit(&deal_id, from, &amount)
    }

    pub fn book(&self, page: u32, payments: &[(u32, i128)]) -> BookPayments {
        self.book_of(&self.provider, page, payments)
    }

    pub fn book_of(&self, provider: &Address, page: u32, payments: &[(u32, i128)]) -> BookPayments {
        BookPayments {
            provider: provider.clone(),
            asset: self.asset.clone(),
            page,
            payments: Vec::from_slice(&self.env, payments),
        }
    }

    pub fn try_settle(&self, books: &[BookPayments], push: bool) -> Answer<()> {
        let books = Vec::from_slice(&self.env, books);
        self.signed(&self.deals, "settle", (&books, push))
            .try_settle(&books, &push)
    }

    /// Pays one deal on page 0.
    pub fn settle(&self, deal_id: u32, gross: i128) {
        assert_eq!(
            self.try_settle(&[self.book(0, &[(deal_id, gross)])], false),
            Ok(Ok(()))
        );
    }

    pub fn try_refund(&self, deal_id: u32, amount: i128) -> Answer<()> {
        self.signed(&self.deals, "refund", (deal_id, amount))
            .try_refund(&deal_id, &amount)
    }

    pub fn try_close(
        &self,
        deal_id: u32,
        (pay, refund): (i128, i128),
        release: bool,
        push: bool,
    ) -> Answer<()> {
        let args = (deal_id, pay, refund, release, push);
        self.signed(&self.deals, "close", args)
            .try_close(&deal_id, &pay, &refund, &release, &push)
    }

    /// A withdrawal that takes whatever share there is.
    pub fn try_withdraw(&self, who: &Address, to: &Address, amount: i128) -> Answer<i128, Error> {
        self.try_withdraw_to(who, &to.into(), amount, 0)
    }

    pub fn try_withdraw_to(
        &self,
        who: &Address,
        to: &MuxedAddress,
        amount: i128,
        min_paid: i128,
    ) -> Answer<i128, Error> {
        self.signed(who, "withdraw", (who, &self.asset, to, amount, min_paid))
            .try_withdraw(who, &self.asset, to, &amount, &min_paid)
    }

    pub fn try_push(&self, who: &Address) -> Answer<i128, Error> {
        self.env.set_auths(&[]);
        self.client().try_push(who, &self.asset)
    }

    pub fn get(&self, deal_id: u32) -> Account {
        self.client().get_account(&deal_id).expect("an account")
    }

    pub fn claimable(&self, who: &Address) -> i128 {
        self.client().get_claimable(who, &self.asset)
    }

    /// (locked, claimable, fees, surplus) of the asset.
    pub fn owed(&self) -> (i128, i128, i128, i128) {
        let s = self.client().get_solvency(&self.asset);
        (s.locked, s.claimable, s.fees, s.surplus)
    }

    /// The escrow's persistent entries; the environment lists those of every contract.
    pub fn entries(&self) -> StdVec<(Val, Val)> {
        self.env.as_contract(&self.escrow, || {
            let stored = self.env.storage().persistent();
            let own = |entry: &(Val, Val)| stored.has(&entry.0);
            stored.all().iter().filter(own).collect()
        })
    }

    /// The escrow's own events of the last call, as they were published.
    pub fn events(&self) -> StdVec<soroban_sdk::xdr::ContractEvent> {
        let all = self.env.events().all().filter_by_contract(&self.escrow);
        all.events().to_vec()
    }

    /// Asserts that the last call needed exactly one signature, of `who` for this call.
    pub fn assert_only_auth(
        &self,
        who: &Address,
        fn_name: &str,
        args: impl IntoVal<Env, Vec<Val>>,
    ) {
        let auths = self.env.auths();
        assert_eq!(auths.len(), 1, "{auths:?}");
        assert_eq!(&auths[0].0, who);
        assert_eq!(
            auths[0].1.function,
            AuthorizedFunction::Contract((
                self.escrow.clone(),
                Symbol::new(&self.env, fn_name),
                args.into_val(&self.env),
            ))
        );
        assert!(auths[0].1.sub_invocations.is_empty());
    }

    pub fn people(&self, n: usize) -> StdVec<Address> {
        (0..n).map(|_| Address::generate(&self.env)).collect()
    }
}

/// The typed error of an answer.
pub fn refused<T, C>(error: EscrowError) -> Answer<T, C> {
    Err(Ok(error))
}

/// Whether a call failed for want of a signature.
pub fn unauthorised<T, C>(answer: &Answer<T, C>) -> bool {
    matches!(answer, Err(Err(InvokeError::Abort)))
}

/// A raw answer of an administrative call.
pub type RawAnswer<T> = Result<Result<T, soroban_sdk::ConversionError>, Result<Error, InvokeError>>;
