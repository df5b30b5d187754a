/** Runs commands on this machine and on the server, and returns their output. */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  /** Both streams in order. */
  readonly output: string;
  readonly seconds: number;
}

/** Options of a command. */
export interface Start {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
}

/** Where commands run. */
export interface Machines {
  /** On this machine. Never rejects because of its exit code. */
  here(command: string, args: readonly string[], start?: Start): Promise<CommandResult>;
  /** Runs a line in the server's shell, in its user's home. @throws unless it exits with 0. */
  there(line: string, input?: string): Promise<string>;
}

/** No step of the proof takes this long. */
const LIMIT_MS = 20 * 60_000;

/** @param log file that receives all output. */
export function createMachines(server: string, log: string): Machines {
  const here: Machines['here'] = (command, args, { cwd, env, input } = {}) => {
    appendFileSync(log, `\n$ ${command} ${args.join(' ')}\n`);
    const began = performance.now();
    const child = spawn(command, args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    child.stdin.end(input);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        appendFileSync(log, chunk);
      });
    }
    return new Promise((done, failed) => {
      child.on('error', failed);
      child.on('close', (code) =>
        done({ code, output, seconds: (performance.now() - began) / 1_000 }),
      );
    });
  };
  return {
    here,
    async there(line, input) {
      const { code, output } = await here('ssh', ['-o', 'BatchMode=yes', server, line], {
        ...(input !== undefined && { input }),
      });
      if (code !== 0) throw new Error(`on the server: ${line}\nended with ${code}: ${output}`);
      return output;
    },
  };
}
