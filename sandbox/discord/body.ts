/** Reads what a request carries: JSON, or a form of files with `payload_json`. */
import type { LoopbackContext } from '#sandbox/loopback-app.ts';
import type { Upload } from './draft.ts';
import { invalidJson, tooLarge } from './faults.ts';

/** What a request carried. */
export interface Body {
  /** What the JSON says; `{}` where there is none. */
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

const MAX_REQUEST_BYTES = 25 * 1024 * 1024;

/** @throws ApiFault 40005 over 25 MiB, 50109 on bad JSON */
export async function readBody({ req }: LoopbackContext): Promise<Body> {
  const type = req.header('content-type') ?? '';
  const bytes = await req.arrayBuffer();
  if (bytes.byteLength > MAX_REQUEST_BYTES) throw tooLarge();
  const isForm = type.startsWith('multipart/form-data');
  if (!isForm) return { json: parseJson(Buffer.from(bytes).toString('utf8')), uploads: [] };
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
