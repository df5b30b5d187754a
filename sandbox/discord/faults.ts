/** Discord's errors with their status, code and text. */
import type { Json } from './json.ts';

/** One validation error, by its path in the body. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** An error with the status, body and headers of its answer. */
export class ApiFault extends Error {
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: Json, headers: Readonly<Record<string, string>> = {}) {
    super(`${status} ${JSON.stringify(body)}`);
    this.name = 'ApiFault';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

const fault = (status: number, code: number, message: string) => (): ApiFault =>
  new ApiFault(status, { message, code });

/** The token is missing or wrong. */
export const unauthorized = fault(401, 0, '401: Unauthorized');
/** No such path. */
export const noSuchRoute = fault(404, 0, '404: Not Found');
/** The path does not support the method. */
export const notAllowedMethod = fault(405, 0, '405: Method Not Allowed');
/** Another application's id. */
export const unknownApplication = fault(404, 10002, 'Unknown Application');
/** The channel was deleted or belongs to another guild. */
export const unknownChannel = fault(404, 10003, 'Unknown Channel');
/** A guild that the bot is not in. */
export const unknownGuild = fault(404, 10004, 'Unknown Guild');
/** The guild has no member with that id. */
export const unknownMember = fault(404, 10007, 'Unknown Member');
/** The message was deleted, or is visible to others only. */
export const unknownMessage = fault(404, 10008, 'Unknown Message');
/** No such user, or a bot where a person is needed. */
export const unknownUser = fault(404, 10013, 'Unknown User');
/** The interaction belongs to another application. */
export const unknownWebhook = fault(404, 10015, 'Unknown Webhook');
/** Too late for the first answer, or unknown. */
export const unknownInteraction = fault(404, 10062, 'Unknown interaction');
/** No such command in that scope. */
export const unknownCommand = fault(404, 10063, 'Unknown application command');
/** The channel has 250 pins. */
export const tooManyPins = fault(400, 30003, 'Maximum number of pins reached (250)');
/** 200 commands were created today. */
export const tooManyDailyCommands = fault(
  400,
  30034,
  'Max number of daily application command creates has been reached (200)',
);
/** The request exceeds 25 MiB. */
export const tooLarge = fault(413, 40005, 'Request entity too large');
/** A second first answer. */
export const alreadyAnswered = fault(400, 40060, 'Interaction has already been acknowledged.');
/** The bot does not see the channel. */
export const missingAccess = fault(403, 50001, 'Missing Access');
/** An edit of someone else's message. */
export const notYours = fault(403, 50005, 'Cannot edit a message authored by another user');
/** The message would be empty. */
export const emptyMessage = fault(400, 50006, 'Cannot send an empty message');
/** The person accepts no direct messages. */
export const closedDirect = fault(403, 50007, 'Cannot send messages to this user');
/** The bot sees the channel but may not do this in it. */
export const missingPermissions = fault(403, 50013, 'Missing Permissions');
/** An interaction's token after 15 minutes. */
export const invalidToken = fault(401, 50027, 'Invalid Webhook Token');
/** An edit of a system message. */
export const systemMessage = fault(403, 50021, 'Cannot execute action on a system message');
/** The body is not JSON. */
export const invalidJson = fault(400, 50109, 'The request body contains invalid JSON.');
/** The message has a thread already. */
export const threadExists = fault(
  400,
  160004,
  'A thread has already been created for this message',
);
/** Only a moderator can unlock a thread. */
export const lockedThread = fault(400, 160005, 'Thread is locked');
/** The thread must be unarchived before it is changed. */
export const archivedThread = fault(400, 50083, 'Thread is archived');

/** 50035 with one `_errors` list per path. */
export function invalidForm(problems: readonly Problem[]): ApiFault {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of problems) {
    let node = errors;
    for (const key of path) {
      const child = (node[key] ?? {}) as Record<string, unknown>;
      node[key] = child;
      node = child;
    }
    const before = Array.isArray(node['_errors']) ? node['_errors'] : [];
    node['_errors'] = [...before, { code, message }];
  }
  return new ApiFault(400, { message: 'Invalid Form Body', code: 50035, errors });
}
