// SPDX-License-Identifier: Apache-2.0
// A NATS server to measure on, with its streams in files.
import { writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, keep, makeFolder, pause, stop } from './processes.mjs';

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
  });

export class Nats {
  async start() {
    this.folder = makeFolder();
    this.port = await freePort();
    const config = join(this.folder, 'nats.conf');
    writeFileSync(config, `listen: "127.0.0.1:${this.port}"\njetstream { store_dir: "${this.folder}/jetstream" }\n`);
    this.child = keep(spawn('nats-server', ['-c', config], { stdio: 'ignore' }));
    for (let tries = 0; !(await answers(this.port)); tries += 1) {
      if (tries === 200) throw new Error('the NATS server does not start');
      await pause(50);
    }
  }

  get url() {
    return `nats://127.0.0.1:${this.port}`;
  }

  async stop() {
    await stop(this.child);
  }
}
