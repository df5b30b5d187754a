/** A message as requested by the bot, checked against Discord's rules. */
import { componentProblems } from './component-rules.ts';
import { embedProblems } from './embed-rules.ts';
import { emptyMessage, invalidForm, type Problem, tooLarge } from './faults.ts';
import { badValue, listProblems, textProblems } from './form.ts';
import { isJson, type Json, listOf, numberOf, textOf } from './json.ts';
import { FLAGS, type Mentions, type StoredAttachment } from './records.ts';

/** A file uploaded with a request. */
export interface Upload {
  /** The `n` of the form's `files[n]`. */
  readonly index: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Requested content of a message; undefined leaves a part unchanged. */
export interface Draft {
  readonly content: string | undefined;
  readonly embeds: readonly Json[] | undefined;
  readonly components: readonly Json[] | undefined;
  readonly flags: number;
  readonly nonce: string | number | undefined;
  readonly enforceNonce: boolean;
  readonly replyTo: string | undefined;
  /** Ids of attachments to keep; undefined keeps all. */
  readonly keep: readonly string[] | undefined;
  readonly uploads: readonly (Upload & { readonly description: string | undefined })[];
  readonly allowedMentions: Json | undefined;
}

const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 10;
const SETTABLE = FLAGS.suppressEmbeds | FLAGS.ephemeral | FLAGS.suppressNotifications;

/** @throws ApiFault 50035 with every problem, or 40005 for files over 10 MiB. */
export function parseDraft(body: Json, uploads: readonly Upload[]): Draft {
  const problems = [
    ...textProblems(body, 'content', [], { min: 0, max: 2000 }),
    ...embedProblems(body),
    ...componentProblems(body),
    ...flagProblems(body),
    ...attachmentProblems(body, uploads),
    ...nonceProblems(body),
  ];
  if (problems.length > 0) throw invalidForm(problems);
  if (uploads.some((upload) => upload.bytes.length > MAX_FILE_BYTES)) throw tooLarge();
  const described = listOf(body, 'attachments');
  const fresh = new Set(uploads.map((upload) => upload.index));
  const reference = body['message_reference'];
  const allowed = body['allowed_mentions'];
  return {
    content: body['content'] === null ? '' : textOf(body, 'content'),
    embeds: partOf(body, 'embeds'),
    components: partOf(body, 'components'),
    flags: numberOf(body, 'flags') ?? 0,
    nonce: textOf(body, 'nonce') ?? numberOf(body, 'nonce'),
    enforceNonce: body['enforce_nonce'] === true,
    replyTo: isJson(reference) ? textOf(reference, 'message_id') : undefined,
    keep: Array.isArray(body['attachments'])
      ? described.map((each) => String(each['id'])).filter((id) => !fresh.has(id))
      : undefined,
    uploads: uploads.map((upload) => withDescription(upload, described)),
    allowedMentions: isJson(allowed) ? allowed : undefined,
  };
}

/** @throws ApiFault 50006 when the message would be empty. */
export function refuseEmpty(draft: Draft): void {
  const shown = [draft.embeds, draft.components, draft.uploads].some((part) => part?.length);
  if (!draft.content?.trim() && !shown) throw emptyMessage();
}

function partOf(body: Json, key: string): readonly Json[] | undefined {
  return body[key] === null ? [] : body[key] === undefined ? undefined : listOf(body, key);
}

function withDescription(
  upload: Upload,
  described: readonly Json[],
): Upload & { readonly description: string | undefined } {
  const words = described.find((each) => String(each['id']) === upload.index);
  const filename = (words && textOf(words, 'filename')) ?? upload.filename;
  return { ...upload, filename, description: words && textOf(words, 'description') };
}

function flagProblems(body: Json): readonly Problem[] {
  const flags = body['flags'];
  if (flags === undefined || flags === null) return [];
  if (!Number.isSafeInteger(flags)) {
    return [badValue(['flags'], 'Could not interpret value as int.', 'NUMBER_TYPE_COERCE')];
  }
  if ((Number(flags) & FLAGS.componentsV2) !== 0) {
    return [badValue(['flags'], 'The sandbox shows embeds and action rows, not components v2.')];
  }
  return (Number(flags) & ~SETTABLE) === 0
    ? []
    : [badValue(['flags'], 'These flags cannot be set.', 'BITFIELD_INVALID')];
}

function attachmentProblems(body: Json, uploads: readonly Upload[]): readonly Problem[] {
  const attachments = listOf(body, 'attachments');
  const tooMany = uploads.length > MAX_FILES || attachments.length > MAX_FILES;
  const message = `Must be ${MAX_FILES} or fewer in length.`;
  return [
    ...listProblems(body, 'attachments', [], { min: 0, max: MAX_FILES }),
    ...(tooMany ? [badValue(['attachments'], message, 'BASE_TYPE_MAX_LENGTH')] : []),
    ...attachments.flatMap((attachment, index) =>
      textProblems(attachment, 'description', ['attachments', index], { min: 0, max: 1024 }),
    ),
  ];
}

function nonceProblems(body: Json): readonly Problem[] {
  const nonce = body['nonce'];
  if (typeof nonce === 'number') return [];
  const withoutNonce = body['enforce_nonce'] === true && (nonce === undefined || nonce === null);
  return [
    ...textProblems(body, 'nonce', [], { min: 0, max: 25 }),
    ...(withoutNonce ? [badValue(['nonce'], 'A nonce is required to enforce it.')] : []),
  ];
}

/**
 * Who is notified: mentions in the text that the request allows, of roles that may be mentioned.
 * @param fallback used when the request does not say.
 */
export function mentionsIn(
  content: string,
  allowed: Json | undefined,
  fallback: readonly string[],
  mentionable: ReadonlySet<string>,
): Mentions {
  const parse = allowed ? (allowed['parse'] ?? []) : fallback;
  const may = (kind: string): boolean => Array.isArray(parse) && parse.includes(kind);
  const named = (kind: 'users' | 'roles'): ReadonlySet<unknown> => {
    const ids = allowed?.[kind];
    return new Set(Array.isArray(ids) ? ids : []);
  };
  const found = (pattern: RegExp, kind: 'users' | 'roles'): readonly string[] => {
    const ids = [...content.matchAll(pattern)].flatMap((match) => match[1] ?? []);
    return [...new Set(ids)].filter((id) => may(kind) || named(kind).has(id));
  };
  return {
    everyone: may('everyone') && /@(everyone|here)\b/.test(content),
    userIds: found(/<@!?(\d{17,20})>/g, 'users'),
    roleIds: found(/<@&(\d{17,20})>/g, 'roles').filter((id) => mentionable.has(id)),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  csv: 'text/csv; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json',
};

/** Discord's description of an uploaded file. */
export function attachmentOf(
  id: string,
  upload: Upload & { readonly description: string | undefined },
): StoredAttachment {
  // Discord keeps letters, digits, dot, dash and underscore of a name.
  const filename = upload.filename.replace(/[^\p{L}\p{N}._-]+/gu, '_') || 'file';
  const type = TYPES[filename.split('.').at(-1)?.toLowerCase() ?? ''];
  const size = pngSize(upload.bytes);
  return {
    id,
    filename,
    description: upload.description,
    contentType: type ?? 'application/octet-stream',
    sizeBytes: upload.bytes.length,
    widthPx: size?.widthPx,
    heightPx: size?.heightPx,
  };
}

const PNG = [0x89, 0x50, 0x4e, 0x47];

function pngSize(
  bytes: Uint8Array,
): { readonly widthPx: number; readonly heightPx: number } | undefined {
  if (bytes.length < 24 || !PNG.every((byte, index) => bytes[index] === byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { widthPx: view.getUint32(16), heightPx: view.getUint32(20) };
}
