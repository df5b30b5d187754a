/** Which files a `.dockerignore` admits to a build: the last matching pattern decides. */

export type Allows = (path: string) => boolean;

interface Pattern {
  readonly fits: RegExp;
  readonly allows: boolean;
}

/** Supported syntax: comments, `!`, and `*` within a name. `**`, `?` and classes are rejected. */
export function parseIgnore(text: string): Allows {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parsePattern);
  return (path) => patterns.findLast(({ fits }) => fits.test(path))?.allows ?? true;
}

function parsePattern(line: string): Pattern {
  const allows = line.startsWith('!');
  const pattern = line.replace(/^!/, '').replace(/^\/|\/$/g, '');
  if (/\*\*|[?[\]\\]/.test(pattern))
    throw new Error(`.dockerignore: ${line} is not understood here`);
  const source = pattern.replace(/[.+^${}()|]/g, '\\$&').replaceAll('*', '[^/]*');
  // A pattern that matches a folder matches everything in it.
  return { fits: new RegExp(`^${source}(/|$)`), allows };
}
