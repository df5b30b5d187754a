/**
 * Resolves Rotor's own imports without asking the file system about each, and leaves out the sixty
 * languages of zod's messages: together an eighth of a start. For modules that are loaded after this one.
 */
import { readFileSync } from 'node:fs';
import { type ResolveHookSync, registerHooks } from 'node:module';

const ROOT = new URL('../../', import.meta.url).href;
const { imports: ALIASES }: { readonly imports: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(new URL('package.json', ROOT), 'utf8'),
);

const resolve: ResolveHookSync = (specifier, context, next) => {
  const url = ownModule(specifier, context.parentURL);
  if (url !== undefined) return { url, format: 'module-typescript', shortCircuit: true };
  const isLanguages = specifier === '../locales/index.js' && context.parentURL?.includes('/zod/');
  return next(isLanguages ? '../locales/en.js' : specifier, context);
};

let hooks = registerHooks({ resolve });

/** Loads a library of many files, each of which the hook would only slow down. */
export async function loadPlainly(load: () => Promise<unknown>): Promise<void> {
  hooks.deregister();
  await load();
  hooks = registerHooks({ resolve });
}

/** Undefined for anything that is not a TypeScript module of Rotor. */
function ownModule(specifier: string, parent: string | undefined): string | undefined {
  if (!specifier.endsWith('.ts')) return undefined;
  if (specifier.startsWith('.')) return URL.parse(specifier, parent)?.href;
  const end = specifier.indexOf('/') + 1;
  const folder = ALIASES[`${specifier.slice(0, end)}*`];
  return folder && URL.parse(folder.replace('*', specifier.slice(end)), ROOT)?.href;
}
