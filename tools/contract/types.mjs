// SPDX-License-Identifier: Apache-2.0
// Writes the TypeScript types of the contract for the web pages: web/src/generated/api.d.ts.
import openapiTS, { astToString } from 'openapi-typescript';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = new URL('../../api/openapi.yaml', import.meta.url);
const target = fileURLToPath(new URL('../../web/src/generated/api.d.ts', import.meta.url));
const ast = await openapiTS(source);
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `// Generated from api/openapi.yaml by tools/contract. Do not edit.\n${astToString(ast)}`);
