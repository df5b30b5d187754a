/** Writes the generated parts of the documents: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BLOCKS, withBlock } from './docs/blocks.ts';

for (const { file, name, make } of BLOCKS) {
  const path = resolve(import.meta.dirname, '..', file);
  const text = readFileSync(path, 'utf8');
  const made = withBlock(text, name, make());
  if (made !== text) writeFileSync(path, made);
  console.log(`${file}: ${name} ${made === text ? 'unchanged' : 'written'}`);
}
