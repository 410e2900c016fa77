// SPDX-License-Identifier: Apache-2.0
// api/openapi.yaml: its operations, checked, and turned into the tables of the HTTP adapter.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { cppArray, generatedNotice, quoted, snakeCase } from './cpp.mjs';
import { SchemaCompiler } from './schemas.mjs';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const credentials = ['none', 'bearer', 'visit', 'link'];
const bodyKinds = { 'application/json': 'json', 'application/octet-stream': 'binary' };

export function readYaml(path) {
  return parse(readFileSync(path, 'utf8'), { uniqueKeys: true });
}

/** Every operation with its routes, in the order of the document. */
export function operationsOf(document, errorCodes) {
  checkGeneralTables(document, errorCodes);
  const resolver = new SchemaCompiler(document);
  const operations = [];
  for (const [path, item] of Object.entries(document.paths))
    for (const method of methods.filter((name) => item[name])) {
      const operation = item[method];
      const where = `openapi.yaml: ${method.toUpperCase()} ${path}`;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(
        (parameter) => resolver.resolve(parameter, where).target,
      );
      operations.push({
        ...checkedExtensions(operation, document, errorCodes, where),
        id: operation.operationId,
        identifier: snakeCase(operation.operationId),
        method,
        where,
        operation,
        routes: (item.servers ?? document.servers).map(({ url }) => url.replace(/\/$/, '') + path),
        parameters: parameters.filter((parameter) => parameter.in !== 'path'),
        body: bodyOf(operation, where),
      });
    }
  return operations;
}

function checkCodes(codes, errorCodes, where) {
  for (const code of codes) if (!errorCodes.has(code)) throw new Error(`${where}: ${code} is not in errors.json`);
}

function checkGeneralTables(document, errorCodes) {
  for (const [scope, roles] of Object.entries(document['x-vcare-scopes']))
    for (const role of roles)
      if (!document['x-vcare-roles'].includes(role)) throw new Error(`openapi.yaml: ${scope}: unknown role ${role}`);
  checkCodes(document['x-vcare-errors-everywhere'], errorCodes, 'openapi.yaml');
  for (const name of credentials)
    checkCodes(document['x-vcare-errors-by-credential'][name], errorCodes, `openapi.yaml: ${name}`);
}

function checkedExtensions(operation, document, errorCodes, where) {
  const credential = [operation['x-vcare-credential']].flat();
  if (credential.some((name) => !credentials.includes(name)))
    throw new Error(`${where}: x-vcare-credential must be of ${credentials.join(', ')}`);
  const scopes = [operation['x-vcare-scope'] ?? []].flat();
  if (credential.includes('bearer') !== scopes.length > 0)
    throw new Error(`${where}: x-vcare-scope goes with the bearer credential`);
  const known = document['x-vcare-scopes'];
  const only = operation['x-vcare-roles'];
  const grants = scopes.map((scope) => {
    if (!known[scope]) throw new Error(`${where}: unknown scope ${scope}`);
    return { scope, roles: only ? known[scope].filter((role) => only.includes(role)) : known[scope] };
  });
  const errors = operation['x-vcare-errors'];
  if (!errors) throw new Error(`${where}: x-vcare-errors is missing`);
  checkCodes(errors, errorCodes, where);
  const maxBody = operation['x-vcare-max-body'] ?? document['x-vcare-max-body-default'];
  return { credential, grants, errors, maxBody };
}

function bodyOf(operation, where) {
  if (!operation.requestBody) return { kind: 'none', required: false };
  const [[type, { schema }], ...more] = Object.entries(operation.requestBody.content);
  if (more.length > 0 || !bodyKinds[type]) throw new Error(`${where}: one body of JSON or octets`);
  return { kind: bodyKinds[type], required: operation.requestBody.required === true, schema };
}

/** Codes an operation may answer with: its own, its credential's, everybody's. */
export function allErrorsOf(operation, document) {
  const byCredential = operation.credential.flatMap((name) => document['x-vcare-errors-by-credential'][name]);
  return [...new Set([...operation.errors, ...byCredential, ...document['x-vcare-errors-everywhere']])];
}

function parameterRow(parameter, compiler, where) {
  const node = compiler.add(parameter.schema, `${where} parameter ${parameter.name}`);
  const place = parameter.in === 'header' ? 'header' : 'query';
  return `{.name = ${quoted(parameter.name)}, .place = Place::${place}, .required = ${parameter.required === true}, .node = ${node}}`;
}

function requestTables(document, operations) {
  const compiler = new SchemaCompiler(document);
  const [roles, grants, parameters, rows, routes] = [[], [], [], [], []];
  for (const op of operations) {
    const firstGrant = grants.length;
    for (const grant of op.grants) {
      grants.push(
        `{.scope = ${quoted(grant.scope)}, .roles = std::span{contract_roles}.subspan(${roles.length}, ${grant.roles.length})}`,
      );
      roles.push(...grant.roles.map(quoted));
    }
    const firstParameter = parameters.length;
    parameters.push(...op.parameters.map((parameter) => parameterRow(parameter, compiler, op.where)));
    const node = op.body.kind === 'json' ? compiler.add(op.body.schema, `${op.where} body`) : 'none';
    rows.push(
      `{.id = OperationId::${op.identifier}, .name = ${quoted(op.id)}, .method = ${quoted(op.method.toUpperCase())}, ` +
        `.credentials = ${op.credential.map((name) => `${name}_credential`).join(' | ')}, ` +
        `.grants = std::span{contract_grants}.subspan(${firstGrant}, ${op.grants.length}), ` +
        `.parameters = std::span{contract_parameters}.subspan(${firstParameter}, ${op.parameters.length}), ` +
        `.body = BodyKind::${op.body.kind}, .body_required = ${op.body.required}, .body_node = ${node}, ` +
        `.max_body_bytes = ${op.maxBody}}`,
    );
    routes.push(
      ...op.routes.map(
        (path) => `{.method = ${quoted(op.method.toUpperCase())}, .path = ${quoted(path)}, .id = OperationId::${op.identifier}}`,
      ),
    );
  }
  return [
    compiler.definitions('request_schemas'),
    cppArray('std::string_view', 'contract_roles', roles),
    cppArray('Grant', 'contract_grants', grants),
    cppArray('Parameter', 'contract_parameters', parameters),
    cppArray('Operation', 'contract_operations', rows),
    cppArray('Route', 'contract_routes', routes),
  ].join('\n');
}

export function operationFiles(document, operations, { typePrefix }) {
  const ids = operations.map((op) => `VCARE_OPERATION(${op.identifier}, ${quoted(op.id)})\n`).join('');
  const source = `${generatedNotice}#include "adapters/http/contract/operations.hpp"

namespace vcare::http::contract {
namespace {

${requestTables(document, operations)}
} // namespace

const SchemaTable& request_schema_table() { return request_schemas; }
std::span<const Operation> operations() { return contract_operations; }
std::span<const Route> routes() { return contract_routes; }
std::string_view problem_type_prefix() { return ${quoted(typePrefix)}; }

} // namespace vcare::http::contract
`;
  return {
    'contract_operations.inc': `${generatedNotice}// VCARE_OPERATION(identifier, operationId)\n${ids}`,
    'contract_tables.cpp': source,
  };
}

/** Definitions of the tables that tests check every answer with; no object has a field of no name. */
export function answerDefinitions(document, operations) {
  const compiler = new SchemaCompiler(document, { closeAll: true });
  const [rows, codes, allowed] = [[], [], []];
  for (const op of operations) {
    for (const [status, reference] of Object.entries(op.operation.responses)) {
      const { target } = compiler.resolve(reference, op.where);
      const [type, media] = Object.entries(target.content ?? {})[0] ?? [''];
      const isJson = /^application\/(.*\+)?json$/.test(type);
      const node = isJson ? compiler.add(media.schema, `${op.where} ${status}`) : 'none';
      rows.push(
        `{.id = OperationId::${op.identifier}, .status = ${quoted(status)}, .content_type = ${quoted(type)}, .node = ${node}}`,
      );
    }
    const own = allErrorsOf(op, document);
    allowed.push(`std::span{error_codes}.subspan(${codes.length}, ${own.length})`);
    codes.push(...own.map(quoted));
  }
  return [
    compiler.definitions('answer_schemas'),
    cppArray('Answer', 'all_answers', rows),
    cppArray('std::string_view', 'error_codes', codes),
    cppArray('std::span<const std::string_view>', 'allowed_codes', allowed),
  ].join('\n');
}
