# What scripts/status.sh prints for people.
def pad(n): tostring | . + (" " * ([n - length, 0] | max));
def span: if . >= 86400 then "\(. / 86400 | floor) d \(. % 86400 / 3600 | floor) h"
  elif . >= 3600 then "\(. / 3600 | floor) h \(. % 3600 / 60 | floor) min" else "\(. / 60 | floor) min \(. % 60) s" end;
# 7 decimals; from the digits themselves, because jq counts in floating point.
def money: tostring | (if startswith("-") then ["-", .[1:]] else ["", .] end) as [$sign, $digits]
  | ("0" * ([8 - ($digits | length), 0] | max) // "") + $digits
  | $sign + .[:-7] + "." + .[-7:];

. as $all
| "\(.network) at \(.rpc_url), ledger \(.ledger), \(.time_ts | todate)",
"",
"\("contract" | pad(11)) \("id" | pad(56))  version  Wasm          TTL: instance, code",
(.contracts[] | "\(.name | pad(11)) \(.id)  \(.version | pad(7))  \(.wasm_hash[:12])  \(.instance_days_left) d, \(.code_days_left) d"),
"",
"owner      \([.contracts[].owner] | unique | join(", "))",
"oracle     \(.oracle.acting // "none: the owner reports")"
  + (if .oracle.next then ", then \(.oracle.next) in \([.oracle.next_from_ts - $all.time_ts, 0] | max | span)" else "" end),
"policy     version \(.policy_version)",
"asset      \(.asset.name), \(.asset.id)",
"escrow     holds \(.solvency.balance | money): locked \(.solvency.locked | money), claimable \(.solvency.claimable | money), "
  + "fees \(.solvency.fees | money), surplus \(.solvency.surplus | money)",
"market     \(.counts.providers) providers, \(.counts.consumers) consumers, \(.counts.buckets) buckets, \(.counts.deals) deals",
"wiring     " + (if all(.wiring[]; .ok) then "every contract knows the others" else "broken" end),
(.contracts[] | select(.paused_until_ts) | "paused     \(.name), for \(.paused_until_ts - $all.time_ts | span) more"),
(.contracts[] | select(.pending_upgrade) | .pending_upgrade as $up
  | "upgrade    \(.name) to Wasm \($up.wasm_hash[:12]), " + (if $up.state == "waiting" then "in \($up.ready_ts - $all.time_ts | span)"
    elif $up.state == "ready" then "ready, void in \($up.void_ts - $all.time_ts | span)" else "void" end)),
(if (.problems | length) == 0 then "no problems" else (.problems[] | "PROBLEM    \(.)") end)
