/**
 * `npm run imports`: lists imports that the table in imports/rules.ts does not allow, and import cycles.
 * Exit 1 if there are any.
 */
import { join } from 'node:path';
import { treeFaults } from './imports/faults.ts';
import { aliasesOf, measureWorkingTree } from './measure/tree.ts';

const root = join(import.meta.dirname, '..');
const faults = treeFaults(measureWorkingTree(root), aliasesOf(root));
for (const fault of faults) console.log(fault);
if (faults.length > 0) process.exitCode = 1;
