// SPDX-License-Identifier: Apache-2.0
// What the servers in Node that tests start have in common: how they are reached.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

const listen = (server, port) => once(server.listen(port, '127.0.0.1'), 'listening');

/** Plainly on the port; with a certificate by TLS there, and plainly on the next one. Prints `ready` then. */
export async function serveOn(port, serve, { certificate, key }) {
  if (certificate) {
    const secure = { cert: readFileSync(certificate), key: readFileSync(key) };
    await listen(createSecureServer(secure, serve), port);
  }
  await listen(createServer(serve), certificate ? port + 1 : port);
  console.log('ready');
}
