// SPDX-License-Identifier: Apache-2.0
// Measures the service against what it stands on, side by side in one run, and prints one table:
//   node bench/run.mjs [--build build/bench] [--only health,create,…] [--streams 10000]
// The service and its limits have one core, the load generator the other; everything is on loopback. Each
// figure is the median of rounds that take turns, so that a busy machine slows both sides: read the ratios. The
// ratio of processor time (the limit's for a call, by ours) leaves out waiting, for the disk and for other work.
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Nginx } from './nginx.mjs';
import { firstPaint } from './pages.mjs';
import { lastLineAsJson, loadCore, pause, rawAnswer, residentKib, run, serviceCore } from './processes.mjs';
import { Report, inWords, median } from './report.mjs';
import { onPostgres } from './production.mjs';
import { Service, base, create as createSession, get as getSession, load } from './service.mjs';

const rounds = 3;
const seconds = 2;
const readers = 32; // connections of the rows that only read
const writers = 128; // of the row that waits for the disk
const clinics = 100;
const starts = 7;

const root = resolve(fileURLToPath(import.meta.url), '../..');
const { values: options } = parseArgs({
  options: { build: { type: 'string', default: join(root, 'build/bench') }, only: { type: 'string' }, streams: { type: 'string', default: '10000' } },
});
const streams = Number(options.streams);
const wanted = options.only?.split(',');
const program = (name) => join(options.build, 'bin/bench', name);
const work = join(options.build, 'bench-run');
const script = join(root, 'bench/load/load.lua');
const binary = join(options.build, 'bin/vcare');

const report = new Report();
const service = new Service(binary, join(work, 'service'));
const nginx = new Nginx(join(work, 'nginx'));
const json = { 'Content-Type': 'application/json' };
const inTurns = (...sides) => {
  const measured = sides.map(() => []);
  for (let round = 0; round < rounds; round += 1) sides.forEach((side, i) => measured[i].push(side()));
  return measured;
};
const rate = (measured) => median(measured.map((one) => one.rate));
const cpu = (measured) => median(measured.map((one) => one.cpuMicros));

// What every part needs: a clinic with a consent and one visit that was made as the create row makes them.
async function furnish() {
  await service.prepare();
  await service.start();
  const clinic = await service.furnish();
  await service.stop();
  const copy = join(work, 'limit.db');
  service.copyDatabase(copy);
  return { ...clinic, copy };
}

const health = (more = {}) => load(script, service, '/health/live', { seconds, connections: readers, ...more });
const get = (clinic, more = {}) => getSession(script, service, clinic, { seconds, connections: readers, ...more });
const create = (clinic, more = {}) => createSession(script, service, clinic, { seconds, connections: writers, ...more });
const sqlite = (mode, { copy }) => {
  const told = lastLineAsJson(run(serviceCore, program('bench_sqlite'), [mode, copy, String(seconds), String(writers)]));
  return { ...told, rate: told.calls / told.seconds, cpuMicros: (told.cpu_seconds / told.calls) * 1e6 };
};
/** Genuine in everything but its signature. */
async function wrongToken({ token, session }) {
  const patient = session.participants.find(({ role }) => role === 'patient');
  const issued = await service.post(`/sessions/${session.id}/participants/${patient.id}/join-token`, token, {});
  const [head, claims, signature] = issued.token.split('.');
  return [head, claims, (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)].join('.');
}
const join_ = (wrong, more = {}) =>
  load(script, service, `${base}/visit/join`, {
    seconds,
    connections: readers,
    method: 'POST',
    headers: json,
    body: JSON.stringify({ token: wrong }),
    ...more,
  });

const parts = {
  async start() {
    const stripped = join(work, 'vcare');
    run(loadCore, 'strip', ['-o', stripped, binary]);
    report.below('program, stripped', statSync(stripped).size / 1e6, 'MB', 25, { digits: 1 });
    const taken = [];
    for (let i = 0; i < starts; i += 1) {
      if (i > 0) await service.stop();
      taken.push(await service.start());
    }
    report.below('start to ready', median(taken), 'ms', 150, { note: `median of ${starts} starts` });
    await pause(1000);
    report.below('resident memory, idle', residentKib(service.pid) / 1024, 'MiB', 30, { digits: 1 });
    await service.stop();
  },

  async health() {
    await service.start();
    await nginx.start([await likeService('/health/live')]);
    const static_ = () => load(script, nginx, '/health/live', { seconds, connections: readers });
    const [ours, theirs] = inTurns(health, static_);
    await nginx.stop();
    await service.stop();
    report.ratio('`GET /health/live`', inWords(ours), `nginx, static answer of the same size: ${inWords(theirs)}`, rate(ours) / rate(theirs), 0.8, cpu(theirs) / cpu(ours));
  },

  async get(clinic) {
    await service.start();
    const path = `${base}/sessions/${clinic.session.id}`;
    await nginx.start([await likeService(path, [`Authorization: Bearer ${clinic.token}`])]);
    const static_ = () => load(script, nginx, path, { seconds, connections: readers });
    const [ours, theirs, bare] = inTurns(() => get(clinic), static_, () => sqlite('get', clinic));
    await nginx.stop();
    await service.stop();
    const together = 1 / (1 / rate(theirs) + 1 / rate(bare));
    const limit = `nginx of the same size, then the bare SQL with its audit entries: ${Math.round(together).toLocaleString('en')}/s`;
    report.ratio('`GET /sessions/{id}`', inWords(ours), limit, rate(ours) / together, undefined, (cpu(theirs) + cpu(bare)) / cpu(ours));
  },

  async create(clinic) {
    await service.start();
    const [ours, bare] = inTurns(() => create(clinic), () => sqlite('create', clinic));
    await service.stop();
    const limit = `bare SQLite loop, the same rows, ${writers} calls a commit: ${inWords(bare)}`;
    report.ratio('`POST /sessions`', inWords(ours), limit, rate(ours) / rate(bare), 0.7, cpu(bare) / cpu(ours));
  },

  async join(clinic) {
    await service.start();
    const wrong = await wrongToken(clinic);
    const [ours, bare] = inTurns(() => join_(wrong), health);
    await service.stop();
    report.ratio('`POST /visit/join`, wrong signature', inWords(ours), `\`GET /health/live\`: ${inWords(bare)}`, rate(ours) / rate(bare), 0.5, cpu(bare) / cpu(ours));
  },

  async bearer() {
    const { es256, rs256, cached } = lastLineAsJson(run(serviceCore, program('bench_bearer'), []));
    const micros = (ns) => `${(ns / 1000).toFixed(1)} µs`;
    const ours = `${micros(cached)} a known bearer`;
    report.ratio('bearer, ES256', ours, `OpenSSL check: ${micros(es256)}`, es256 / cached, 20);
    report.ratio('bearer, RS256', ours, `OpenSSL check: ${micros(rs256)}`, rs256 / cached, 20);
  },

  async allocations(clinic) {
    const counter = join(work, 'allocations');
    const file = openSync(counter, 'w+');
    ftruncateSync(file, 8);
    const count = () => {
      const bytes = Buffer.alloc(8);
      readSync(file, bytes, 0, 8, 0);
      return Number(bytes.readBigUInt64LE());
    };
    await service.start({ LD_PRELOAD: program('bench_allocations.so'), VCARE_BENCH_ALLOCATIONS: counter });
    const each = (one) => {
      one({ seconds: 1, connections: 1 }); // what is kept after the first request is not asked for again
      const before = count();
      const { requests } = one({ seconds: 1, connections: 1 });
      return (count() - before) / requests;
    };
    const wrong = await wrongToken(clinic);
    const note = { digits: 0, note: 'on one connection, with the workers behind it' };
    report.below('allocations, `GET /health/live`', each(health), 'a request', undefined, note);
    report.below('allocations, `GET /sessions/{id}`', each((how) => get(clinic, how)), 'a request', undefined, note);
    report.below('allocations, `POST /sessions`', each((how) => create(clinic, how)), 'a request', undefined, note);
    report.below('allocations, `POST /visit/join`', each((how) => join_(wrong, how)), 'a request', undefined, note);
    await service.stop();
    closeSync(file);
  },

  async paint({ token, session }) {
    const patient = session.participants.find(({ role }) => role === 'patient');
    await service.start();
    const { joinUrl } = await service.post(`/sessions/${session.id}/participants/${patient.id}/join-token`, token, {});
    const { milliseconds, visits } = await firstPaint(root, joinUrl);
    await service.stop();
    const note = `400 ms round trip, 400 kbit/s, an empty cache; median of ${visits} visits`;
    report.below("first paint of a patient's link on 3G", milliseconds, 'ms', 2000, { note });
  },

  async postgres() {
    await onPostgres({ binary, program, work, script, report, inTurns });
  },

  async streams() {
    const tokens = join(work, 'tokens');
    const visits = join(work, 'visits');
    const names = Array.from({ length: clinics }, (_, i) => `clinic-${i}`);
    writeFileSync(tokens, names.map((name) => `${service.token(name, 'clinician', 'admin')}\n`).join(''));
    const client = (...args) => lastLineAsJson(run(loadCore, program('bench_streams'), args.map(String)));
    await service.start();
    client('prepare', service.port, tokens, visits, streams);
    await service.stop();

    await service.start();
    const waiting = client('visits', service.port, tokens, visits, service.pid);
    await service.stop();
    const note = `${streams.toLocaleString('en')} patients of ${clinics} clinics, opened in ${waiting.opened_seconds.toFixed(1)} s`;
    report.below('memory of a live stream', waiting.service_kib_each, 'KiB', 4, { digits: 1, note });
    report.below('kernel memory of it', waiting.kernel_kib_each, 'KiB', undefined, { digits: 1, note: 'both ends of the connection' });
    report.below('an admission reaches its page, p99', waiting.admit_p99_ms, 'ms', 50, { digits: 1, note: `${waiting.admissions} admissions among these streams` });

    await service.start();
    const feeds = client('feeds', service.port, tokens, streams, service.pid);
    await service.stop();
    report.below('one event reaches every feed', feeds.all_told_ms, 'ms', 1000, { note: `${streams.toLocaleString('en')} staff feeds of one clinic, ${feeds.service_kib_each.toFixed(1)} KiB each` });
  },
};

async function likeService(path, headers = []) {
  const answer = await rawAnswer(service.port, path, headers);
  return { path, type: /Content-Type: ([^\r]+)/i.exec(answer)[1], bytes: answer.length };
}

mkdirSync(work, { recursive: true });
const loadBefore = loadavg()[0];
const clinic = await furnish();
for (const [name, measure] of Object.entries(parts)) {
  if (!wanted || wanted.includes(name)) await measure(clinic);
}
console.log(report.table());
const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim();
const machine = { cpu: cpus()[0].model, cores: cpus().length, loadBefore };
const at = new Date().toISOString();
const results = join(root, 'bench/results');
mkdirSync(results, { recursive: true });
writeFileSync(join(results, `${at.slice(0, 10)}.json`), `${JSON.stringify({ at, commit, machine, rows: report.rows }, null, 2)}\n`);
console.log(`\n${machine.cpu}, ${machine.cores} cores, load ${loadBefore.toFixed(1)} before it began`);
if (loadBefore > 0.5) console.log('The machine was busy: of the ratios, those of processor time tell more.');
