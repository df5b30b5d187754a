/** What watches over the process itself: its starts, the safe mode, and the word to somebody outside. */

import { createSupervisor, postOnce, type Supervisor, toldRecord } from '#ops/alert-webhook.ts';
import { openStarts, type Starts, startRecord } from '#ops/crash-loop.ts';
import { createSmallFile } from '#ops/json-file.ts';
import { EXIT, type Life } from '#ops/lifecycle.ts';
import { createScrubber } from '#ops/log.ts';
import type { Environment } from './config.ts';
import { addressOf, type ReadSecret, secretsIn } from './secrets.ts';

export interface Guard {
  /**
   * From here on the starts are counted. Enters the safe mode where they say so, and has said so when
   * it resolves: what comes next may end the process before anything is sent.
   */
  count(parts: CountParts): Promise<Starts>;
}

export interface CountParts {
  readonly stateDir: string;
  readonly build: string;
  /** So many crashes in ten minutes; 0 for never. */
  readonly limit: number;
}

/** Ends whose cause somebody has to change; starting again is no crash, nor is it of use. */
const IN_ORDER: ReadonlySet<number> = new Set([
  EXIT.ended,
  EXIT.configuration,
  EXIT.discord,
  EXIT.occupied,
]);

const KILLED =
  'Rotor ended without a word: it was killed, ran out of memory, or the server lost its power. ' +
  'It was started again.';

/** Before anything can be wrong: whatever ends the process is told outside, if there is where to. */
export function createGuard(life: Life, env: Environment, read: ReadSecret): Guard {
  const scrub = createScrubber(secretsIn(env, read));
  const report = (text: string): void => void process.stderr.write(`rotor: ${scrub(text)}\n`);
  const outside = supervisorOf(env, read, scrub, report);
  life.onEnding(async ({ code, why }) => {
    if (why !== undefined) await outside.tell(`Rotor ended with ${code}: ${why}`);
  });
  return {
    async count({ stateDir, ...rules }) {
      const file = createSmallFile(`${stateDir}/starts.json`, startRecord, report);
      const starts = openStarts({ file, now: Date.now, ...rules });
      life.onEnding(({ code, why }) => {
        if (IN_ORDER.has(code)) starts.ended();
        else starts.failed(scrub(why ?? ''));
      });
      const tell = async (): Promise<void> => {
        const why = starts.reason();
        if (why !== undefined) await outside.tell(`Rotor is in SAFE MODE: ${why}`);
      };
      await tell();
      return {
        ...starts,
        alone() {
          const killed = starts.alone();
          if (killed) void outside.tell(KILLED);
          return killed;
        },
        enter(why) {
          starts.enter(scrub(why));
          void tell();
        },
      };
    },
  };
}

function supervisorOf(
  env: Environment,
  read: ReadSecret,
  scrub: (text: string) => string,
  report: (text: string) => void,
): Supervisor {
  return createSupervisor({
    url: addressOf('SUPERVISOR_WEBHOOK_URL', env, read),
    file: createSmallFile(`${env['STATE_DIR'] || 'data'}/supervisor.json`, toldRecord, report),
    now: Date.now,
    scrub,
    post: postOnce,
    report,
  });
}
