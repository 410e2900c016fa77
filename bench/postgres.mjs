// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server to measure on, durable as it is shipped; and what pgbench makes of the statements that the
// service was seen to send.
import { chownSync, closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, keep, loadCore, makeFolder, pause, run, stop } from './processes.mjs';
import { median } from './report.mjs';

const programs = '/usr/lib/postgresql/15/bin';

/** The server insists on an unprivileged user. */
function unprivileged() {
  if (process.getuid() !== 0) return { prefix: [], owner: undefined };
  const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { prefix: ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'], owner: { user: id('-u'), group: id('-g') } };
}

export class Postgres {
  constructor() {
    this.folder = makeFolder();
    this.log = join(this.folder, 'log');
  }

  async start() {
    const { prefix, owner } = unprivileged();
    if (owner) chownSync(this.folder, owner.user, owner.group);
    const as = (program, ...args) => [...prefix, join(programs, program), ...args];
    const data = join(this.folder, 'data');
    const made = spawnSync('env', as('initdb', '-D', data, '-A', 'trust', '-U', 'owner', '--no-instructions', '-E', 'UTF8', '--locale=C'), { encoding: 'utf8', cwd: '/' });
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    this.port = await freePort();
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: this.folder, max_connections: '300', shared_buffers: '512MB', log_line_prefix: '%p ' };
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const log = openSync(this.log, 'a');
    this.child = spawn('env', as('postgres', '-D', data, '-p', String(this.port), ...given), { stdio: ['ignore', 'ignore', log], cwd: '/' });
    closeSync(log);
    keep(this.child);
    for (let tries = 0; ; tries += 1) {
      if (spawnSync(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(this.port)]).status === 0) break;
      if (tries === 600) throw new Error(`PostgreSQL does not start: ${readFileSync(this.log, 'utf8')}`);
      await pause(50);
    }
    this.ask('postgres', "CREATE DATABASE clinic");
    this.ask('postgres', "ALTER SYSTEM SET log_statement = 'all'");
    this.ask('postgres', 'SELECT pg_reload_conf()');
  }

  async stop() {
    // Fast: it does not wait for those who are connected.
    await stop(this.child, 'SIGINT');
  }

  url(user) {
    return `postgresql://${user}@127.0.0.1:${this.port}/clinic`;
  }

  /** What psql prints without decoration. */
  ask(database, sql) {
    const asked = spawnSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', `postgresql://owner@127.0.0.1:${this.port}/${database}`], { input: sql, encoding: 'utf8' });
    if (asked.status !== 0) throw new Error(`psql: ${asked.stderr}`);
    return asked.stdout.trim();
  }

  /** Until now it writes down every statement. What a connection of the service's settled first, pgbench's do, too. */
  stopLogging() {
    const [settled] = /SET [^\n]*SET ROLE vcare_app/.exec(readFileSync(this.log, 'utf8'));
    this.settings = [...settled.matchAll(/SET (\w+) (?:= )?'?(\w+)/g)].map(([, name, value]) => `-c ${name.toLowerCase()}=${value}`).join(' ');
    this.ask('postgres', 'ALTER SYSTEM RESET log_statement');
    this.ask('postgres', 'SELECT pg_reload_conf()');
  }

  /**
   * The transactions meanwhile that were about one tenant, which those of the service's workers are not; until
   * they are `enough`.
   */
  async transactionsDuring(act, enough = () => true) {
    const begin = readFileSync(this.log, 'utf8').length;
    const sent = () => transactionsIn(readFileSync(this.log, 'utf8').slice(begin));
    await act();
    for (let tries = 0; !enough(sent()); tries += 1) {
      if (tries === 200) throw new Error('the service does not send what it is to send');
      await pause(50);
    }
    return sent();
  }

  /** The script on so many connections for so long. */
  pgbench(script, { connections, seconds }) {
    this.runs = (this.runs ?? 0) + 1;
    const folder = join(this.folder, 'pgbench');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const file = join(folder, 'script.sql');
    writeFileSync(file, script);
    const args = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds), '-D', `first=${FIRST + this.runs * OF_A_RUN}`, '-D', 'i=0', '-f', file, '-l', `--log-prefix=${join(folder, 'each')}`];
    const told = run(loadCore, 'pgbench', [...args, this.url('service')], { PGOPTIONS: this.settings });
    const rate = Number(/tps = ([\d.]+)/.exec(told)?.[1]);
    if (!rate || !told.includes('failed transactions: 0 ')) throw new Error(`pgbench: ${told}\n${script}\n${readFileSync(this.log, 'utf8').slice(-2000)}`);
    const micros = readdirSync(folder)
      .filter((name) => name.startsWith('each'))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n').map((line) => Number(line.split(' ')[2])))
      .sort((a, b) => a - b);
    return { rate, p99: micros[Math.floor(micros.length * 0.99)] / 1000 };
  }
}

export const pgbenchInWords = (rounds) =>
  `${Math.round(median(rounds.map(({ rate }) => rate))).toLocaleString('en')}/s, p99 ${median(rounds.map(({ p99 }) => p99)).toFixed(1)} ms`;

/** The transactions in a log of the server that were about one tenant: each statement's text and its parameters. */
export function transactionsIn(log) {
  const whole = [];
  const open = new Map();
  for (const line of log.split('\n')) {
    const said = /^(\d+) LOG: {2}execute [^:]*: (.*)$/.exec(line);
    if (said) {
      const [, pid, text] = said;
      // A pipeline is a transaction without words of its own; it begins with the tenant's name.
      if (text.includes('app.tenant_id')) whole.push(open.set(pid, []).get(pid));
      open.get(pid)?.push({ text, values: [] });
    }
    const values = /^(\d+) DETAIL: {2}parameters: (.*)$/.exec(line);
    const last = values && open.get(values[1])?.at(-1);
    if (last) last.values = valuesIn(values[2]);
  }
  return whole;
}

/** Whether a statement of the transaction says this. */
export const saysIn = (transaction, words) => transaction.some(({ text }) => text.includes(words));

function valuesIn(text) {
  return [...text.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g)].map(([, value]) => value);
}

const ULID = /([a-z]{3}_)[0-9A-Z]{10}([0-9A-Z]{16})/g;

// Ten digits that can begin a ULID, counted up by each client in a range of its own.
const FIRST = 1_000_000_000;
const OF_A_RUN = 400_000_000;
const OF_A_CLIENT = 10_000_000;

/** The statement with ids of its own: an id that stands in `made` gets another time, and `word` another end. */
function freshly(made, word) {
  const ids = new Set([...made.matchAll(ULID)].map(([id]) => id));
  // pgbench takes a colon for a variable of its own, also in a literal.
  const quoted = (literal) => `E${literal.replaceAll('\\', '\\\\').replaceAll(':', '\\x3A')}`;
  const fresh = (literal) => {
    if (literal === 'NULL') return literal;
    const varied = quoted(literal)
      .replace(ULID, (id, prefix, random) => (ids.has(id) ? `${prefix}' || :n || E'${random}` : id))
      .replaceAll(word, `${word}' || :n || E'`);
    // A parameter has the type of its place; a text that is put together has to be told.
    return literal.startsWith("'[[") ? `(${varied})::json` : `(${varied})`;
  };
  return ({ text, values }) => `${text.replace(/\$(\d+)/g, (_, number) => fresh(values[Number(number) - 1]))};`;
}

const pipeline = (lines) => ['\\startpipeline', ...lines, '\\endpipeline'];
const counted = (by, lines) => [`\\set i :i + ${by}`, `\\set n :first + :client_id * ${OF_A_CLIENT} + :i`, ...lines, ''].join('\n');

/** The same transactions again and again, each in a pipeline as the service sends it, each time with ids of its own. */
export function scriptOf(transactions, made, word) {
  const line = freshly(made, word);
  return counted(1, transactions.flatMap((statements) => pipeline(statements.map(line))));
}

/** The audit entries that were written. */
export const entriesIn = (transactions) => [...new Set(JSON.stringify(transactions).match(/aud_[0-9A-Z]{26}/g))];

/** A transaction as often as there are audit entries in `written`, and then that: each time with ids of its own. */
export function auditedScriptOf(transaction, written) {
  const entries = entriesIn(written);
  const line = freshly(entries.join(' '), entries[0]);
  const once = pipeline(transaction.map(line));
  return { script: counted(1, [...entries.flatMap(() => once), ...pipeline(written.map(line))]), reads: entries.length };
}
