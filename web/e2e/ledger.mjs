// What the tests need besides the page: the network's clock, telemetry of the nodes, and answers of the contracts over RPC.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { FlashOnStellar } from "../../clients/typescript/dist/index.js";
import { api } from "./browser.mjs";

export const DAY_SECS = 86_400;
const TIMEOUT_MS = 90_000;

/** Retries until `ask` returns something truthy; errors count as “not yet”. */
export async function until(what, ask, timeoutMs = TIMEOUT_MS) {
  const end = performance.now() + timeoutMs;
  let last;
  do {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 250));
  } while (performance.now() < end);
  throw new Error(`${what}: not within ${timeoutMs / 1_000} s, at last ${last}`);
}

/** A client of the contracts. */
export async function contracts({ url }) {
  return new FlashOnStellar({ deployment: (await api(url, "/status")).deployment });
}

export async function meterOf(flash, deal) {
  return (await flash.read(flash.deals.get_meters({ deal_ids: [deal] })))[0];
}

/** Moves the clock of a test network forward. */
export async function advance({ url }, secs) {
  const { rpc_url } = await api(url, "/status");
  const body = JSON.stringify({ secs, ledgers: Math.floor(secs / 6) + 1 });
  const answer = await fetch(`${rpc_url.replace(/\/$/, "")}/admin/advance`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.ok(answer.ok, await answer.text());
}

/** Reports to the oracle, as the stack's prober, that the node of the bucket answers every half hour. The token is public. */
export async function probe({ oracle }, bucket, fromTs, toTs) {
  const lines = [];
  for (let at = fromTs; at < toTs + 1_800; at += 1_800) {
    const lastUpdated = Math.min(at, toTs) * 1_000;
    lines.push(JSON.stringify({ nodeId: `${bucket}-node`, bucketId: `${bucket}-nodes`, nodeStatus: "online", lastUpdated, latency_ms: 40 }));
  }
  const answer = await fetch(`${oracle}/v1/node-status`, { method: "POST", headers: { authorization: "Bearer demo-prober" }, body: `${lines.join("\n")}\n` });
  assert.match(await answer.text(), /"rejected":0/);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A line of an S3 access log. `at` is in seconds. */
export function logged(bucket, { at, put, get, bytes }) {
  const time = new Date(at * 1_000).toISOString();
  const date = `${time.slice(8, 10)}/${MONTHS[Number(time.slice(5, 7)) - 1]}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`;
  const [operation, key] = put ? ["PUT", put] : ["GET", get];
  const sizes = put ? `- ${bytes}` : `${bytes} ${bytes}`;
  return `79a59df900b949e5 ${bucket}-nodes [${date}] 192.0.2.10 79a59df900b949e5 ${at.toString(16).toUpperCase().padStart(16, "0")} REST.${operation}.OBJECT ${key} "${operation} /${key} HTTP/1.1" 200 - ${sizes} 14 12 "-" "aws-cli/2.15" - Xk00000009= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader ${bucket}.s3.eu-north-1.amazonaws.com TLSv1.3 - -`;
}

/** Imports an access log with the oracle's `import` command. */
export async function importLog({ folder, programs }, provider, lines) {
  const directory = mkdtempSync(join(tmpdir(), "flash-log-"));
  try {
    const file = join(directory, "access.log");
    writeFileSync(file, `${lines.join("\n")}\n`);
    const { stdout } = await promisify(execFile)(join(programs, "oracle"), ["--config", join(folder, "oracle.toml"), "import", file, "--format", "s3-log", "--provider", provider]);
    assert.match(stdout, new RegExp(`accepted ${lines.length}, duplicates 0, rejected 0`));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
