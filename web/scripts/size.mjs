// SPDX-License-Identifier: Apache-2.0
// What the patient's browser fetches until the waiting room, in brotli, against the budget: node size.mjs
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const BUDGET_BYTES = 60 * 1024;
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const weigh = (path) => brotliCompressSync(readFileSync(join(dist, path))).length;

/** The page, and everything it and its scripts import statically. */
function firstLoad(page) {
  const html = readFileSync(join(dist, page), "utf8");
  const found = new Set([page]);
  const queue = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]);
  while (queue.length > 0) {
    const path = queue.pop();
    if (found.has(path)) continue;
    found.add(path);
    if (!path.endsWith(".js")) continue;
    const source = readFileSync(join(dist, path), "utf8");
    for (const match of source.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) queue.push(`assets/${match[1]}`);
  }
  return [...found];
}

// One language is loaded; the heaviest counts.
const messages = readdirSync(join(dist, "assets")).filter((name) => /^(en|fa-AF)-.+\.js$/.test(name));
const heaviest = messages.map((name) => `assets/${name}`).sort((a, b) => weigh(b) - weigh(a))[0];
if (heaviest === undefined) throw new Error("no message files in web/dist");

const files = [...firstLoad("v/index.html"), heaviest];
const total = files.reduce((sum, path) => sum + weigh(path), 0);
for (const path of files) console.log(`${String(weigh(path)).padStart(7)}  ${path}`);
console.log(`${String(total).padStart(7)}  patient's path to the waiting room, brotli (budget ${BUDGET_BYTES})`);
if (total > BUDGET_BYTES) {
  console.error(`over the budget by ${total - BUDGET_BYTES} bytes`);
  process.exit(1);
}
