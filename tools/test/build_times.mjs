// SPDX-License-Identifier: Apache-2.0
// Builds everything from clean, without a compiler cache, and lists the slowest files:
//   node build_times.mjs [--preset dev]
// Aims: five minutes on two cores, no file over ten seconds.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const secondsPerFile = 10;
const secondsInAll = 300;

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const { values } = parseArgs({ options: { preset: { type: 'string', default: 'dev' } } });
const build = join(root, 'build', `${values.preset}-times`);

function run(program, ...args) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CCACHE_DISABLE: '1' } });
  if (status !== 0) process.exit(1);
}

rmSync(build, { recursive: true, force: true });
run('cmake', '--preset', values.preset, '-B', build);
const started = Date.now();
run('ninja', '-C', build);
const total = (Date.now() - started) / 1000;

// Ninja's log: start, end (ms), restat, output, hash; the last line of an output counts.
const steps = new Map();
for (const line of readFileSync(join(build, '.ninja_log'), 'utf8').split('\n').slice(1)) {
  const [start, end, , output] = line.split('\t');
  // A dependency file is logged by its full name too.
  if (output && !output.startsWith('/')) steps.set(output, (end - start) / 1000);
}
const name = (output) => output.replace(/CMakeFiles\/[^/]+\.dir\//, '').replace(/\.o$/, '');
const slowest = [...steps].sort((a, b) => b[1] - a[1]).slice(0, 25);
for (const [output, seconds] of slowest) {
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${seconds > secondsPerFile ? 'over 10 s  ' : ''}${name(output)}`);
}
const over = [...steps.values()].filter((seconds) => seconds > secondsPerFile).length;
console.log(`${steps.size} steps in ${total.toFixed(0)} s on ${cpus().length} cores (aim: ${secondsInAll} s on two), ${over} over ${secondsPerFile} s`);
rmSync(build, { recursive: true, force: true });
