// Generates src/generated/<contract> from the built Wasm with the SDK's generator.
//
//   node generate.mjs          Wasm from FLASH_WASM_DIR, or target/wasm of the repository (`make build`)

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wasmDir = resolve(process.env.FLASH_WASM_DIR ?? join(here, "../../target/wasm"));
const generator = join(here, "node_modules/@stellar/stellar-sdk/bin/stellar-js");
const temporary = mkdtempSync(join(tmpdir(), "flash-bindings-"));

for (const contract of ["registry", "escrow", "reputation", "deals", "mandates"]) {
  const wasm = join(wasmDir, `${contract}.wasm`);
  if (!existsSync(wasm)) throw new Error(`no ${wasm}; run \`make build\` first`);
  const output = join(temporary, contract);
  execFileSync(process.execPath, [generator, "generate", "--wasm", wasm, "--output-dir", output, "--contract-name", contract]);
  // The generator declares each error enumeration as a value only, but also uses it as a type.
  const types = join(output, "src/types.ts");
  const text = readFileSync(types, "utf8");
  const errors = [...text.matchAll(/^export const (\w+Error) = /gm)].map(([, name]) => name);
  const aliases = errors.map((name) => `export type ${name} = (typeof ${name})[keyof typeof ${name}];\n`);
  writeFileSync(types, `${text}\n${aliases.join("")}`);
  const target = join(here, "src/generated", contract);
  rmSync(target, { recursive: true, force: true });
  cpSync(join(output, "src"), target, { recursive: true });
}
rmSync(temporary, { recursive: true });
