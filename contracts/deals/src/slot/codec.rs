//! How a slot is packed: every field as wide as its bound.

use flash_common::book::{buffer_bytes, Reader, Slot, Writer};
use flash_interfaces::deals::NOT_MEASURED;

use super::{DealSlot, SettledSpan, Sla};
use crate::math::Prices;

/// What three bytes hold: 194 days.
pub const MAX_FINAL_WINDOW_SECS: u64 = 0xff_ffff;

impl Slot for DealSlot {
    const SIZE: usize = 4 + 2 + 4 * 6 + 2 * 2 + 3 * 3 + 1 + 6 * 2 // terms and policy
        + 4 * 5 + 9 + 11 + 2 * 6 + 3 + 2 + 8 + 8 + 5 // meter and money
        + 5 + 9 + 6; // settled span
    type Buffer = [u8; buffer_bytes(Self::SIZE)];

    #[inline(always)]
    fn buffer() -> Self::Buffer {
        [0; buffer_bytes(Self::SIZE)]
    }

    #[inline(always)]
    fn encode(&self, out: &mut impl Writer) {
        out.u64::<4>(self.deal_id.into());
        out.u64::<1>(self.flags.into());
        out.u64::<1>(self.strikes.into());
        out.u64::<6>(self.agreed_storage_mb);
        out.u64::<6>(self.agreed_egress_mb);
        out.u64::<6>(self.prices.storage);
        out.u64::<6>(self.prices.egress);
        self.sla.encode(out);
        out.u64::<3>(self.min_runway_secs);
        out.u64::<3>(self.final_window_secs);
        out.u64::<5>(self.start_ts);
        out.u64::<5>(self.end_ts);
        out.u64::<5>(self.close_ts);
        out.u64::<5>(self.through_ts);
        out.u128::<9>(self.storage_mb_secs);
        out.u128::<11>(self.payable_mb_secs_bps);
        out.u64::<6>(self.egress_mb);
        out.u64::<6>(self.rate_mb);
        out.u64::<3>(narrow(self.latency_ms, 0xff_ffff));
        out.u64::<2>(narrow(self.uptime_bps, 0xffff));
        out.money(self.paid_total);
        out.money(self.locked);
        out.u64::<5>(self.arrears_since_ts);
        out.u64::<5>(self.settled.through_ts);
        out.u128::<9>(self.settled.storage_mb_secs);
        out.u64::<6>(self.settled.egress_mb);
    }

    #[allow(clippy::cast_possible_truncation, reason = "one byte is read")]
    #[inline(always)]
    fn decode(from: &mut Reader) -> Self {
        let deal_id = from.u32::<4>();
        let flags = from.u64::<1>() as u8;
        Self {
            deal_id,
            flags,
            strikes: from.u32::<1>(),
            agreed_storage_mb: from.u64::<6>(),
            agreed_egress_mb: from.u64::<6>(),
            prices: Prices {
                storage: from.u64::<6>(),
                egress: from.u64::<6>(),
            },
            sla: Sla::decode(from),
            min_runway_secs: from.u64::<3>(),
            final_window_secs: from.u64::<3>(),
            start_ts: from.u64::<5>(),
            end_ts: from.u64::<5>(),
            close_ts: from.u64::<5>(),
            through_ts: from.u64::<5>(),
            storage_mb_secs: from.u128::<9>(),
            payable_mb_secs_bps: from.u128::<11>(),
            egress_mb: from.u64::<6>(),
            rate_mb: from.u64::<6>(),
            latency_ms: widen(from.u32::<3>(), 0xff_ffff),
            uptime_bps: widen(from.u32::<2>(), 0xffff),
            paid_total: from.money(),
            locked: from.money(),
            arrears_since_ts: from.u64::<5>(),
            settled: SettledSpan {
                through_ts: from.u64::<5>(),
                storage_mb_secs: from.u128::<9>(),
                egress_mb: from.u64::<6>(),
            },
        }
    }
}

impl Sla {
    #[inline(always)]
    fn encode(&self, out: &mut impl Writer) {
        out.u64::<2>(self.latency_ms.into());
        out.u64::<2>(self.uptime_bps.into());
        out.u64::<3>(self.min_window_secs);
        out.u64::<2>(self.minor_uptime_bps.into());
        out.u64::<2>(self.minor_latency_bps.into());
        out.u64::<2>(self.major_uptime_bps.into());
        out.u64::<2>(self.minor_credit_bps.into());
        out.u64::<2>(self.major_credit_bps.into());
        out.u64::<2>(self.critical_credit_bps.into());
        out.u64::<1>(self.critical_limit.into());
    }

    #[inline(always)]
    fn decode(from: &mut Reader) -> Self {
        Self {
            latency_ms: from.u32::<2>(),
            uptime_bps: from.u32::<2>(),
            min_window_secs: from.u64::<3>(),
            minor_uptime_bps: from.u32::<2>(),
            minor_latency_bps: from.u32::<2>(),
            major_uptime_bps: from.u32::<2>(),
            minor_credit_bps: from.u32::<2>(),
            major_credit_bps: from.u32::<2>(),
            critical_credit_bps: from.u32::<2>(),
            critical_limit: from.u32::<1>(),
        }
    }
}

/// In a narrow field its largest value stands for "not measured".
#[inline(always)]
fn narrow(value: u32, not_measured: u32) -> u64 {
    if value == NOT_MEASURED {
        not_measured.into()
    } else {
        value.into()
    }
}

#[inline(always)]
fn widen(value: u32, not_measured: u32) -> u32 {
    if value == not_measured {
        NOT_MEASURED
    } else {
        value
    }
}
