//! Classic accounts for tests: with trustlines, limits and real signatures.
//!
//! `Address::generate` makes contract addresses, whose balances no trustline limits; the parties of
//! a real network are mostly classic accounts.

extern crate std;

use std::{rc::Rc, vec};

use ed25519_dalek::{Signer, SigningKey};
use soroban_sdk::{
    testutils::{EnvTestConfig, Ledger, MockAuthInvoke, StellarAssetContract},
    xdr::{
        AccountEntry, AccountEntryExt, AccountId, Asset, BytesM, Hash, HashIdPreimage,
        HashIdPreimageSorobanAuthorization, LedgerEntry, LedgerEntryData, LedgerEntryExt,
        LedgerKey, LedgerKeyAccount, LedgerKeyTrustLine, Limits, PublicKey, ScAddress, ScBytes,
        ScMap, ScSymbol, ScVal, ScVec, SequenceNumber, SorobanAddressCredentials,
        SorobanAuthorizationEntry, SorobanAuthorizedInvocation, SorobanCredentials, Thresholds,
        TrustLineAsset, TrustLineEntry, TrustLineEntryExt, Uint256, WriteXdr,
    },
    Address, Env, TryIntoVal,
};

/// A ledger as of the live networks: zero would hide underflow.
pub fn realistic_env() -> Env {
    // Snapshots of every test's ledger would be files that nobody reads.
    let env = Env::new_with_config(EnvTestConfig {
        capture_snapshot_at_drop: false,
    });
    env.ledger().with_mut(|ledger| {
        ledger.sequence_number = 1_000_001;
        ledger.timestamp = 1_700_000_001;
        ledger.min_persistent_entry_ttl = 120 * 17_280;
        ledger.max_entry_ttl = 180 * 17_280;
    });
    env
}

/// A classic account that signs for itself.
pub struct ClassicAccount {
    env: Env,
    key: SigningKey,
    id: AccountId,
    address: Address,
}

/// What a trustline allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Trust {
    pub balance: i64,
    pub limit: i64,
    pub authorized: bool,
    pub clawback: bool,
}

impl Default for Trust {
    fn default() -> Self {
        Self {
            balance: 0,
            limit: i64::MAX,
            authorized: true,
            clawback: false,
        }
    }
}

impl Trust {
    fn flags(self) -> u32 {
        const AUTHORIZED: u32 = 1;
        const CLAWBACK_ENABLED: u32 = 4;
        let flag = |set: bool, bit: u32| if set { bit } else { 0 };
        flag(self.authorized, AUTHORIZED) | flag(self.clawback, CLAWBACK_ENABLED)
    }
}

impl ClassicAccount {
    /// Creates an account with 100 XLM and no trustline. The same seed is the same account.
    pub fn new(env: &Env, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let public = Uint256(key.verifying_key().to_bytes());
        let id = AccountId(PublicKey::PublicKeyTypeEd25519(public));
        let address = ScAddress::Account(id.clone())
            .try_into_val(env)
            .expect("an account's address");
        let account = Self {
            env: env.clone(),
            key,
            id,
            address,
        };
        account.create();
        account
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Creates or replaces the trustline of an asset.
    pub fn set_trustline(&self, asset: &StellarAssetContract, trust: Trust) {
        let line = TrustLineEntry {
            account_id: self.id.clone(),
            asset: trust_line_asset(asset),
            balance: trust.balance,
            limit: trust.limit,
            flags: trust.flags(),
            ext: TrustLineEntryExt::V0,
        };
        let key = LedgerKey::Trustline(LedgerKeyTrustLine {
            account_id: line.account_id.clone(),
            asset: line.asset.clone(),
        });
        self.put(key, LedgerEntryData::Trustline(line));
    }

    /// Signs one call with its whole tree, as a wallet does: for `Env::set_auths`, after which the
    /// host checks the real signature.
    pub fn sign(&self, invoke: &MockAuthInvoke) -> SorobanAuthorizationEntry {
        let root_invocation = SorobanAuthorizedInvocation::from(invoke);
        let expiration = self.env.ledger().sequence() + 100;
        let nonce = i64::from_be_bytes(self.fresh_nonce());
        let preimage = HashIdPreimage::SorobanAuthorization(HashIdPreimageSorobanAuthorization {
            network_id: Hash(self.env.ledger().network_id().to_array()),
            nonce,
            signature_expiration_ledger: expiration,
            invocation: root_invocation.clone(),
        });
        let preimage = preimage.to_xdr(Limits::none()).expect("encodes");
        let payload = self
            .env
            .crypto()
            .sha256(&soroban_sdk::Bytes::from_slice(&self.env, &preimage))
            .to_array();
        SorobanAuthorizationEntry {
            credentials: SorobanCredentials::Address(SorobanAddressCredentials {
                address: ScAddress::Account(self.id.clone()),
                nonce,
                signature_expiration_ledger: expiration,
                signature: self.signature(&payload),
            }),
            root_invocation,
        }
    }

    fn signature(&self, payload: &[u8; 32]) -> ScVal {
        let signature = self.key.sign(payload).to_bytes();
        let bytes =
            |bytes: &[u8]| ScVal::Bytes(ScBytes(BytesM::try_from(bytes.to_vec()).expect("short")));
        let symbol = |name: &str| ScVal::Symbol(ScSymbol(name.try_into().expect("short")));
        let fields = ScMap::sorted_from(vec![
            (
                symbol("public_key"),
                bytes(self.key.verifying_key().as_bytes()),
            ),
            (symbol("signature"), bytes(&signature)),
        ])
        .expect("two keys");
        let signatures = vec![ScVal::Map(Some(fields))];
        ScVal::Vec(Some(ScVec(signatures.try_into().expect("one"))))
    }

    /// Derived from a generated address, so that it differs at every call.
    fn fresh_nonce(&self) -> [u8; 8] {
        use soroban_sdk::testutils::Address as _;
        let ScAddress::Contract(id) = ScAddress::from(Address::generate(&self.env)) else {
            unreachable!("generated addresses are contracts");
        };
        let mut nonce = [0; 8];
        let tail = &id.0 .0[24..];
        nonce.copy_from_slice(tail);
        nonce
    }

    fn create(&self) {
        let account = AccountEntry {
            account_id: self.id.clone(),
            balance: 100_0000000,
            seq_num: SequenceNumber(1),
            num_sub_entries: 0,
            inflation_dest: None,
            flags: 0,
            home_domain: Default::default(),
            thresholds: Thresholds([1, 0, 0, 0]),
            signers: Default::default(),
            ext: AccountEntryExt::V0,
        };
        let key = LedgerKey::Account(LedgerKeyAccount {
            account_id: self.id.clone(),
        });
        self.put(key, LedgerEntryData::Account(account));
    }

    fn put(&self, key: LedgerKey, data: LedgerEntryData) {
        let entry = LedgerEntry {
            last_modified_ledger_seq: 0,
            data,
            ext: LedgerEntryExt::V0,
        };
        self.env
            .host()
            .add_ledger_entry(&Rc::new(key), &Rc::new(entry), None)
            .expect("storage takes the entry");
    }
}

fn trust_line_asset(asset: &StellarAssetContract) -> TrustLineAsset {
    match asset.asset() {
        Asset::Native => TrustLineAsset::Native,
        Asset::CreditAlphanum4(code) => TrustLineAsset::CreditAlphanum4(code),
        Asset::CreditAlphanum12(code) => TrustLineAsset::CreditAlphanum12(code),
    }
}
