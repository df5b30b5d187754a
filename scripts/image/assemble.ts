/**
 * Copies the image's system into a folder: node, the libraries that it and the native addons in
 * node_modules link to, and the few files that C libraries need. No shell, no package manager. `node
 * assemble.ts ROOT STATE`: STATE gets the folders owned by Rotor's user.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const USER = 10_001;

const [root, state] = process.argv.slice(2);
if (root === undefined || state === undefined) throw new Error('expected two folders');

install(process.execPath, '/usr/local/bin/node');
const addons = readdirSync('node_modules', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.node'))
  .map((name) => join('node_modules', name));
const libraries = new Set([process.execPath, ...addons].flatMap(linkedTo));
for (const library of [...libraries].sort()) install(library, library);

write('/etc/passwd', `rotor:x:${USER}:${USER}:rotor:/tmp:/usr/sbin/nologin\n`);
write('/etc/group', `rotor:x:${USER}:\n`);
write('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
folder(root, '/tmp', 0o1777);
folder(root, '/app', 0o755);
// Docker mounts its own over these; on a read-only root they must exist.
for (const mount of ['/dev', '/proc', '/sys', '/run']) folder(root, mount, 0o755);
folder(state, '/data', 0o700);

/** Absolute paths, including the loader. @throws when a library is not found. */
function linkedTo(program: string): readonly string[] {
  const said = execFileSync('ldd', [program], { encoding: 'utf8' });
  if (said.includes('not found')) throw new Error(`${program}: ${said}`);
  return [...said.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map(([, path]) => path ?? '');
}

function install(from: string, to: string): void {
  const path = `${root}${to}`;
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(from, path);
  chmodSync(path, 0o755);
}

function write(to: string, text: string): void {
  mkdirSync(dirname(`${root}${to}`), { recursive: true });
  writeFileSync(`${root}${to}`, text, { mode: 0o644 });
}

function folder(base: string | undefined, name: string, mode: number): void {
  mkdirSync(`${base}${name}`, { recursive: true });
  chmodSync(`${base}${name}`, mode);
}
