/** The dead man's switch: somebody outside hears from us while all is well, and wonders when not. */

export interface DeadMan {
  /** Sends one, if all is well. Never rejects; the next one is the retry. */
  beat(): Promise<void>;
  sent(): number;
}

export interface DeadManParts {
  /** A secret; undefined sends nothing. */
  readonly url: string | undefined;
  readonly isWell: () => boolean;
  /** Gives the status. @throws when there is no answer. */
  readonly ask: (url: string) => Promise<number>;
  readonly report: (text: string) => void;
}

const ASK_MS = 10_000;

export function createDeadMan({ url, isWell, ask, report }: DeadManParts): DeadMan {
  let sent = 0;
  let asking = false;
  let problem: string | undefined;

  /** Once when it begins to fail, not each minute. */
  function note(now: string | undefined): void {
    if (now !== undefined && now !== problem) report(`HEARTBEAT_URL: ${now}`);
    problem = now;
  }

  return {
    sent: () => sent,
    async beat() {
      if (url === undefined || asking || !isWell()) return;
      asking = true;
      try {
        const status = await ask(url);
        if (status < 300) sent += 1;
        note(status < 300 ? undefined : `answered ${status}`);
      } catch (error) {
        note(`no answer (${error instanceof Error ? error.name : 'unknown'})`);
      } finally {
        asking = false;
      }
    },
  };
}

/** Over HTTP, once. */
export async function askOnce(url: string): Promise<number> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ASK_MS) });
  await answer.body?.cancel();
  return answer.status;
}
