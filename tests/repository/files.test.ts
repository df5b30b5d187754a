import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const isCheckout = existsSync(resolve(ROOT, '.git'));

/** Every file that git keeps and that is text. */
function textFiles(): readonly (readonly [file: string, text: string])[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((file) => file !== '' && existsSync(resolve(ROOT, file)))
    .map((file) => [file, readFileSync(resolve(ROOT, file), 'latin1')] as const)
    .filter(([, text]) => !text.includes('\0'));
}

function findings(pattern: RegExp, skip: RegExp = /^$/): readonly string[] {
  return textFiles()
    .filter(([file]) => !skip.test(file))
    .flatMap(([file, text]) => [...text.matchAll(pattern)].map(([found]) => `${file}: ${found}`));
}

describe.skipIf(!isCheckout)('the files that git keeps (needs a git checkout)', () => {
  it('name no folder of a person’s machine', () => {
    // The runbook's server has a user `me`.
    const places = /(?<![\w.~-])\/(?:home|Users|root|work)\/(?!me\b)[\w.-]+|\b[A-Z]:\\Users\\\w+/g;
    expect(findings(places)).toEqual([]);
  });

  it('hold nothing that looks like an Alpaca key', () => {
    const keys = findings(/\b(?:PK|AK|CK)[A-Z0-9]{16,}\b/g, /^package-lock\.json$/);
    expect(keys.filter((each) => !/SANDBOX|TEST|EXAMPLE/.test(each))).toEqual([]);
  });

  it('hold nothing that looks like a Discord token', () => {
    expect(findings(/\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}\b/g)).toEqual([]);
  });

  it('hold no private key', () => {
    expect(findings(/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g)).toEqual([]);
  });

  it('are neither settings nor Rotor’s data', () => {
    const kept = textFiles().map(([file]) => file);
    const own = kept.filter((file) => /(^|\/)\.env$|\.sqlite|\.log$/.test(file));
    expect(own).toEqual([]);
  });
});

describe('the check script', () => {
  it('can be run without preparation', () => {
    expect(statSync(resolve(ROOT, '.ci/run')).mode & 0o111).toBe(0o111);
  });

  it('comes with a licence', () => {
    expect(readFileSync(resolve(ROOT, 'LICENSE'), 'utf8')).toMatch(
      /^MIT License\n\nCopyright \(c\) 2026/,
    );
  });
});
