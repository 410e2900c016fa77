// SPDX-License-Identifier: Apache-2.0
// nginx as one plain process that answers from memory.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, rawAnswer, serviceCore, start, stop, untilAnswered } from './processes.mjs';

export class Nginx {
  constructor(folder) {
    this.folder = folder;
  }

  /** Answers each of `answers` ({path, type, bytes}) with as many bytes on the wire as the service does. */
  async start(answers) {
    mkdirSync(this.folder, { recursive: true });
    this.port = await freePort();
    await this.startWith(answers.map((answer) => ({ ...answer, body: 'x' })));
    const fitted = [];
    for (const answer of answers) {
      const shortest = (await rawAnswer(this.port, answer.path)).length;
      fitted.push({ ...answer, body: 'x'.repeat(Math.max(1, answer.bytes - shortest)) });
    }
    await this.stop();
    await this.startWith(fitted);
  }

  async startWith(answers) {
    const locations = answers.map(
      ({ path, type, body }) => `location = ${path} { default_type "${type}"; return 200 "${body}"; }`,
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const config = join(this.folder, 'nginx.conf');
    writeFileSync(
      config,
      `daemon off; master_process off; worker_processes 1; pid ${this.folder}/pid; error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000000;
  ${temporary.map((name) => `${name}_temp_path ${this.folder}/${name};`).join(' ')}
  server { listen 127.0.0.1:${this.port}; ${locations.join('\n')} }
}
`,
    );
    this.child = start(serviceCore, 'nginx', ['-p', this.folder, '-e', 'stderr', '-c', config]);
    await untilAnswered(this.port, answers[0].path);
  }

  async stop() {
    await stop(this.child);
  }
}
