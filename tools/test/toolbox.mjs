// SPDX-License-Identifier: Apache-2.0
// What several of the tools need.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs `work` over the items, `width` at a time; the results keep the items' order. */
export async function pool(items, width, work) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** How the build compiles each file, without the compiler cache: [{file, directory, args}]. */
export function compileCommands(build) {
  return JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8')).map(({ file, directory, command }) => {
    const words = command.match(/(?:\\.|"(?:\\.|[^"\\])*"|[^\s"\\])+/g).map((word) => word.replace(/\\(.)|"/g, '$1'));
    const compiler = words.findIndex((word) => /(^|\/)clang(\+\+)?(-\d+)?$/.test(word));
    return { file, directory, args: words.slice(compiler) };
  });
}
