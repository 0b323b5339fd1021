//! Transactions that are ready to be signed: with resources, margins and the agreements of others.

use crate::{job::Job, limits::Limits, signer::asked, Client, Error, Signer};
use stellar_xdr::{
    SorobanAuthorizationEntry, SorobanTransactionData, SorobanTransactionDataExt, Transaction,
};

/// How long an agreement that is signed apart holds.
const AUTH_LEDGERS: u32 = 120;

/// A transaction that is ready to be signed.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub tx: Transaction,
    /// As in [`Simulated`].
    pub event_bytes: usize,
}

impl Client {
    /// The transaction that does a job, with the source's next sequence number, the resources that
    /// it needs and the agreements of `others`; unsigned.
    ///
    /// # Errors
    /// As [`Self::invoke_as`].
    pub async fn prepare(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
    ) -> Result<Transaction, Error> {
        Ok(self.prepare_measured(source, others, job).await?.tx)
    }

    /// As [`Self::prepare`], with what the network's limits are to be held against besides.
    ///
    /// # Errors
    /// As [`Self::invoke_as`].
    pub async fn prepare_measured(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
    ) -> Result<Prepared, Error> {
        let sequence = self.next_sequence(&source.account()).await?;
        self.measured_at(source, others, job, sequence).await
    }

    /// As [`Self::prepare`], with a sequence number that the caller keeps.
    ///
    /// # Errors
    /// As [`Self::invoke_as`].
    pub async fn prepare_at(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
        sequence: i64,
    ) -> Result<Transaction, Error> {
        let prepared = self.measured_at(source, others, job, sequence).await?;
        Ok(prepared.tx)
    }

    async fn measured_at(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
        sequence: i64,
    ) -> Result<Prepared, Error> {
        let tx = job.transaction(&source.account(), sequence, self.bid)?;
        if !job.is_soroban() {
            return Ok(Prepared { tx, event_bytes: 0 });
        }
        let mut simulated = self.simulate(&tx).await?;
        let event_bytes = simulated.event_bytes;
        self.provide(job, &mut simulated.data).await?;
        let is_signed_apart = simulated.auth.iter().any(|entry| asked(entry).is_some());
        let expires = simulated.latest_ledger.saturating_add(AUTH_LEDGERS);
        let auth = self.agreements(source, others, job, simulated.auth, expires)?;
        let tx = job.with_resources(tx, simulated.data, auth, self.bid)?;
        if !is_signed_apart || !self.simulate_signed {
            return Ok(Prepared { tx, event_bytes });
        }
        // What verifying those signatures takes is known once they are there.
        let mut enforced = self.simulate(&tx).await?;
        self.provide(job, &mut enforced.data).await?;
        let tx = job.with_resources(tx, enforced.data, vec![], self.bid)?;
        Ok(Prepared { tx, event_bytes })
    }

    /// Makes sure that the resources are within the limits, and adds the margin.
    async fn provide(&self, job: &Job, data: &mut SorobanTransactionData) -> Result<(), Error> {
        let has_archived = matches!(data.ext, SorobanTransactionDataExt::V1(_));
        if self.margin.write_bytes > 0 || has_archived {
            let limits = *self.limits.get_or_try_init(|| Limits::load(self)).await?;
            let keys = limits.to_restore_first(data);
            if !keys.is_empty() {
                let what = job.what();
                return Err(Error::Archived { what, keys });
            }
            limits.widen(data, self.margin.write_bytes);
        }
        let more = i64::from(self.margin.refundable_stroops);
        data.resource_fee = data.resource_fee.saturating_add(more);
        Ok(())
    }

    fn agreements(
        &self,
        source: &Signer,
        others: &[&Signer],
        job: &Job,
        auth: Vec<SorobanAuthorizationEntry>,
        expires: u32,
    ) -> Result<Vec<SorobanAuthorizationEntry>, Error> {
        let sign = |entry: SorobanAuthorizationEntry| {
            let Some(credentials) = asked(&entry) else {
                return Ok(entry);
            };
            // The server chooses what it answers, and what is signed can be used without the job.
            if !job.is_asked_by(&entry) {
                return Err(Error::Forged {
                    what: job.what(),
                    address: credentials.address.to_string(),
                });
            }
            let is_it = |signer: &&Signer| signer.address() == credentials.address;
            let mut signers = others.iter().copied().chain([source]);
            let signer = signers.find(|signer| is_it(signer));
            let signer = signer.ok_or_else(|| Error::NoKey {
                what: job.what(),
                address: credentials.address.to_string(),
            })?;
            signer.authorize(&entry, expires, self.network_id)
        };
        auth.into_iter().map(sign).collect()
    }
}
