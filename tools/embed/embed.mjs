// SPDX-License-Identifier: Apache-2.0
// Puts built pages into the program: node embed.mjs [--dist FOLDER]… --out <build>/generated
// Writes web_assets.{hpp,cpp,S}: a table of every file with its bytes as they are and, where that is
// smaller, compressed. Without --dist the table is empty.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, posix, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const contentTypes = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.yaml': 'application/yaml',
};
const compressible = new Set(['.css', '.html', '.ico', '.js', '.json', '.svg', '.txt', '.wasm', '.webmanifest', '.yaml']);
const license = '// SPDX-License-Identifier: Apache-2.0\n// Generated from built pages by tools/embed. Do not edit.\n';

const header = `${license}#pragma once

#include <span>
#include <string_view>

namespace vcare::web {

/// One file of the pages, as it lies in the program's read-only memory. \`brotli\` and \`gzip\` are empty
/// where compressing does not pay. \`etag\` is quoted and names the identity bytes. \`immutable\` says that
/// the path itself names the content, so that a browser may keep it for good.
struct Asset {
    std::string_view path;
    std::string_view content_type;
    std::string_view identity;
    std::string_view brotli;
    std::string_view gzip;
    std::string_view etag;
    bool immutable;
};

/// All files, sorted by path. Paths start with "/".
[[nodiscard]] std::span<const Asset> assets() noexcept;

/// The file at exactly this path, or nullptr.
[[nodiscard]] const Asset* find_asset(std::string_view path) noexcept;

}  // namespace vcare::web
`;

function pathsBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pathsBelow(path);
    return entry.isFile() && !entry.name.startsWith('.') ? [path] : [];
  });
}

/** Smaller by a tenth at least, or nothing: a browser pays for unpacking. */
function worthIt(identity, compressed) {
  return compressed.length < identity.length * 0.9 ? compressed : Buffer.alloc(0);
}

function readAsset(dist, path) {
  const extension = extname(path);
  const contentType = contentTypes[extension];
  if (!contentType) throw new Error(`${path}: no content type is known for "${extension}"`);
  const identity = readFileSync(path);
  const none = Buffer.alloc(0);
  const compress = compressible.has(extension);
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: identity.length };
  const url = posix.join('/', relative(dist, path).split(sep).join('/'));
  return {
    path: url,
    contentType,
    // As vite.config.ts names what it bundles: assets/<name>-<hash of the content>.<extension>.
    immutable: /^\/assets\/.*-[A-Za-z0-9_-]{8}\.\w+$/.test(url),
    etag: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    bodies: {
      identity,
      brotli: compress ? worthIt(identity, brotliCompressSync(identity, { params: quality })) : none,
      gzip: compress ? worthIt(identity, gzipSync(identity, { level: 9 })) : none,
    },
  };
}

/** Writes the bytes beside the tables and gives the assembler's lines that take them in. */
function assemblerText(assets, folder) {
  const lines = [license, '    .section .rodata,"a",@progbits'];
  assets.forEach((asset, index) => {
    for (const [form, bytes] of Object.entries(asset.bodies)) {
      if (bytes.length === 0) continue;
      const file = join(folder, `${index}.${form}`);
      writeFileSync(file, bytes);
      const symbol = `vcare_asset_${index}_${form}`;
      lines.push(`    .global ${symbol}`, '    .balign 16', `${symbol}:`, `    .incbin "${file}"`);
    }
  });
  return [...lines, '    .section .note.GNU-stack,"",@progbits', ''].join('\n');
}

function sourceText(assets) {
  const declarations = [];
  const rows = assets.map((asset, index) => {
    const views = Object.entries(asset.bodies).map(([form, bytes]) => {
      if (bytes.length === 0) return '{}';
      declarations.push(`extern const char vcare_asset_${index}_${form}[];`);
      return `{vcare_asset_${index}_${form}, ${bytes.length}}`;
    });
    return `    {"${asset.path}", "${asset.contentType}", ${views.join(', ')},\n     "\\"${asset.etag}\\"", ${asset.immutable}},`;
  });
  return `${license}#include "generated/web_assets.hpp"

#include <algorithm>
#include <array>

extern "C" {
${declarations.join('\n')}
}

namespace vcare::web {
namespace {

constexpr std::array<Asset, ${assets.length}> all_assets{{
${rows.join('\n')}
}};

}  // namespace

std::span<const Asset> assets() noexcept { return all_assets; }

const Asset* find_asset(std::string_view path) noexcept {
    const auto found = std::ranges::lower_bound(all_assets, path, {}, &Asset::path);
    return found != all_assets.end() && found->path == path ? &*found : nullptr;
}

}  // namespace vcare::web
`;
}

function writeIfChanged(path, text) {
  let before = null;
  try {
    before = readFileSync(path, 'utf8');
  } catch {
    // It is not there yet.
  }
  if (before !== text) writeFileSync(path, text);
}

const { values } = parseArgs({ options: { dist: { type: 'string', multiple: true, default: [] }, out: { type: 'string' } } });
try {
  const assets = values.dist.flatMap((dist) => pathsBelow(dist).map((path) => readAsset(dist, path)));
  assets.sort((a, b) => (a.path < b.path ? -1 : 1));
  const bytes = join(values.out, 'web');
  rmSync(bytes, { recursive: true, force: true });
  mkdirSync(bytes, { recursive: true });
  writeIfChanged(join(values.out, 'web_assets.hpp'), header);
  writeFileSync(join(values.out, 'web_assets.cpp'), sourceText(assets));
  // Always new: the assembler must take in the bytes again, though their names are the same.
  writeFileSync(join(values.out, 'web_assets.S'), assemblerText(assets, bytes));
} catch (problem) {
  console.error(`embed: ${problem.message}`);
  process.exit(1);
}
