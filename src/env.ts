/**
 * Reads `.env` where there is one; what already stands in the environment counts first. npm scripts
 * import it before anything else; tests start without it on purpose.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readEnvFile, withEnvFile } from './config/env-file.ts';

if (existsSync('.env')) {
  Object.assign(process.env, withEnvFile(process.env, readEnvFile('.env', readFileSync('.env'))));
}
