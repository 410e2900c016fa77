// SPDX-License-Identifier: Apache-2.0
// The rows with PostgreSQL and NATS: against pgbench, which sends what the service was seen to send, and against
// a publisher that does nothing else.
import { join } from 'node:path';
import { Nats } from './nats.mjs';
import { lastLineAsJson, loadCore, pause, run } from './processes.mjs';
import { Postgres, auditedScriptOf, entriesIn, pgbenchInWords, saysIn, scriptOf } from './postgres.mjs';
import { inWords, median } from './report.mjs';
import { Service, base, create, get, load } from './service.mjs';

const seconds = 4;
const connections = 16; // of clients to the service, of the service to the database, and of pgbench
const small = 10_000;
const large = 1_000_000;
const backlog = 20_000;
const envelope = 600; // what a CloudEvent says beside its data
const batched = 16; // reads, whose audit entries pgbench writes together
const steady = 1000; // events a second
const eventsOfCreate = 3;
const steadySeconds = 5;
const word = 'bench-key-';

export async function onPostgres({ binary, program, work, script, report, inTurns }) {
  const postgres = new Postgres();
  await postgres.start();
  const service = new Service(
    binary,
    join(work, 'on-postgres'),
    `[store]\nurl = "${postgres.url('service')}"\nconnections = ${connections}\n`,
  );
  await service.prepare();
  run(loadCore, binary, ['migrate', '--config', service.config], { VCARE_STORE_URL: postgres.url('owner') });
  postgres.ask('clinic', 'CREATE ROLE service LOGIN; GRANT vcare_app, vcare_worker TO service');
  await service.start();
  const clinic = await service.furnish();

  const post = (key) => service.post('/sessions', clinic.token, JSON.parse(clinic.body), { 'Idempotency-Key': key });
  await post('before');  // what is asked only once in a while is not part of a request
  // A server plans for an empty table until it has counted it, which it does by itself within a minute.
  create(script, service, clinic, { connections, seconds: 1 });
  postgres.ask('clinic', 'ANALYZE');
  let made;
  const creating = await postgres.transactionsDuring(async () => (made = await post(word)));
  const ids = JSON.stringify(creating.flat().filter(({ text }) => text.startsWith('INSERT')));
  const createScript = scriptOf(creating, ids, word);
  const isEntry = (transaction) => saysIn(transaction, 'INTO audit_unsealed');
  const readThis = () => service.get(`/sessions/${made.id}`, clinic.token);
  const reading = (await postgres.transactionsDuring(readThis, (sent) => sent.some(isEntry))).filter((one) => !isEntry(one));
  const getScript = scriptOf(reading, '', word);
  const readMany = () => Promise.all(Array.from({ length: batched }, readThis));
  const all = await postgres.transactionsDuring(readMany, (sent) => entriesIn(sent.filter(isEntry)).length >= batched);
  const [writing] = all.filter(isEntry).sort((one, other) => entriesIn(other).length - entriesIn(one).length);
  const audited = auditedScriptOf(reading.flat(), writing);
  postgres.stopLogging();

  const ofPgbench = (sql) => () => postgres.pgbench(sql, { connections, seconds });
  const how = { connections, seconds };
  const rate = (rounds) => median(rounds.map((one) => one.rate));
  const [booked, bookings] = inTurns(() => create(script, service, clinic, how), ofPgbench(createScript));
  report.ratio('`POST /sessions`, PostgreSQL', inWords(booked), `pgbench, the same statements in one pipeline: ${pgbenchInWords(bookings)}`, rate(booked) / rate(bookings), 1);
  const [read, bare, both] = inTurns(() => get(script, service, { ...clinic, session: made }, how), ofPgbench(getScript), ofPgbench(audited.script));
  report.ratio('`GET /sessions/{id}`, PostgreSQL', inWords(read), `pgbench, the same statements in one pipeline: ${pgbenchInWords(bare)}`, rate(read) / rate(bare), 0.6);
  const withEntries = rate(both) * audited.reads;
  report.ratio('the same', inWords(read), `pgbench, and their audit entries, ${audited.reads} in one: ${Math.round(withEntries).toLocaleString('en')}/s`, rate(read) / withEntries, 0.85);
  await growth({ postgres, service, clinic, script, report, inTurns });
  await service.stop();
  await relaying({ postgres, service, clinic, program, report });
  await postgres.stop();
}

/** The outbox on its way into a stream: a backlog at once, and what comes steadily. */
async function relaying({ postgres, service, clinic, program, report }) {
  const nats = new Nats();
  await nats.start();
  const waits = 'FROM outbox WHERE published_at IS NULL';
  const drained = async () => {
    while (postgres.ask('clinic', `SELECT EXISTS (SELECT 1 ${waits})`) === 't') await pause(20);
  };
  postgres.ask(
    'clinic',
    `INSERT INTO outbox (tenant_id, event_id, type, subject, session_id, data, at, actor, correlation_id, traceparent)
       SELECT tenant_id, 'evt_' || lpad(n::text, 10, '0') || right(event_id, 16), type, subject,
         'vsn_' || lpad(n::text, 10, '0') || right(session_id, 16), data, at, actor, correlation_id, traceparent
       FROM outbox, generate_series(1, ${backlog}) n WHERE event_id = (SELECT min(event_id) FROM outbox WHERE type LIKE '%.created.v1')`,
  );
  const bytes = Number(postgres.ask('clinic', `SELECT max(length(data)) FROM outbox WHERE type LIKE '%.created.v1'`)) + envelope;
  const waiting = Number(postgres.ask('clinic', `SELECT COUNT(*) ${waits}`)); // with what pgbench left behind
  const publishing = () => lastLineAsJson(run(loadCore, program('bench_nats'), ['publish', nats.url, String(waiting), String(bytes)])).rate;
  const before = publishing();
  service.configure(`${service.settings}[events]\nurl = "${nats.url}"\n`);
  await service.start();
  const begun = performance.now();
  await drained();
  const relayed = (waiting * 1000) / (performance.now() - begun);
  const bare = (before + publishing()) / 2;
  const perSecond = (rate) => `${Math.round(rate).toLocaleString('en')}/s`;
  report.ratio('outbox to NATS, a backlog', perSecond(relayed), `NATS, as many messages as large, acknowledged: ${perSecond(bare)}`, relayed / bare, 0.5);

  const first = waiting + 1;
  const asked = [];
  for (const end = performance.now() + steadySeconds * 1000; performance.now() < end; await pause(1000 / (steady / eventsOfCreate))) {
    asked.push(service.post('/sessions', clinic.token, JSON.parse(clinic.body)));
  }
  await Promise.all(asked);
  await drained();
  const lag = lastLineAsJson(run(loadCore, program('bench_nats'), ['lag', nats.url, String(first)]));
  report.below('an event from its commit into the stream, p99', lag.p99, 'ms', 200, { note: `${Math.round(lag.events / steadySeconds).toLocaleString('en')} events/s, half of them within ${lag.p50} ms` });
  await service.stop();
  await nats.stop();
}

/** Lists and look-ups among many more visits of the same clinic. */
async function growth({ postgres, service, clinic, script, report, inTurns }) {
  const headers = { Authorization: `Bearer ${clinic.token}` };
  const asked = {
    'a visit': `/sessions/${clinic.session.id}`,
    'a page of visits': '/sessions?limit=20',
    'a page of a patient': '/sessions?patientId=pat-1&limit=20',
    'a page of a state': '/sessions?status=scheduled&limit=20',
  };
  const measure = (path) => inTurns(() => load(script, service, base + path, { seconds, connections: 4, headers }))[0];
  const p99 = (rounds) => median(rounds.map((one) => one.p99));
  grow(postgres, clinic.session.id, small);
  const before = Object.values(asked).map(measure);
  grow(postgres, clinic.session.id, large - small);
  Object.entries(asked).forEach(([what, path], i) => {
    const after = measure(path);
    report.below(`${what}, p99 at 1 M against 10 k`, p99(after) / p99(before[i]), 'times', 1.5, { digits: 2, note: `${p99(before[i]).toFixed(1)} ms, then ${p99(after).toFixed(1)} ms` });
  });
}

/** So many copies of a visit, each with its people and a time of its own, as if they had been booked one by one. */
function grow(postgres, session, count) {
  const id = (column) => `'${column}', left(${column}, 4) || upper(lpad(to_hex(nextval('grown')), 10, '0')) || right(${column}, 16)`;
  postgres.ask(
    'clinic',
    `CREATE SEQUENCE IF NOT EXISTS grown;
     CREATE TEMP TABLE copies AS
       SELECT s.session_id AS old, left(s.session_id, 4) || upper(lpad(to_hex(nextval('grown')), 10, '0')) || right(s.session_id, 16) AS new, n
       FROM sessions s, generate_series(1, ${count}) n WHERE s.session_id = '${session}';
     INSERT INTO sessions SELECT (jsonb_populate_record(s, jsonb_build_object('session_id', c.new, 'patient_id', 'pat-' || (c.n % 5000),
         'scheduled_start', s.scheduled_start + c.n * 60000::bigint, 'scheduled_end', s.scheduled_end + c.n * 60000::bigint))).*
       FROM sessions s JOIN copies c ON c.old = s.session_id;
     INSERT INTO participants SELECT (jsonb_populate_record(p, jsonb_build_object('session_id', c.new, ${id('participant_id')}))).*
       FROM participants p JOIN copies c ON c.old = p.session_id;
     ANALYZE sessions, participants;`,
  );
}
