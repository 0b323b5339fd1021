// Type-checks and runs the tests, with the README's example among them as it is pasted. Needs LOCALNET, DEPLOYMENT and
// ORACLE_SECRET: see tests/clients/run.sh of the repository.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "..");
const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1];
if (!example) throw new Error("README.md has no example");
writeFileSync(join(here, "readme.ts"), example);
const run = (...command) => execFileSync(process.execPath, command, { cwd: root, stdio: "inherit" });
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json");

// The example runs first, while the network's clock still matches this machine's. It reads DEPLOYMENT_FILE.
const output = execFileSync(process.execPath, ["test/dist/readme.js"], {
  cwd: root,
  encoding: "utf8",
  env: { ...process.env, DEPLOYMENT_FILE: process.env.DEPLOYMENT },
});
process.stdout.write(output);
if (!/deal \d+ costs 20\.1/.test(output) || !/refused: BelowMinimum/.test(output)) throw new Error("the example of the README printed something else");
console.log("the example of the README runs as pasted");
run("--test", "test/dist/schema.test.js", "test/dist/lifecycle.test.js");
