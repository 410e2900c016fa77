// SPDX-License-Identifier: Apache-2.0
// Makes what is shipped and uses it as somebody who has nothing else: node check.mjs --binary FILE --report FILE
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = resolve(fileURLToPath(import.meta.url), '..');
const { values: options } = parseArgs({ options: { binary: { type: 'string' }, report: { type: 'string' } } });
const work = mkdtempSync(join(tmpdir(), 'vcare-package-'));
const run = (program, args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const make = (folder, ...more) => {
  run('node', [join(here, 'package.mjs'), '--binary', resolve(options.binary), '--out', join(work, folder), ...more]);
  return readdirSync(join(work, folder)).map((file) => join(work, folder, file));
};
const unpacked = (folder, unpack) => {
  const target = join(work, folder);
  mkdirSync(target);
  unpack(target);
  return target;
};
const must = (is, otherwise) => {
  if (!is) throw new Error(otherwise);
};

/** Starts a demo with nothing in the environment; answers what its readiness says. */
async function readinessOf(program, args = []) {
  const demo = ['demo', '--json', '--port', '0', '--exit-after', '60'];
  const child = spawn(program, [...args, ...demo], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data) => (complaints += data));
  const ended = new Promise((done) => child.on('close', done));
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { adminUrl } = JSON.parse(line);
      return (await fetch(`${adminUrl}/health/ready`)).status;
    }
    throw new Error(`it ended: ${complaints}`);
  } finally {
    child.kill();
    await ended;
  }
}

const modesIn = (folder) => run('find', [folder, '-perm', '/6002', '!', '-type', 'l', '!', '-name', 'tmp']).trim();

const checks = {
  'the tarball brings every library but those of glibc': async ({ tarball }) => {
    const lines = run('ldd', [join(tarball, 'bin/vcare')]).split('\n').filter((line) => line.includes('=>'));
    const outside = lines.filter((line) => !line.includes(tarball) && !/\b(libc|libm|libresolv)\.so/.test(line));
    must(lines.length > 5 && outside.length === 0, `from elsewhere: ${outside.join('\n')}`);
  },
  'the tarball has the licence of each library it brings': async ({ tarball }) => {
    must(readdirSync(join(tarball, 'licences')).length > 5, 'licences are missing');
    must(readFileSync(join(tarball, 'doc/copyright'), 'utf8').includes('Apache License'), 'its own licence is missing');
  },
  'the program of the tarball runs': async ({ tarball }) => {
    const status = await readinessOf(join(tarball, 'bin/vcare'));
    must(status === 200, `ready: ${status}`);
  },
  'the package names what it needs and when the program runs': async ({ deb }) => {
    const depends = run('dpkg-deb', ['-f', deb, 'Depends']);
    for (const library of ['libpq5', 'libsqlite3-0', 'libssl3', 'ca-certificates']) must(depends.includes(library), `no ${library} in ${depends}`);
  },
  'the package has the program, its unit, its user and its documents': async ({ deb }) => {
    const folder = unpacked('deb', (target) => run('dpkg-deb', ['-R', deb, target]));
    const unit = readFileSync(join(folder, 'lib/systemd/system/vcare.service'), 'utf8');
    const program = /ExecStart=(\S+)/.exec(unit)[1];
    must(run(join(folder, program), ['--version']).startsWith('vcare '), `${program} does not run`);
    const user = /User=(\S+)/.exec(unit)[1];
    must(readFileSync(join(folder, 'usr/lib/sysusers.d/vcare.conf'), 'utf8').includes(`u ${user} `), `nobody makes ${user}`);
    must(existsSync(join(folder, 'usr/share/doc/vcare/production.md')), 'the documents are missing');
    for (const script of ['postinst', 'prerm']) run('sh', ['-n', join(folder, 'DEBIAN', script)]);
    must(modesIn(folder) === '', `too open: ${modesIn(folder)}`);
  },
  'the image runs as nobody in particular, with nothing but the program': async ({ config, rootfs }) => {
    must(config.config.User === '65532:65532', `user ${config.config.User}`);
    must(config.config.Entrypoint.join() === '/usr/bin/vcare', `entry ${config.config.Entrypoint}`);
    const programs = readdirSync(join(rootfs, 'usr/bin'));
    must(programs.join() === 'vcare', `programs: ${programs}`);
    must(modesIn(rootfs) === '', `too open: ${modesIn(rootfs)}`);
  },
  'the image runs on a root that cannot be written': async ({ rootfs }) => {
    if (process.getuid() !== 0) return; // a mount of one's own needs root
    const script = `mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && mount -t tmpfs tmpfs "$1/tmp" &&
      exec chroot --userspec=65532:65532 "$1" /usr/bin/vcare "\${@:2}"`;
    const status = await readinessOf('/usr/bin/unshare', ['--mount', '/bin/bash', '-c', script, 'sh', rootfs]);
    must(status === 200, `ready: ${status}`);
  },
};

function filesOf(image) {
  const folder = unpacked('oci', (target) => run('tar', ['-xf', image, '-C', target]));
  const blob = ({ digest }) => join(folder, 'blobs', digest.replace(':', '/'));
  const manifest = JSON.parse(readFileSync(blob(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).manifests[0]), 'utf8'));
  const rootfs = unpacked('rootfs', (target) => manifest.layers.forEach((layer) => run('tar', ['-xf', blob(layer), '-C', target])));
  return { config: JSON.parse(readFileSync(blob(manifest.config), 'utf8')), rootfs };
}

const rows = [];
try {
  const made = make('package');
  const deb = made.find((file) => file.endsWith('.deb'));
  const packed = made.find((file) => file.endsWith('.tar.gz'));
  const tarball = unpacked('tarball', (target) => run('tar', ['-xzf', packed, '-C', target, '--strip-components=1']));
  const image = make('image', '--image').find((file) => file.endsWith('.oci.tar'));
  const parts = { deb, tarball, ...filesOf(image) };
  for (const [name, check] of Object.entries(checks)) {
    const row = { name: `package: ${name}`, ok: true };
    await check(parts).catch((error) => Object.assign(row, { ok: false, detail: String(error) }));
    rows.push(row);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
writeFileSync(options.report, JSON.stringify(rows));
