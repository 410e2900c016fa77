// SPDX-License-Identifier: Apache-2.0
// The service under measurement, on embedded defaults unless it is told otherwise, without its limits on how often one client may call.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSeconds, freePort, lastLineAsJson, loadCore, run, serviceCore, start, stop, untilAnswered } from './processes.mjs';

export const base = '/api/v1/virtual-care';

export class Service {
  constructor(binary, folder, settings = '') {
    this.binary = binary;
    this.folder = folder;
    this.settings = settings;
    this.config = join(folder, 'vcare.toml');
    this.database = join(folder, 'vcare.db');
  }

  async prepare() {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    this.port = await freePort();
    this.adminPort = await freePort();
    this.configure(this.settings);
  }

  /** From its next start on. */
  configure(settings) {
    this.settings = settings;
    writeFileSync(
      this.config,
      `[server]
listen = "127.0.0.1:${this.port}"
admin_listen = "127.0.0.1:${this.adminPort}"
public_url = "http://127.0.0.1:${this.port}"
[log]
level = "warning"
[limits]
failed_joins_per_address_per_minute = 0
requests_per_credential_per_second = 0
requests_per_tenant_per_second = 0
${this.settings}`,
    );
  }

  /** Comes back when it is ready, with the milliseconds that it took. */
  async start(environment = {}) {
    const begun = performance.now();
    this.child = start(serviceCore, this.binary, ['serve', '--config', this.config], environment);
    await untilAnswered(this.port, '/health/ready');
    return performance.now() - begun;
  }

  async stop() {
    await stop(this.child);
  }

  get pid() {
    return this.child.pid; // taskset becomes the program
  }

  token(tenant, ...roles) {
    const chosen = roles.flatMap((role) => ['--role', role]);
    const args = ['token', 'staff', '--config', this.config, '--tenant', tenant, '--sub', `dr-${tenant}`, ...chosen];
    return run(loadCore, this.binary, args).trim();
  }

  async post(path, token, body, headers = {}) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${base}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`POST ${path} was answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  async get(path, token) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${base}${path}`, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`GET ${path} was answered ${answer.status}`);
    return answer.json();
  }

  /** A clinic with a consent and one visit, made as `create` makes them; what else a request needs to be one. */
  async furnish() {
    const token = this.token('bench', 'clinician', 'admin');
    await this.post('/consents', token, { patientId: 'pat-1', type: 'telehealth', method: 'verbal' });
    const body = JSON.stringify({ patientId: 'pat-1', scheduledStart: new Date().toISOString() });
    return { token, body, session: await this.post('/sessions', token, JSON.parse(body), { 'Idempotency-Key': `furnish-${Date.now()}` }) };
  }

  /** While it does not run. */
  copyDatabase(to) {
    copyFileSync(this.database, to);
  }
}

const authorization = (token) => ({ Authorization: `Bearer ${token}` });

export const get = (script, service, { token, session }, how) =>
  load(script, service, `${base}/sessions/${session.id}`, { headers: authorization(token), ...how });

export const create = (script, service, { token, body }, how) =>
  load(script, service, `${base}/sessions`, {
    method: 'POST',
    headers: { ...authorization(token), 'Content-Type': 'application/json' },
    body,
    keys: true,
    ...how,
  });

/** One kind of request for some seconds, by wrk on the other core; with the microseconds of the core that each took. */
export function load(script, server, path, { seconds, connections, method = 'GET', headers = {}, body, keys = false }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const environment = { METHOD: method, HEADERS: lines.join('\n'), KEYS: keys ? '1' : '0' };
  if (body !== undefined) environment.BODY = body;
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${server.port}${path}`];
  const before = cpuSeconds(server.child.pid);
  const told = lastLineAsJson(run(loadCore, 'wrk', args, environment));
  const cpu = cpuSeconds(server.child.pid) - before;
  if (told.broken > 0) throw new Error(`${method} ${path}: ${told.broken} requests had no answer`);
  return { ...told, rate: told.requests / told.seconds, cpuMicros: (cpu / told.requests) * 1e6 };
}
