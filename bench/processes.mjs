// SPDX-License-Identifier: Apache-2.0
// Programs on a core of their own, and what the kernel says about them.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';

const allowed = /Cpus_allowed_list:\s*(.+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
const cores = allowed.split(',').flatMap((part) => {
  const [first, last = first] = part.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
});
if (cores.length < 2) throw new Error('the service and the load generator need a core each');

/** What is measured has one core to itself, whatever loads it the other. */
export const serviceCore = cores[0];
export const loadCore = cores[1];

const pinned = (core, program, args) => ['taskset', ['-c', String(core), program, ...args]];

/** Runs to the end; the text it wrote. */
export function run(core, program, args, environment = {}) {
  const { status, stdout, stderr, error } = spawnSync(...pinned(core, program, args), {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error || status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error ?? stderr}`);
  return stdout;
}

export const lastLineAsJson = (text) => JSON.parse(text.trim().split('\n').at(-1));

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A folder on a disk (/tmp may be memory) that other users can reach; it goes when this program ends. */
export function makeFolder() {
  const folder = mkdtempSync('/var/tmp/vcare-bench-');
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function start(core, program, args, environment = {}) {
  const child = spawn(...pinned(core, program, args), {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
  });
  return keep(child);
}

/** It ends with this program. */
export function keep(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The whole answer of a plain GET, as the bytes it had; nothing when nobody answers. */
export function rawAnswer(port, path, headers = []) {
  return new Promise((resolve) => {
    const chunks = [];
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(undefined));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.once('end', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write([`GET ${path} HTTP/1.1`, 'Host: bench', 'Connection: close', ...headers, '', ''].join('\r\n'));
  });
}

export async function untilAnswered(port, path, limitMs = 20000) {
  const limit = Date.now() + limitMs;
  while (Date.now() < limit) {
    const answer = await rawAnswer(port, path);
    if (answer?.startsWith('HTTP/1.1 200')) return;
    await pause(1);
  }
  throw new Error(`nothing answers at ${path} on port ${port}`);
}

export function residentKib(pid) {
  return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

/** What the threads of a process have run for since they began. */
export function cpuSeconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}
