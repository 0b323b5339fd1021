//! How a slot is packed: every field as wide as its bound.

use flash_common::book::{buffer_bytes, Reader, Slot, Writer};
use flash_money::{meter::Flags, sla::Sla, units::NOT_MEASURED, Meter, Prices};

use super::{DealSlot, SettledSpan};

impl Slot for DealSlot {
    const SIZE: usize = 4 + 2 + 4 * 6 + 2 * 2 + 3 * 3 + 1 + 6 * 2 // terms and policy
        + 1 + 6 * 5 + 9 + 11 + 2 * 6 + 3 + 2 + 8 + 8 + 5 // meter and money
        + 8 // first deposit
        + 5 + 9 + 6; // settled span
    type Buffer = [u8; buffer_bytes(Self::SIZE)];

    #[inline(always)]
    fn buffer() -> Self::Buffer {
        [0; buffer_bytes(Self::SIZE)]
    }

    #[inline(always)]
    fn encode(&self, out: &mut impl Writer) {
        out.u64::<4>(self.deal_id.into());
        encode_meter(&self.meter, out);
        out.money(self.first_deposit);
        out.u64::<5>(self.settled.through_ts);
        out.u128::<9>(self.settled.storage_mb_secs);
        out.u64::<6>(self.settled.egress_mb);
    }

    #[inline(always)]
    fn decode(from: &mut Reader) -> Self {
        Self {
            deal_id: from.u32::<4>(),
            meter: decode_meter(from),
            first_deposit: from.money(),
            settled: SettledSpan {
                through_ts: from.u64::<5>(),
                storage_mb_secs: from.u128::<9>(),
                egress_mb: from.u64::<6>(),
            },
        }
    }
}

#[inline(always)]
fn encode_meter(meter: &Meter, out: &mut impl Writer) {
    out.u64::<1>(meter.flags.0.into());
    out.u64::<1>(meter.strikes.into());
    out.u64::<1>(meter.clipped_windows.into());
    out.u64::<6>(meter.agreed_storage_mb);
    out.u64::<6>(meter.agreed_egress_mb);
    out.u64::<6>(meter.prices.storage);
    out.u64::<6>(meter.prices.egress);
    encode_sla(&meter.sla, out);
    out.u64::<3>(meter.grace_runway_secs);
    out.u64::<3>(meter.min_runway_secs);
    out.u64::<5>(meter.start_ts);
    out.u64::<5>(meter.end_ts);
    out.u64::<5>(meter.close_ts);
    out.u64::<5>(meter.final_until_ts);
    out.u64::<5>(meter.breach_ts);
    out.u64::<5>(meter.through_ts);
    out.u128::<9>(meter.storage_mb_secs);
    out.u128::<11>(meter.payable_mb_secs_bps);
    out.u64::<6>(meter.egress_mb);
    out.u64::<6>(meter.rate_mb);
    out.u64::<3>(narrow(meter.latency_ms, 0xff_ffff));
    out.u64::<2>(narrow(meter.uptime_bps, 0xffff));
    out.money(meter.paid_total);
    out.money(meter.locked);
    out.u64::<5>(meter.arrears_since_ts);
}

#[allow(clippy::cast_possible_truncation, reason = "one byte is read")]
#[inline(always)]
fn decode_meter(from: &mut Reader) -> Meter {
    let flags = Flags(from.u64::<1>() as u8);
    Meter {
        flags,
        strikes: from.u32::<1>(),
        clipped_windows: from.u32::<1>(),
        agreed_storage_mb: from.u64::<6>(),
        agreed_egress_mb: from.u64::<6>(),
        prices: Prices {
            storage: from.u64::<6>(),
            egress: from.u64::<6>(),
        },
        sla: decode_sla(from),
        grace_runway_secs: from.u64::<3>(),
        min_runway_secs: from.u64::<3>(),
        start_ts: from.u64::<5>(),
        end_ts: from.u64::<5>(),
        close_ts: from.u64::<5>(),
        final_until_ts: from.u64::<5>(),
        breach_ts: from.u64::<5>(),
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
    }
}

#[inline(always)]
fn encode_sla(sla: &Sla, out: &mut impl Writer) {
    out.u64::<2>(sla.latency_ms.into());
    out.u64::<2>(sla.uptime_bps.into());
    out.u64::<3>(sla.min_window_secs);
    out.u64::<2>(sla.minor_uptime_bps.into());
    out.u64::<2>(sla.minor_latency_bps.into());
    out.u64::<2>(sla.major_uptime_bps.into());
    out.u64::<2>(sla.minor_credit_bps.into());
    out.u64::<2>(sla.major_credit_bps.into());
    out.u64::<2>(sla.critical_credit_bps.into());
    out.u64::<1>(sla.critical_limit.into());
}

#[inline(always)]
fn decode_sla(from: &mut Reader) -> Sla {
    Sla {
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
