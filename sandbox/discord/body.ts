/** Reads what a request carries: JSON, or a form of files with `payload_json`. */
import type { IncomingMessage } from 'node:http';
import type { Upload } from './draft.ts';
import { invalidJson, tooLarge } from './faults.ts';

export interface Body {
  /** What the JSON says; `{}` where there is none. */
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

const MAX_REQUEST_BYTES = 25 * 1024 * 1024;

/** @throws ApiFault 40005 over 25 MiB, 50109 on bad JSON */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  if (size > MAX_REQUEST_BYTES) throw tooLarge();
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return readForm(bytes, type);
  return { json: parseJson(bytes.toString('utf8')), uploads: [] };
}

async function readForm(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Body> {
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const payload = form.get('payload_json');
  const uploads: Upload[] = [];
  for (const [name, value] of form) {
    const index = /^files?\[(\d+)\]$/.exec(name)?.[1];
    if (index === undefined || typeof value === 'string') continue;
    const content = new Uint8Array(await value.arrayBuffer());
    uploads.push({ index, filename: value.name, contentType: value.type, bytes: content });
  }
  return { json: parseJson(typeof payload === 'string' ? payload : ''), uploads };
}

function parseJson(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (fault) {
    if (fault instanceof SyntaxError) throw invalidJson();
    throw fault;
  }
}
