# The status of a deployment as JSON, from what scripts/status.sh read: wiring, upgrades and problems in words.
def contract(name): $contracts[] | select(.name == name);
def days: . * 5 / 86400 * 10 | round / 10;

def wiring: [
  ["deals", "registry", contract("deals").config.registry, contract("registry").id],
  ["deals", "escrow", contract("deals").config.escrow, contract("escrow").id],
  ["deals", "reputation", contract("deals").config.reputation, contract("reputation").id],
  ["registry", "deals", contract("registry").config.deals, contract("deals").id],
  ["registry", "reputation", contract("registry").config.reputation, contract("reputation").id],
  ["escrow", "deals", contract("escrow").config.deals, contract("deals").id],
  ["reputation", "deals", contract("reputation").config.deals, contract("deals").id],
  ["mandates", "deals", contract("mandates").config.deals, contract("deals").id],
  ["mandates", "escrow", contract("mandates").config.escrow, contract("escrow").id]
] | map({ contract: .[0], link: .[1], found: .[2], expected: .[3], ok: (.[2] == .[3]) });

def pending: .config.admin as $admin | if $admin.upgrade_wasm_hash == null then null else {
  wasm_hash: $admin.upgrade_wasm_hash,
  ready_ts: ($admin.upgrade_ready_ts | tonumber),
  void_ts: ($admin.upgrade_void_ts | tonumber),
  state: (if $now < ($admin.upgrade_ready_ts | tonumber) then "waiting"
    elif $now <= ($admin.upgrade_void_ts | tonumber) then "ready" else "void" end)
} end;

def paused_until: .config.admin.paused_until_ts
  | if . == null or (tonumber <= $now) then null else tonumber end;

def liabilities: [$solvency.locked, $solvency.claimable] | map(tonumber) | add;

def problems: [
  (wiring[] | select(.ok | not) | "\(.contract) knows \(.found) as its \(.link), expected \(.expected)"),
  ($contracts[] | select(.wasm_hash != .recorded_wasm_hash)
    | "\(.name) runs Wasm \(.wasm_hash), the deployment file says \(.recorded_wasm_hash)"),
  ($contracts[] | select(.instance_ledgers_left < 14 * 17280)
    | "the instance of \(.name) will be archived in \(.instance_ledgers_left | days) days: scripts/owner.sh extend"),
  ($contracts[] | select(.code_ledgers_left < 14 * 17280)
    | "the code of \(.name) will be archived in \(.code_ledgers_left | days) days: scripts/owner.sh extend"),
  (if ($solvency.balance | tonumber) < liabilities
    then "the escrow is short: it holds \($solvency.balance) and owes \(liabilities)" else empty end),
  ($contracts[] | .name as $name | pending | select(. != null and .state != "void" and (.wasm_hash | IN($expected[]) | not))
    | "\($name) gets Wasm \(.wasm_hash) at \(.ready_ts | todate) and nobody expects it: "
      + "scripts/upgrade.sh \($name) --cancel, or status.sh --expect \(.wasm_hash)"),
  ($contracts[] | select(paused_until and ("pause" | IN($expected[]) | not))
    | "\(.name) is paused until \(paused_until | todate): scripts/owner.sh unpause, or status.sh --expect pause"),
  (contract("deals").config.oracle | select(.next and (.next_from_ts | tonumber) > $now and (.next | IN($expected[]) | not))
    | "the oracle \(.next) takes over at \(.next_from_ts | tonumber | todate) and nobody expects it: "
      + "scripts/owner.sh oracle suspend, or status.sh --expect \(.next)")
];

{
  network: $network,
  rpc_url: $url,
  ledger: $latest,
  time_ts: $now,
  contracts: [$contracts[] | {
    name, id, version, wasm_hash,
    owner: .config.admin.owner,
    schema: .config.admin.schema,
    upgrade_delay_secs: (.config.admin.upgrade_delay_secs | tonumber),
    pending_upgrade: pending,
    paused_until_ts: paused_until,
    instance_days_left: (.instance_ledgers_left | days),
    code_days_left: (.code_ledgers_left | days)
  }],
  wiring: wiring,
  oracle: (contract("deals").config.oracle | { acting, next, next_from_ts: (.next_from_ts | tonumber) }),
  policy_version: contract("deals").config.policy_version,
  asset: { id: $asset, $name },
  solvency: $solvency,
  counts: { $providers, $consumers, $buckets, $deals },
  problems: problems
}
