import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/** A line to stand somewhere in a file; `$` in it becomes a name of its own. */
export interface Line {
  readonly file: string;
  readonly line: string;
}

export interface Ground {
  /** The rules that speak against that line. */
  found(line: Line): readonly string[];
  clear(): void;
}

const ROOT = resolve(import.meta.dirname, '../..');

const report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }),
    }),
  ),
});

/**
 * Plants the lines, each file's one below the other, in a temporary folder under the repository's own
 * configuration, and has the linter judge them all in one run.
 */
export function createGround(lines: readonly Line[]): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-lint-'));
  for (const kept of ['biome.json', '.gitignore', 'tests/lint/one-clock.grit']) {
    cpSync(join(ROOT, kept), join(folder, kept), { recursive: true });
  }
  const files = Map.groupBy(lines, (line) => line.file);
  for (const [file, own] of files) {
    const text = own.map(({ line }, index) => line.replace('$', `v${index + 1}`)).join('\n');
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${text}\n`);
  }
  const found = judge(folder);
  return {
    found: (line) => {
      const number = (files.get(line.file) ?? []).indexOf(line) + 1;
      return found.get(`${line.file}:${number}`) ?? [];
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What is only planted for the sake of one rule may be unused; that is not asked here. */
const UNASKED = /noUnused|assist/;

function judge(folder: string): ReadonlyMap<string, readonly string[]> {
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '--vcs-enabled=false', '.'];
  const run = spawnSync(join(ROOT, 'node_modules/.bin/biome'), args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const { diagnostics } = report.parse(JSON.parse(run.stdout));
  const found = new Map<string, string[]>();
  for (const { category, location } of diagnostics.filter((each) => !UNASKED.test(each.category))) {
    // A word against the file itself has no line.
    const key = `${location.path}:${Math.max(1, location.start.line)}`;
    found.set(key, [...(found.get(key) ?? []), category.replace('lint/', '')]);
  }
  return found;
}
