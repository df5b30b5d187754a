/**
 * Checks requests and answers against an official OpenAPI description in `../shared/specs`, 3.0 or
 * 3.1. The descriptions are not part of Rotor: tests that need them skip by name where absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { parse } from 'yaml';

type Json = { readonly [key: string]: unknown };

export interface OpenApiSpec {
  readonly name: string;
  readonly paths: Json;
  /** Compiles the schema at a JSON pointer inside the description; cached. */
  at(pointer: readonly string[]): ValidateFunction;
}

const SPECS = new URL('../../../shared/specs/', import.meta.url);

/** Whether the description is on this machine: `it.skipIf(!hasSpec(...))`. */
export function hasSpec(file: string): boolean {
  return existsSync(new URL(file, SPECS));
}

/** Loads `discord-openapi.json`, `alpaca-trading.openapi.yaml` and the like. */
export function openApi(file: string): OpenApiSpec {
  const source = readFileSync(new URL(file, SPECS), 'utf8');
  const raw: unknown = file.endsWith('.json') ? JSON.parse(source) : parse(source);
  const document = asSchema(raw) as Json;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false });
  formats.default.default(ajv);
  ajv.addFormat('snowflake', /^(0|[1-9][0-9]*)$/).addFormat('nonce', true);
  ajv.addSchema(document, 'spec');
  return {
    name: file,
    paths: child(document, 'paths') ?? {},
    at: (pointer) => {
      const $ref = `spec#/${pointer.map(escapePointer).join('/')}`;
      return ajv.getSchema($ref) ?? ajv.compile({ $ref });
    },
  };
}

/** The path template of a real path: `/v2/orders/1` is `/v2/orders/{order_id}`; literals win. */
export function templateOf(spec: OpenApiSpec, path: string): string | undefined {
  const wanted = path.split('/');
  const fits = (template: string): boolean => {
    const parts = template.split('/');
    return (
      parts.length === wanted.length &&
      parts.every((part, i) => isParameter(part) || part === wanted[i])
    );
  };
  const parameters = (template: string): number => template.split('/').filter(isParameter).length;
  return Object.keys(spec.paths)
    .filter(fits)
    .sort((a, b) => parameters(a) - parameters(b))[0];
}

/** Faults of an answer, one sentence each; empty when it is as described. */
export function validateResponse(
  spec: OpenApiSpec,
  method: string,
  template: string,
  status: number,
  body: unknown,
): readonly string[] {
  const what = `${method.toUpperCase()} ${template} -> ${status}`;
  const operation = operationOf(spec, method, template);
  if (!operation) return [`${what}: no such operation in ${spec.name}`];
  const responses = child(operation, 'responses') ?? {};
  const key = [String(status), `${String(status)[0]}XX`, 'default'].find(
    (name) => name in responses,
  );
  if (key === undefined) return [`${what}: this status is not described`];
  const pointer = ['paths', template, method.toLowerCase(), 'responses', key];
  return check(spec, what, resolve(spec, pointer), 'application/json', body);
}

/** Faults of a request's body, one sentence each; empty when it is as described. */
export function validateRequest(
  spec: OpenApiSpec,
  method: string,
  template: string,
  body: unknown,
  contentType = 'application/json',
): readonly string[] {
  const what = `${method.toUpperCase()} ${template}`;
  const operation = operationOf(spec, method, template);
  if (!operation) return [`${what}: no such operation in ${spec.name}`];
  if (!child(operation, 'requestBody')) return body === undefined ? [] : [`${what}: takes no body`];
  const pointer = ['paths', template, method.toLowerCase(), 'requestBody'];
  return check(spec, what, resolve(spec, pointer), contentType, body);
}

function check(
  spec: OpenApiSpec,
  what: string,
  found: { readonly pointer: readonly string[]; readonly node: Json },
  contentType: string,
  body: unknown,
): readonly string[] {
  const content = child(found.node, 'content');
  if (!content) return body === undefined || body === '' ? [] : [`${what}: no body is described`];
  const media = child(content, contentType);
  if (!media) return [`${what}: ${contentType} is not described`];
  if (!('schema' in media)) return [];
  const validate = spec.at([...found.pointer, 'content', contentType, 'schema']);
  if (validate(body)) return [];
  return [...new Set((validate.errors ?? []).map((error) => `${what}: ${sentenceOf(error)}`))];
}

function operationOf(spec: OpenApiSpec, method: string, template: string): Json | undefined {
  const item = child(spec.paths, template);
  return item && child(item, method.toLowerCase());
}

/** Follows one `$ref` of a response or body to where its content is. */
function resolve(
  spec: OpenApiSpec,
  pointer: readonly string[],
): { pointer: readonly string[]; node: Json } {
  const node = walk(spec, pointer);
  if (typeof node['$ref'] !== 'string') return { pointer, node };
  const target = node['$ref'].slice(2).split('/').map(unescapePointer);
  return { pointer: target, node: walk(spec, target) };
}

function walk(spec: OpenApiSpec, pointer: readonly string[]): Json {
  const validate = spec.at([pointer[0] ?? 'paths']);
  const root = validate.schema as Json;
  return pointer.slice(1).reduce<Json>((node, key) => child(node, key) ?? {}, root);
}

function sentenceOf(error: ErrorObject): string {
  const where = error.instancePath === '' ? 'the body' : error.instancePath;
  const allowed =
    error.keyword === 'enum' ? ` (${JSON.stringify(error.params['allowedValues'])})` : '';
  const extra = error.params['additionalProperty'];
  return `${where} ${error.message ?? error.keyword}${allowed}${extra ? `: "${String(extra)}"` : ''}`;
}

/** OpenAPI 3.0 words to JSON Schema's: `nullable`, boolean exclusive bounds; examples go away. */
function asSchema(node: unknown, isNameMap = false): unknown {
  if (Array.isArray(node)) return node.map((item) => asSchema(item));
  if (!isObject(node)) return node;
  const kept = Object.entries(node).filter(([key]) => isNameMap || !DROPPED.has(key));
  const copy: Record<string, unknown> = {};
  for (const [key, value] of kept) {
    const isData = !isNameMap && (key === 'enum' || key === 'const' || key === 'required');
    copy[key] = isData ? value : asSchema(value, !isNameMap && key === 'properties');
  }
  return isNameMap ? copy : modernised(copy);
}

const DROPPED: ReadonlySet<string> = new Set([
  'example',
  'examples',
  'discriminator',
  'xml',
  'externalDocs',
]);

function modernised(schema: Record<string, unknown>): Json {
  const { nullable, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const bounds: Record<string, unknown> = {
    ...(typeof exclusiveMinimum === 'number' ? { exclusiveMinimum } : {}),
    ...(typeof exclusiveMaximum === 'number' ? { exclusiveMaximum } : {}),
    ...(exclusiveMinimum === true ? { exclusiveMinimum: rest['minimum'] } : {}),
    ...(exclusiveMaximum === true ? { exclusiveMaximum: rest['maximum'] } : {}),
  };
  const plain = { ...rest, ...bounds };
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

function child(node: Json, key: string): Json | undefined {
  const value = node[key];
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isParameter(part: string): boolean {
  return part.startsWith('{') && part.endsWith('}');
}

function escapePointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function unescapePointer(key: string): string {
  return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
}
