/** Every way in which one call of a script can go wrong, made from the calls of a run that went well. */
import type { Failure } from './world.ts';

/** The first and the last call of each name: a second look must hold what the first one does. */
export function failuresOf(calls: readonly string[]): readonly Failure[] {
  return [...new Set(calls)].flatMap((name) => {
    const times = calls.filter((call) => call === name).length;
    return [...new Set([1, times])].flatMap((nth) =>
      waysOf(name).map((how) => ({ name, nth, how })),
    );
  });
}

/**
 * exit: refused; hang: never ends; lost: done, but the answer is not heard; killed: the person's machine
 * dies; reboot: the server too; cut: half of what is sent arrives; half: the old container is gone and the new one did not come.
 */
function waysOf(name: string): readonly string[] {
  // No limit of ours ends these; a person sees them stand still.
  if (/^here (git|docker image)/.test(name)) return ['exit'];
  if (name === 'there docker compose up') return [...SERVER, 'half', 'reboot-half'];
  if (/ssh (send-scripts|receive|take_compose)/.test(name)) return [...PERSON, 'cut'];
  if (CHANGES.test(name)) return name.startsWith('here') ? PERSON : SERVER;
  return ['exit', 'hang'];
}

const PERSON = ['exit', 'hang', 'lost', 'killed-after'];
const SERVER = ['exit', 'hang', 'lost', 'reboot', 'reboot-after'];

/** What is more than a question. */
const CHANGES = /ssh (start|follow)|docker (load|compose (up|stop)|once (backup|take|put|restore))/;
