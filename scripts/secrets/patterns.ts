/** Patterns of secrets. */

export interface Found {
  readonly kind: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

interface Pattern {
  readonly kind: string;
  /** The secret is its first group, or the whole match. */
  readonly looks: RegExp;
  readonly also?: (value: string) => boolean;
}

/** Bits per character; words and identifiers are below it, keys above. */
const MIN_ENTROPY = 3.7;

const PATTERNS: readonly Pattern[] = [
  { kind: 'Alpaca key', looks: /\b(?:PK|AK(?!IA)|CK)[A-Z0-9]{16,24}\b/g },
  { kind: 'Discord token', looks: /\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}\b/g },
  {
    kind: 'Discord webhook',
    looks:
      /https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d{17,20}\/[\w-]{40,}/g,
  },
  { kind: 'ping address', looks: /https:\/\/hc-ping\.com\/(?:[0-9a-f-]{36}|[\w-]{22}\/[\w-]+)/g },
  { kind: 'Slack webhook', looks: /https:\/\/hooks\.slack\.com\/services\/\w+\/\w+\/\w{20,}/g },
  {
    kind: 'secret address',
    looks: /(?:HEARTBEAT|WEBHOOK|PING)\w*_URL["']?\s*[:=]\s*["']?(https?:\/\/[^\s"'`$<>]+)/g,
    also: (value) => drawnIn(value.slice(value.indexOf('/', 8))),
  },
  { kind: 'private key', looks: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/g },
  { kind: 'AWS key', looks: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { kind: 'GitHub token', looks: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,})\b/g },
  { kind: 'npm token', looks: /\bnpm_[A-Za-z0-9]{36}\b/g },
  {
    kind: 'address with a password',
    looks: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"`]+:([^\s/@'"`${}]{8,})@/g,
  },
  {
    kind: 'assigned secret',
    looks:
      /(?:secret|token|passw(?:or)?d|api[_-]?key|key[_-]?id|access[_-]?key|credential)[\w-]*["']?\s*[:=]\s*["']?([A-Za-z0-9+/_=.-]{20,})/gi,
    also: isDrawn,
  },
];

/** Whether it looks random, as keys do. */
function isDrawn(value: string): boolean {
  return /\d/.test(value) && /[A-Za-z]/.test(value) && entropyOf(value) >= MIN_ENTROPY;
}

function drawnIn(path: string): boolean {
  return path.split(/[/?=&]/).some((part) => part.length >= 16 && isDrawn(part));
}

/** Files that contain only secrets, or settings with secrets, on the server and locally. */
const SECRET_FILES = /(?:^|\/)(?:secrets\/(?!.*\.ts$)[^/]+|(?:rotor)?\.env)$/;

/** Whether the file's name shows that it does not belong in a repository. */
export function isSecretFile(path: string): boolean {
  return SECRET_FILES.test(path);
}

/** Everything in a text that looks like a secret. */
export function secretsIn(text: string): readonly Found[] {
  return PATTERNS.flatMap(({ kind, looks, also = () => true }) =>
    [...text.matchAll(looks)]
      .map((match) => ({ value: match[1] ?? match[0], at: match.index }))
      .filter(({ value }) => also(value))
      .map(({ value, at }) => ({ kind, value, line: text.slice(0, at).split('\n').length })),
  );
}

/** Shannon entropy of the characters. */
export function entropyOf(text: string): number {
  const counts = Map.groupBy(text, (character) => character);
  return [...counts.values()]
    .map(({ length }) => length / text.length)
    .reduce((sum, share) => sum - share * Math.log2(share), 0);
}
