// Writes <file>.br and <file>.gz next to each file worth compressing, for the index to embed, and checks the budget of the
// first load.
//
//   node scripts/compress.mjs          after `vite build`

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** What a visitor loads before the first page shows, compressed with gzip, the worse of the two encodings. */
const BUDGET_BYTES = 250 * 1024;

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(js|css|html|svg)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

const sizes = new Map();
for (const file of files) {
  const plain = readFileSync(file);
  const quality = plain.length > 1_000_000 ? 9 : 11;
  const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
  const gz = gzipSync(plain, { level: 9 });
  if (plain.length > 1_024) {
    writeFileSync(`${file}.br`, br);
    writeFileSync(`${file}.gz`, gz);
  }
  sizes.set(relative(dist, file), { plain: plain.length, gz: Math.min(gz.length, plain.length), br: Math.min(br.length, plain.length) });
}

// The first load: the page, and everything that its entry imports directly.
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const first = new Set(["index.html", "icon.svg"]);
function add(key) {
  const { file, css = [], imports = [] } = manifest[key];
  if (first.has(file)) return;
  first.add(file);
  css.forEach((stylesheet) => first.add(stylesheet));
  imports.forEach(add);
}
add("index.html");

const sum = (names, coding) => [...names].reduce((total, name) => total + sizes.get(name)[coding], 0);
const all = [...sizes.keys()];
for (const name of first) console.log(`first load  ${String(sizes.get(name).gz).padStart(8)}  ${name}`);
console.log(`first load ${sum(first, "gz")} bytes with gzip, ${sum(first, "br")} with brotli; budget ${BUDGET_BYTES}`);
console.log(`everything, including wallets and the Stellar SDK: ${sum(all, "gz")} bytes with gzip in ${all.length} files`);
if (sum(first, "gz") > BUDGET_BYTES) {
  console.error("the first load is over its budget: load more of it lazily");
  process.exit(1);
}
