//! The marketplace on a ledger: deployed from Wasm, with a real Stellar Asset Contract and people
//! with classic accounts and trustlines.

use std::path::Path;

use soroban_sdk::{
    testutils::{EnvTestConfig, Ledger as _},
    xdr::{
        AccountEntry, AccountEntryExt, AccountId, AlphaNum4, Asset, AssetCode4, ContractExecutable,
        ContractIdPreimage, ContractIdPreimageFromAddress, CreateContractArgs,
        CreateContractArgsV2, Hash, HostFunction, InvokeContractArgs, LedgerEntryData, LedgerKey,
        LedgerKeyAccount, LedgerKeyTrustLine, PublicKey, ScAddress, ScSymbol, ScVal,
        SequenceNumber, Thresholds, TrustLineAsset, TrustLineEntry, TrustLineEntryExt,
        TrustLineFlags, Uint256, VecM,
    },
    Address, Bytes, Env, IntoVal, String, TryFromVal, Val,
};

use super::{
    ledger::Ledger,
    network,
    transaction::{self, Applied, Simulated},
    wasm,
};
use crate::deploy::{default_policy, Addresses, UPGRADE_DELAY_SECS};

pub use crate::deploy::CONTRACTS;

/// A person with a classic account, who is the source of the transactions that need their
/// signature.
#[derive(Clone)]
pub struct Party {
    pub account: AccountId,
    pub address: Address,
}

/// A simulated transaction that is not applied yet.
#[derive(Clone)]
pub struct Prepared {
    source: AccountId,
    call: HostFunction,
    simulated: Simulated,
}

pub struct Market {
    /// Only encodes arguments; no contract runs in it.
    pub env: Env,
    pub ledger: Ledger,
    pub at: Addresses,
    pub asset: Address,
    pub oracle: Party,
    /// Buckets listed so far: each has an external id of its own.
    pub(super) buckets: u32,
    trust_line_asset: TrustLineAsset,
}

impl Market {
    /// Deploys the contracts and the asset on a new ledger without people.
    pub fn deploy(wasm_dir: &Path) -> Self {
        let env = codec();
        let (deployer, issuer) = (party(&env, "deployer"), party(&env, "issuer"));
        let asset = Asset::CreditAlphanum4(AlphaNum4 {
            asset_code: AssetCode4(*b"USDC"),
            issuer: issuer.account.clone(),
        });
        let mut ledger = Ledger::first();
        put_account(&ledger, &issuer);
        let preimage = ContractIdPreimage::Asset(asset.clone());
        let create = HostFunction::CreateContract(CreateContractArgs {
            contract_id_preimage: preimage,
            executable: ContractExecutable::StellarAsset,
        });
        let token = ledger
            .apply(&deployer.account, create)
            .expect("an asset contract");
        let asset_contract = address(&env, &token);
        let site = Site {
            env: &env,
            deployer: &deployer,
        };
        let at = Addresses {
            registry: site.address("registry"),
            deals: site.address("deals"),
            escrow: site.address("escrow"),
            reputation: site.address("reputation"),
            mandates: site.address("mandates"),
        };
        let oracle = party(&env, "oracle");
        for contract in CONTRACTS {
            let args = constructor_args(&env, contract, &at, &deployer, &oracle, &asset_contract);
            site.deploy(&mut ledger, wasm_dir, contract, args);
        }
        let trust_line_asset = match asset {
            Asset::CreditAlphanum4(code) => TrustLineAsset::CreditAlphanum4(code),
            _ => unreachable!("the asset has four letters"),
        };
        Self {
            env,
            ledger,
            at,
            asset: asset_contract,
            oracle,
            buckets: 0,
            trust_line_asset,
        }
    }

    /// An independent copy of the marketplace.
    pub fn fork(&self) -> Self {
        Self {
            env: self.env.clone(),
            ledger: self.ledger.fork(),
            at: self.at.clone(),
            asset: self.asset.clone(),
            oracle: self.oracle.clone(),
            buckets: self.buckets,
            trust_line_asset: self.trust_line_asset.clone(),
        }
    }

    /// A person with 10 million USD on a trustline. The same name gives the same person.
    pub fn party(&self, name: &str) -> Party {
        let party = party(&self.env, name);
        let line = TrustLineEntry {
            account_id: party.account.clone(),
            asset: self.trust_line_asset.clone(),
            balance: 100_000_000_000_000,
            limit: i64::MAX,
            flags: TrustLineFlags::AuthorizedFlag as u32,
            ext: TrustLineEntryExt::V0,
        };
        let key = LedgerKey::Trustline(LedgerKeyTrustLine {
            account_id: line.account_id.clone(),
            asset: line.asset.clone(),
        });
        if self.ledger.get(&key).is_none() {
            self.ledger
                .put_classic(key, LedgerEntryData::Trustline(line));
        }
        party
    }

    pub fn text(&self, text: &str) -> String {
        String::from_str(&self.env, text)
    }

    /// Calls a contract; not measured.
    pub fn call<T: TryFromVal<Env, Val>>(
        &mut self,
        who: &Party,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, soroban_sdk::Vec<Val>>,
    ) -> T {
        let call = self.invocation(contract, function, args);
        let answer = self
            .ledger
            .apply(&who.account, call)
            .unwrap_or_else(|error| panic!("{function}: {error:?}"));
        self.decode(&answer)
    }

    /// Calls a contract; a refused call changes nothing.
    ///
    /// # Errors
    /// A description of the refusal.
    pub fn try_call(
        &mut self,
        who: &Party,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, soroban_sdk::Vec<Val>>,
    ) -> Result<ScVal, std::string::String> {
        let call = self.invocation(contract, function, args);
        let answer = self.ledger.apply(&who.account, call);
        answer.map_err(|error| format!("{error:?}"))
    }

    /// Applies a transaction with this call, as the network would.
    pub fn send(
        &mut self,
        who: &Party,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, soroban_sdk::Vec<Val>>,
        trace: Option<soroban_env_host::TraceHook>,
    ) -> Applied {
        let call = self.invocation(contract, function, args);
        transaction::apply(&mut self.ledger, &who.account, &call, trace)
            .unwrap_or_else(|error| panic!("{function}: {error}"))
    }

    /// Simulates a call, for [`Market::apply`] on a later ledger.
    pub fn simulate(
        &self,
        who: &Party,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, soroban_sdk::Vec<Val>>,
    ) -> Prepared {
        let mut prepared = self.simulate_as_stock_clients(who, contract, function, args);
        prepared.simulated.resources.write_bytes += network::SPARE_WRITE_BYTES;
        prepared
    }

    /// As clients do that declare what the simulation found, and nothing more.
    pub fn simulate_as_stock_clients(
        &self,
        who: &Party,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, soroban_sdk::Vec<Val>>,
    ) -> Prepared {
        let call = self.invocation(contract, function, args);
        let simulated = transaction::simulate(&self.ledger, &who.account, &call)
            .unwrap_or_else(|error| panic!("{function}: {error}"));
        Prepared {
            source: who.account.clone(),
            call,
            simulated,
        }
    }

    /// Applies a transaction that was simulated on an earlier ledger. It may only touch the entries
    /// of that simulation.
    pub fn apply(&mut self, prepared: &Prepared) -> Result<ScVal, std::string::String> {
        let Prepared {
            source,
            call,
            simulated,
        } = prepared;
        let ledger = &mut self.ledger;
        transaction::apply_as_simulated(ledger, source, call, simulated.clone(), None)
            .map(|applied| applied.answer)
    }

    pub fn decode<T: TryFromVal<Env, Val>>(&self, value: &ScVal) -> T {
        let value = Val::try_from_val(&self.env, value).expect("a value");
        T::try_from_val(&self.env, &value).unwrap_or_else(|_| panic!("an answer of another type"))
    }

    fn invocation(
        &self,
        contract: &Address,
        function: &str,
        args: impl IntoVal<Env, soroban_sdk::Vec<Val>>,
    ) -> HostFunction {
        HostFunction::InvokeContract(InvokeContractArgs {
            contract_address: ScAddress::from(contract),
            function_name: ScSymbol(function.try_into().expect("a name")),
            args: encode_args(&self.env, args),
        })
    }
}

/// An `Env` that only encodes values.
fn codec() -> Env {
    let env = Env::new_with_config(EnvTestConfig {
        capture_snapshot_at_drop: false,
    });
    env.ledger().set(network::first_ledger());
    env.cost_estimate().budget().reset_unlimited();
    env
}

fn encode_args(env: &Env, args: impl IntoVal<Env, soroban_sdk::Vec<Val>>) -> VecM<ScVal> {
    match ScVal::from(&args.into_val(env)) {
        ScVal::Vec(Some(args)) => args.0,
        _ => unreachable!("a vector encodes as a vector"),
    }
}

fn address(env: &Env, value: &ScVal) -> Address {
    Address::try_from_val(env, value).expect("an address")
}

fn party(env: &Env, name: &str) -> Party {
    let seed = env
        .crypto()
        .sha256(&Bytes::from_slice(env, name.as_bytes()));
    let key = Uint256(seed.to_array());
    let account = AccountId(PublicKey::PublicKeyTypeEd25519(key));
    let address = address(env, &ScVal::Address(ScAddress::Account(account.clone())));
    Party { account, address }
}

fn put_account(ledger: &Ledger, party: &Party) {
    let account_id = party.account.clone();
    let account = AccountEntry {
        account_id: account_id.clone(),
        balance: 1_000_000_000,
        seq_num: SequenceNumber(1),
        num_sub_entries: 0,
        inflation_dest: None,
        flags: 0,
        home_domain: Default::default(),
        thresholds: Thresholds([1, 0, 0, 0]),
        signers: VecM::default(),
        ext: AccountEntryExt::V0,
    };
    let key = LedgerKey::Account(LedgerKeyAccount { account_id });
    ledger.put_classic(key, LedgerEntryData::Account(account));
}

fn constructor_args(
    env: &Env,
    contract: &str,
    at: &Addresses,
    owner: &Party,
    oracle: &Party,
    asset: &Address,
) -> VecM<ScVal> {
    let (owner, delay) = (&owner.address, UPGRADE_DELAY_SECS);
    match contract {
        "registry" => encode_args(env, (owner, &at.deals, &at.reputation, delay)),
        "escrow" => encode_args(env, (owner, &at.deals, asset, delay)),
        "reputation" => encode_args(env, (owner, &at.deals, delay)),
        "mandates" => encode_args(env, (owner, &at.deals, &at.escrow, delay)),
        _ => encode_args(
            env,
            (
                owner,
                Some(oracle.address.clone()),
                &at.registry,
                &at.escrow,
                &at.reputation,
                default_policy(),
                delay,
            ),
        ),
    }
}

/// The deployer of the contracts.
struct Site<'a> {
    env: &'a Env,
    deployer: &'a Party,
}

impl Site<'_> {
    fn salt(&self, contract: &str) -> soroban_sdk::BytesN<32> {
        let name = Bytes::from_slice(self.env, contract.as_bytes());
        self.env.crypto().sha256(&name).to_bytes()
    }

    /// The address, computed from deployer and salt before anything is deployed.
    fn address(&self, contract: &str) -> Address {
        let deployer = self.env.deployer();
        deployer
            .with_address(self.deployer.address.clone(), self.salt(contract))
            .deployed_address()
    }

    fn deploy(&self, ledger: &mut Ledger, wasm_dir: &Path, contract: &str, args: VecM<ScVal>) {
        let wasm = wasm::read(wasm_dir, contract);
        ledger.cache_module(&wasm);
        let source = &self.deployer.account;
        let hash = self
            .env
            .crypto()
            .sha256(&Bytes::from_slice(self.env, &wasm));
        let upload = HostFunction::UploadContractWasm(wasm.try_into().expect("Wasm that fits"));
        ledger.apply(source, upload).expect("uploaded");
        let create = HostFunction::CreateContractV2(CreateContractArgsV2 {
            contract_id_preimage: ContractIdPreimage::Address(ContractIdPreimageFromAddress {
                address: ScAddress::from(&self.deployer.address),
                salt: Uint256(self.salt(contract).to_array()),
            }),
            executable: ContractExecutable::Wasm(Hash(hash.to_array())),
            constructor_args: args,
        });
        let deployed = ledger.apply(source, create).expect("constructed");
        assert_eq!(address(self.env, &deployed), self.address(contract));
    }
}
