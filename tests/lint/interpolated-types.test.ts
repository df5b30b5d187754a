/**
 * Every `${…}` of the source, by the type that it has: what may be absent, what has no text of its own and
 * what counts in billionths or cents would be read by somebody as `undefined`, `[object Object]` or a
 * number a billion times too large.
 */
import { relative, resolve } from 'node:path';
import type { Node } from 'typescript/unstable/ast';
import { isTemplateExpression } from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** In a type's text: absent, without a text of its own, or a count in small units. */
const UNREADABLE = /\b(undefined|null|unknown|any|void|object|Qty|Cents)\b|[{}]|=>|\[\]/;

/** Keys that nobody reads. */
const NOT_READ: ReadonlySet<string> = new Set([
  'src/core/domain/journal-events/orders.ts: Qty: order.filledQty',
]);

/** `file: type: expression` of each interpolation whose type cannot be read. */
function unreadable(): readonly string[] {
  const api = new API({ cwd: ROOT });
  try {
    const [project] = api
      .updateSnapshot({ openProjects: [resolve(ROOT, 'tsconfig.json')] })
      .getProjects();
    if (!project) throw new Error('expected the project of tsconfig.json');
    const { program, checker } = project;
    const own = program
      .getSourceFileNames()
      .filter((name) => name.startsWith(resolve(ROOT, 'src')));
    return own.flatMap((name) => {
      const file = program.getSourceFile(name);
      const found = file ? interpolated(file) : [];
      const types = found.length > 0 ? checker.getTypeAtLocation(found) : [];
      return found.flatMap((node, index) => {
        const type = types[index];
        const text = type ? checker.typeToString(type) : 'unknown';
        // What is between quotes is the text itself; a long one is cut off.
        if (!UNREADABLE.test(text.replace(/"(?:[^"\\]|\\.)*("|$)/g, '""'))) return [];
        const source = file?.text.slice(node.pos, node.end).trim() ?? '';
        return [`${relative(ROOT, name)}: ${text}: ${source}`];
      });
    });
  } finally {
    api.close();
  }
}

function interpolated(root: Node): readonly Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (isTemplateExpression(node)) {
      found.push(...node.templateSpans.map(({ expression }) => expression));
    }
    node.forEachChild(visit);
  };
  root.forEachChild(visit);
  return found;
}

it('every interpolated value has a text form: none may be undefined, an object, or in small units', () => {
  expect(unreadable().filter((each) => !NOT_READ.has(each))).toEqual([]);
});
