/** Reads `.env` where there is one. npm scripts import it first; tests start without it on purpose. */
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

if (existsSync('.env')) loadEnvFile('.env');
