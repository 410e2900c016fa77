// SPDX-License-Identifier: Apache-2.0
// Lays out what is shipped: node package.mjs --binary FILE --out DIR [--image]
//   vcare_VERSION_ARCH.deb          for Debian 12: the program, a unit, a user; libraries come from Debian
//   vcare-VERSION-ARCH.tar.gz       for any Linux with a glibc as new: the other libraries lie beside the program
//   vcare-VERSION-ARCH.oci.tar      with --image: the OCI image of packaging/Containerfile
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const { values: options } = parseArgs({ options: { binary: { type: 'string' }, out: { type: 'string' }, image: { type: 'boolean', default: false } } });
const out = resolve(options.out);
const run = (program, args, more = {}) => execFileSync(program, args, { encoding: 'utf8', ...more }).trim();

const version = run(options.binary, ['--version']).split(' ')[1];
const architecture = run('dpkg', ['--print-architecture']);
const commitTime = run('git', ['-C', root, 'log', '-1', '--format=%ct']);
const name = `vcare-${version}-${architecture}`;

/** Part of glibc: older than the program's they could not be, and two of them in one process do not work. */
const ofGlibc = /^(ld-linux|libc|libm|libresolv|libdl|libpthread|librt)[.-]/;

/** The shared libraries that the program loads, by the name it asks for. */
function libraries(binary) {
  const lines = run('ldd', [binary]).split('\n');
  return lines.flatMap((line) => {
    const found = /^\s*(?:(\S+) => )?(\/\S+) \(/.exec(line);
    return found ? [{ name: basename(found[1] ?? found[2]), file: found[2] }] : [];
  });
}

function put(file, target, mode = 0o644) {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(file, target, { dereference: true });
  chmodSync(target, mode);
}

function putProgram(target) {
  put(options.binary, target, 0o755);
  run('strip', ['--strip-unneeded', target]);
}

function putDocuments(folder) {
  put(join(root, 'README.md'), join(folder, 'README.md'));
  put(join(root, 'LICENSE'), join(folder, 'copyright'));
  for (const file of readdirSync(join(root, 'docs'))) if (file.endsWith('.md')) put(join(root, 'docs', file), join(folder, file));
}

/** The package of Debian that a library came in; merged /usr has two paths for one file. */
function debianPackageOf(file) {
  const real = realpathSync(file);
  for (const path of [real, real.replace(/^\/usr/, ''), `/usr${real}`]) {
    try {
      return run('dpkg-query', ['-S', path], { stdio: ['ignore', 'pipe', 'ignore'] }).split(':')[0];
    } catch {
      // It may be known by its other path.
    }
  }
  throw new Error(`${file} comes from no package of Debian, so nobody knows its licence`);
}

/** Libraries with the words of their licences. */
function putLibraries(found, folder, licences) {
  for (const { name: library, file } of found) {
    put(file, join(folder, library));
    const owner = debianPackageOf(file);
    put(join('/usr/share/doc', owner, 'copyright'), join(licences, owner));
  }
}

const asOneFile = (file, folder) =>
  run('tar', ['--sort=name', `--mtime=@${commitTime}`, '--owner=0', '--group=0', '--numeric-owner', '--use-compress-program=gzip -n', '-cf', file, '-C', dirname(folder), basename(folder)]);

function makeTarball() {
  const folder = join(out, 'tarball', name);
  putProgram(join(folder, 'bin/vcare'));
  putLibraries(libraries(options.binary).filter((one) => !ofGlibc.test(one.name)), join(folder, 'lib'), join(folder, 'licences'));
  // Also where one of these libraries asks for another: RPATH is handed down, RUNPATH is not.
  run('patchelf', ['--force-rpath', '--set-rpath', '$ORIGIN/../lib', join(folder, 'bin/vcare')]);
  putDocuments(join(folder, 'doc'));
  put(join(root, 'packaging/vcare.service'), join(folder, 'vcare.service'));
  asOneFile(join(out, `${name}.tar.gz`), folder);
  rmSync(dirname(folder), { recursive: true });
}

/** What Debian's own tool makes of the libraries; it wants to see a source package. */
function dependencies(program) {
  const folder = join(out, 'shlibdeps');
  mkdirSync(join(folder, 'debian'), { recursive: true });
  writeFileSync(join(folder, 'debian/control'), 'Source: vcare\n\nPackage: vcare\nArchitecture: any\n');
  return run('dpkg-shlibdeps', ['-O', program], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }).replace('shlibs:Depends=', '');
}

function makeDeb() {
  const folder = join(out, 'deb');
  const program = join(folder, 'usr/bin/vcare');
  putProgram(program);
  put(join(root, 'packaging/vcare.service'), join(folder, 'lib/systemd/system/vcare.service'));
  put(join(root, 'packaging/vcare.sysusers'), join(folder, 'usr/lib/sysusers.d/vcare.conf'));
  putDocuments(join(folder, 'usr/share/doc/vcare'));
  const control = {
    Package: 'vcare',
    Version: version,
    Architecture: architecture,
    Maintainer: 'The vcare authors <vcare@localhost>',
    Section: 'net',
    Priority: 'optional',
    Depends: `${dependencies(program)}, ca-certificates, systemd | systemd-standalone-sysusers`,
    Description: 'video visits for clinics\n Books, admits, talks, ends and records a video visit, with consent before all of it.\n Configure /etc/vcare/vcare.toml, then: systemctl enable --now vcare.',
  };
  const text = Object.entries(control).map(([key, value]) => `${key}: ${value}\n`).join('');
  mkdirSync(join(folder, 'DEBIAN'), { recursive: true });
  writeFileSync(join(folder, 'DEBIAN/control'), text);
  put(join(root, 'packaging/deb/postinst'), join(folder, 'DEBIAN/postinst'), 0o755);
  put(join(root, 'packaging/deb/prerm'), join(folder, 'DEBIAN/prerm'), 0o755);
  run('dpkg-deb', ['--root-owner-group', '--build', folder, join(out, `vcare_${version}_${architecture}.deb`)], { env: { ...process.env, SOURCE_DATE_EPOCH: commitTime } });
  for (const left of [folder, join(out, 'shlibdeps')]) rmSync(left, { recursive: true });
}

/** A root with the program and what it loads. Names are resolved inside glibc, so no module of it is missing. */
function makeRoot(folder) {
  putProgram(join(folder, 'usr/bin/vcare'));
  for (const link of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${link}`, join(folder, link));
  const found = libraries(options.binary);
  const loader = found.find((one) => one.name.startsWith('ld-linux'));
  putLibraries(found.filter((one) => one !== loader), join(folder, 'usr/lib'), join(folder, 'usr/share/licences'));
  put(loader.file, join(folder, `usr${loader.file}`), 0o755);
  for (const { name: library } of found) if (existsSync(join(folder, 'usr/lib', library))) chmodSync(join(folder, 'usr/lib', library), 0o755);
  put('/etc/ssl/certs/ca-certificates.crt', join(folder, 'etc/ssl/certs/ca-certificates.crt'));
  writeFileSync(join(folder, 'etc/passwd'), 'vcare:x:65532:65532::/var/lib/vcare:/nonexistent\n');
  writeFileSync(join(folder, 'etc/group'), 'vcare:x:65532:\n');
  for (const place of ['etc/vcare', 'var/lib/vcare', 'tmp']) mkdirSync(join(folder, place), { recursive: true });
  chmodSync(join(folder, 'tmp'), 0o1777);
}

/** Nothing is run in the image while it is made, so that no namespace is needed and root is not. */
function makeImage() {
  const folder = join(out, 'image');
  makeRoot(join(folder, 'rootfs'));
  put(join(root, 'packaging/Containerfile'), join(folder, 'Containerfile'));
  const storage = ['--root', join(out, 'storage'), '--runroot', join(out, 'storage-run'), '--storage-driver', 'vfs'];
  const tag = `localhost/vcare:${version}`;
  const labels = ['org.opencontainers.image.title=vcare', `org.opencontainers.image.version=${version}`, 'org.opencontainers.image.licenses=Apache-2.0'];
  const quiet = { stdio: ['ignore', 'pipe', 'inherit'] };
  run('buildah', [...storage, 'build', '--isolation', 'chroot', '--format', 'oci', '--timestamp', commitTime, ...labels.flatMap((label) => ['--label', label]), '--tag', tag, folder], quiet);
  run('buildah', [...storage, 'push', '--quiet', tag, `oci-archive:${join(out, `${name}.oci.tar`)}:${tag}`], quiet);
  run('buildah', [...storage, 'rmi', '--all', '--force'], quiet);
  for (const left of [folder, join(out, 'storage'), join(out, 'storage-run')]) rmSync(left, { recursive: true, force: true });
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
if (options.image) {
  makeImage();
} else {
  makeTarball();
  makeDeb();
}
for (const file of readdirSync(out)) {
  if (statSync(join(out, file)).isFile()) console.log(`${join(options.out, file)}  ${(statSync(join(out, file)).size / 1e6).toFixed(1)} MB`);
}
