// SPDX-License-Identifier: Apache-2.0
// A real OpenID provider for tests, its memory in this process:
//   node server.mjs PORT --people JSON [--pages ORIGIN] [--algorithm ES256] [--token-seconds N] [--path /realm]
//       [--certificate FILE --key FILE]
// `people` names everybody with the claims of their access tokens: {"dr-north": {"tenantId": "north", …}}. Each signs
// in by name in a browser, and is a client of the same name with the secret `secret` for tests without one. `pages`
// is the origin of the staff pages, whose client is `vcare-pages`. Prints `ready` when it answers on 127.0.0.1. With a
// certificate it speaks TLS there, as https://localhost:PORT, and plainly on the next port, for the test itself.
//
// For tests only, beside the provider: POST /test/sign {header?, claims} signs anything with the provider's key,
// POST /test/rotate gives it a new key, GET /test/asked counts who asked for discovery and keys.
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { errors, Provider } from 'oidc-provider';
import { serveOn } from '../support/serve.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string', default: '{}' },
    pages: { type: 'string', default: 'http://127.0.0.1:1' },
    algorithm: { type: 'string', default: 'RS256' },
    'token-seconds': { type: 'string', default: '300' },
    path: { type: 'string', default: '' },
    certificate: { type: 'string' },
    key: { type: 'string' },
  },
});
const port = Number(positionals[0]);
const issuer = `${values.certificate ? 'https://localhost' : 'http://127.0.0.1'}:${port}${values.path}`;
const people = JSON.parse(values.people);
const scopes = [
  'session:create', 'session:read', 'session:admit', 'session:end', 'session:cancel', 'recording:control',
  'config:read', 'config:write', 'consent:read', 'consent:write', 'audit:read',
].map((name) => `virtual_care:${name}`).join(' ');
const audiences = { 'urn:vcare': 'virtual-care', 'urn:chart': 'chart' };

let key;
let provider;
let handle;
const asked = { discovery: 0, keys: 0 };

async function newKey() {
  const { privateKey } = await generateKeyPair(values.algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: values.algorithm, use: 'sig' };
}

function clientsOf() {
  const machines = Object.keys(people).map((name) => ({
    client_id: name,
    client_secret: 'secret',
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: values.algorithm,
  }));
  const pages = {
    client_id: 'vcare-pages',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${values.pages}/provider`],
    post_logout_redirect_uris: [`${values.pages}/provider`],
    id_token_signed_response_alg: values.algorithm,
  };
  return [...machines, pages];
}

function makeProvider() {
  const made = new Provider(issuer, {
    jwks: { keys: [key] },
    clients: clientsOf(),
    clientBasedCORS: () => true,
    cookies: { keys: ['of a test'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: askWhetherToLeave },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:vcare',
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => {
          if (!audiences[resource]) throw new errors.InvalidTarget();
          return {
            scope: scopes,
            audience: audiences[resource],
            accessTokenTTL: Number(values['token-seconds']),
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: values.algorithm } },
          };
        },
      },
    },
    ttl: { ClientCredentials: Number(values['token-seconds']), AccessToken: Number(values['token-seconds']) },
    extraTokenClaims: (_, token) => people[token.accountId ?? token.clientId],
    findAccount: (_, id) =>
      people[id] && { accountId: id, claims: () => ({ sub: id, name: people[id].name ?? id }) },
    interactions: { url: (_, interaction) => `${values.path}/sign-in/${interaction.uid}` },
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant: grantEverything,
    renderError: (ctx, out) => {
      ctx.type = 'text/plain';
      ctx.body = `${out.error}: ${out.error_description}`;
    },
  });
  made.on('server_error', (_, problem) => console.error(problem));
  return made;
}

/** A clinic's own pages are not asked what they may do. */
async function grantEverything(ctx) {
  const { client, session, params } = ctx.oidc;
  const known = session.grantIdFor(client.clientId);
  if (known) return ctx.oidc.provider.Grant.find(known);
  const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope ?? 'openid');
  grant.addResourceScope('urn:vcare', scopes);
  await grant.save();
  return grant;
}

function askWhetherToLeave(ctx, form) {
  ctx.type = 'text/html';
  ctx.body = `<!doctype html><html lang="en"><title>Leave</title><main>${form}
    <button form="op.logoutForm" name="logout" value="yes">Sign out</button></main></html>`;
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const page = (text) => `<!doctype html><html lang="en"><title>Sign in</title><main>${text}</main></html>`;

/** The provider's own sign-in page: a name is enough. */
async function signIn(request, response) {
  if (request.method === 'GET') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(
      page('<form method="post"><label>Name <input name="login" autofocus></label> <button>Sign in</button></form>'
        + '<form method="post"><button name="refuse" value="yes">Cancel</button></form>'),
    );
    return;
  }
  const form = new URLSearchParams(await textOf(request));
  const result = form.get('refuse')
    ? { error: 'access_denied', error_description: 'cancelled' }
    : { login: { accountId: form.get('login') } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function control(request, response) {
  let answer = asked;
  if (request.url === '/test/sign') {
    const { header, claims } = JSON.parse(await textOf(request));
    const token = new SignJWT(claims).setProtectedHeader({ alg: values.algorithm, kid: key.kid, ...header });
    answer = { token: await token.sign(await importJWK(key, values.algorithm)) };
  } else if (request.url === '/test/rotate') {
    await start();
    answer = { kid: key.kid };
  }
  const body = JSON.stringify(answer);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
}

async function start() {
  key = await newKey();
  provider = makeProvider();
  handle = provider.callback();
}

async function serve(request, response) {
  if (request.url.startsWith('/test/')) return control(request, response);
  if (!request.url.startsWith(values.path)) return response.writeHead(404).end();
  request.originalUrl = request.url;
  request.url = request.url.slice(values.path.length);
  if (request.url.startsWith('/sign-in/')) return signIn(request, response);
  if (request.url.startsWith('/.well-known/')) asked.discovery++;
  if (request.url === '/jwks') asked.keys++;
  return handle(request, response);
}

await start();
const serveOrBreak = (request, response) =>
  serve(request, response).catch((problem) => {
    console.error(problem);
    response.destroy();
  });

await serveOn(port, serveOrBreak, values);
