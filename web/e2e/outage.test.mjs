// Real outages: the processes of the network and the index are killed while the page is open, and started again.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { after, before } from "node:test";
import { api, launch, person } from "./browser.mjs";
import { chapters } from "./chapters.mjs";
import { until } from "./ledger.mjs";
import { listBucket, makeAccount, register } from "./steps.mjs";

const test = chapters();
const programs = process.env.FLASH_PROGRAMS;
const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
let folder, ports, browser, localnet, index, ada;
const alive = new Set();

function start(name, options) {
  const child = spawn(join(programs, name), options, { stdio: ["ignore", "ignore", "inherit"] });
  alive.add(child);
  child.on("exit", () => alive.delete(child));
  return child;
}

/** Kills without warning, like a failing machine. */
async function kill(child) {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Different free ports. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
  }));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

const rpc = () => `http://127.0.0.1:${ports[0]}`;
const base = () => `http://127.0.0.1:${ports[1]}`;
const startNetwork = async () => {
  localnet = start("flash-localnet", ["--port", String(ports[0]), "--state", join(folder, "network")]);
  await until("the network answers", async () => (await fetch(`${rpc()}/health`)).ok);
};
const startIndex = async () => {
  index = start("index", ["--config", join(folder, "index.toml"), "run"]);
  await until("the index answers", async () => (await fetch(`${base()}/healthz`)).ok);
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "flash-outage-"));
  ports = await freePorts(2);
  await startNetwork();
  copyFileSync(join(root, "deployments/settings.json"), join(folder, "settings.json"));
  await promisify(execFile)(join(programs, "flash-deploy"), ["deploy", "--network", "local", "--rpc-url", rpc(), "--deployments", folder, "--fund"], { cwd: root });
  writeFileSync(
    join(folder, "index.toml"),
    `database = "sqlite://${folder}/index.db"
listen = "127.0.0.1:${ports[1]}"
[log]
level = "error"
[network]
rpc_url = "${rpc()}"
deployment = "${folder}/local.json"
[follow]
poll_ms = 250
max_pause_secs = 2
[api]
friendbot_url = "${rpc()}/friendbot"
dev_wallet = true
rate_per_sec = 1000
rate_burst = 5000
`,
  );
  await startIndex();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await Promise.all([...alive].map(kill));
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const alert = (page, text) => page.getByRole("alert").filter({ hasText: text });

test("a provider lists a bucket while everything runs", async () => {
  ada = await person(browser, base());
  const { page } = ada;
  await page.goto("/");
  await makeAccount(page, "Provider");
  await register(page, "provider", "Disks of the east");
  await listBucket(page, "eastern", "0.2", "0.01");
  assert.deepEqual(ada.complaints, []);
});

test("the network is killed: the page says so, shows the age of its data, and stays readable", async () => {
  await kill(localnet);
  const { page } = ada;
  await alert(page, "The network's RPC does not answer.").getByText(/the newest ledger shown is \d+ \w+ old/).waitFor();
  await page.getByRole("region", { name: "Buckets" }).getByRole("link", { name: "eastern" }).waitFor();
  assert.ok((await api(base(), "/status")).heard_secs !== null, "the index tells when it last heard of the network");
});

test("the index is killed too: the page keeps what it has read and shows its age", async () => {
  await kill(index);
  const { page } = ada;
  await alert(page, "The index does not answer.").getByText(/as of ledger \d+, read \d+ \w+ ago/).waitFor();
  await page.getByRole("region", { name: "Buckets" }).getByRole("link", { name: "eastern" }).waitFor();
});

test("the index comes back before the network: everything is there, also for new visitors", async () => {
  await startIndex();
  await alert(ada.page, "The index does not answer.").waitFor({ state: "hidden" });
  await alert(ada.page, "The network's RPC does not answer.").waitFor();
  assert.equal((await api(base(), "/status")).heard_secs, null, "this index has not heard of the network");
  const { page, context } = await person(browser, base());
  await page.goto("/");
  await page.getByRole("article").filter({ hasText: "eastern" }).waitFor();
  await context.close();
});

test("the network comes back: the notice disappears, the ledger continues, and signing works again", async () => {
  const { ledger } = await api(base(), "/status");
  await startNetwork();
  const { page } = ada;
  await alert(page, "The network's RPC does not answer.").waitFor({ state: "hidden" });
  await until("the ledger goes on", async () => (await api(base(), "/status")).ledger > ledger);
  await listBucket(page, "eastern-2", "0.3", "0.02");
});
