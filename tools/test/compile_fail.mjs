// SPDX-License-Identifier: Apache-2.0
// Shows that what must not happen does not compile: node compile_fail.mjs --build DIR --report FILE
// Each source that vcare_compile_fail_test() names is compiled twice: as it stands it must be refused
// with the message that is expected, and with VCARE_CONTROL defined it must be accepted, so that no
// other mistake in it can pass for the refusal.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileCommands, pool } from './toolbox.mjs';

function compile({ directory, args }, control) {
  const flags = args.filter((argument) => argument !== '-DVCARE_CONTROL');
  const [program, ...rest] = [...flags, '-fsyntax-only', ...(control ? ['-DVCARE_CONTROL'] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (data) => (errors += data));
    child.on('error', reject);
    child.on('close', (code) => resolve({ accepted: code === 0, errors }));
  });
}

async function check({ name, expect, command }) {
  const asItStands = await compile(command, false);
  const control = await compile(command, true);
  const refusal = { name: `compile-fail ${name}: is refused`, ok: false };
  if (asItStands.accepted) refusal.detail = 'it compiles';
  else if (!new RegExp(expect).test(asItStands.errors)) refusal.detail = `not with /${expect}/ but:\n${asItStands.errors}`;
  else refusal.ok = true;
  const accepted = { name: `compile-fail ${name}: its control compiles`, ok: control.accepted, detail: control.errors };
  return [refusal, accepted];
}

const { values } = parseArgs({ options: { build: { type: 'string' }, report: { type: 'string' } } });
const commands = compileCommands(values.build);
const tests = readFileSync(join(values.build, 'compile_fail.tsv'), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => line.split('\t'))
  .map(([name, source, expect]) => ({
    name,
    expect,
    command: commands.find(({ file, args }) => file === source && args.some((a) => a.includes(`compile_fail_${name}.dir/`))),
  }));
const rows = await pool(tests, 2, check);
writeFileSync(values.report, JSON.stringify(rows.flat()));
