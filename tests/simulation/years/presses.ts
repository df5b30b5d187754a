/** What people press and type in Discord, through the router of the bot that answers. */
import type { Options } from '#bot/interactions/command.ts';
import type { Request } from '#bot/interactions/request.ts';
import type { Router } from '#bot/interactions/router.ts';
import type { Faults } from './faults.ts';
import type { Fuse } from './fuse.ts';

/** Somebody, and the role that they hold. */
export interface Presser {
  readonly id: string;
  readonly name: string;
  readonly role: string | undefined;
}

/** One press. */
export interface Press {
  readonly by: Presser;
  readonly kind: 'command' | 'component' | 'form';
  readonly name: string;
  readonly options?: Options;
}

/** The server, the channel and the role of a simulated Discord. */
export const PLACE = { guildId: 'the server', channelId: '1', operator: 'operators' };

/** The process that takes a press. */
export interface Pressed {
  readonly router: Router;
  readonly fuse: Pick<Fuse, 'isDead'>;
}

/** Nobody hears of a press when Discord is away. */
export interface Presses {
  /**
   * @param times the same interaction is delivered so often at once. Resolves to the answers, in words; never
   * where the process died before its answer.
   */
  press(to: Pressed, press: Press, times?: number): Promise<readonly string[]>;
}

/** Interactions are numbered, as Discord's are. */
export function createPresses(faults: Faults): Presses {
  let count = 0;
  return {
    async press({ router, fuse }, press, times = 1) {
      count += 1;
      const id = `interaction ${count}`;
      const answers: string[] = [];
      const way: Way = { faults, fuse, answers };
      const requests = Array.from({ length: times }, () => requestOf(id, press, way));
      await Promise.all(requests.map((request) => router.handle(request)));
      return answers;
    },
  };
}

/** Discord's own word for an interaction that waited too long. */
function unknownInteraction(): Error {
  return Object.assign(new Error('Unknown interaction'), { code: 10_062 });
}

/** What an answer goes through, and where it arrives. */
interface Way extends Pick<Pressed, 'fuse'> {
  readonly faults: Faults;
  readonly answers: string[];
}

function requestOf(
  id: string,
  { by, kind, name, options = new Map() }: Press,
  { faults, fuse, answers }: Way,
): Request {
  const carried = async <T>(answer: T): Promise<T> => {
    if (fuse.isDead()) return new Promise(() => undefined);
    const late = faults.on('answers-late');
    if (!late) return answer;
    faults.met(late);
    throw unknownInteraction();
  };
  const say = (said: unknown): Promise<undefined> => {
    if (!fuse.isDead()) answers.push(typeof said === 'string' ? said : JSON.stringify(said));
    return carried(undefined);
  };
  const roleIds = by.role === undefined ? [] : [by.role];
  const { guildId, channelId } = PLACE;
  return {
    ...{ id, kind, name, options, typed: '', focused: '' },
    asker: { id: by.id, name: by.name, bot: false, roleIds, guildId, channelId },
    roles: async () => roleIds,
    ask: say,
    reply: (post) => say(post),
    defer: () => carried(undefined),
    deferUpdate: () => carried(undefined),
    update: (post) => say(post),
    follow: say,
    share: (post) => say(post),
    choose: () => carried(undefined),
  };
}
