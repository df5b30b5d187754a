/** What the page's buttons and box ask for, done by the person it says. */
import { z } from 'zod';
import type { Began } from '#sandbox/discord/act.ts';
import type { Outcome } from '#sandbox/discord/interaction-book.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { PERSON_KEYS } from '#sandbox/discord/world.ts';
import type { ModalDto, OutcomeDto } from './dto.ts';
import type { Market } from './market.ts';

const user = z.enum(PERSON_KEYS);
/** The desk's channel unless named. */
const channelId = z.string().optional();
const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const slash = z.object({ user, channelId, command: z.string(), options });
const component = z.object({ user, messageId: z.string(), customId: z.string() });

/** Does what the body asks for. @throws ZodError for a body of another shape, RangeError for what a client would not offer */
export type Action = (body: unknown) => Promise<OutcomeDto>;

/** The actions by the last part of their address. */
export function createActions(
  discord: SandboxDiscord,
  market: Market,
): Readonly<Record<string, Action>> {
  const { act } = discord;
  const done: OutcomeDto = { kind: 'done' };
  /** A client offers in the desk's channel what it offers; elsewhere the page has asked before. */
  const placed = <T extends { readonly channelId?: string | undefined }>(request: T) => {
    const { channelId: id, ...rest } = request;
    const isDesk = id === undefined || id === discord.channelId;
    return isDesk ? rest : { ...rest, in: { channelId: id } };
  };
  const outcome = async ({ interactionId, first }: Began): Promise<OutcomeDto> =>
    shown(await first, interactionId);
  return {
    slash: (body) => outcome(act.slash(placed(slash.parse(body)))),
    complete: async (body) => {
      const request = placed(slash.extend({ focused: z.string() }).parse(body));
      const choices = (await act.autocomplete(request)).map((choice) => ({
        name: String(choice['name']),
        value: typeof choice['value'] === 'number' ? choice['value'] : String(choice['value']),
      }));
      return { kind: 'choices', choices };
    },
    press: (body) => outcome(act.press(component.parse(body))),
    choose: (body) =>
      outcome(act.choose(component.extend({ values: z.array(z.string()) }).parse(body))),
    submit: (body) => {
      const values = z.record(z.string(), z.string());
      return outcome(act.submit(z.object({ user, interactionId: z.string(), values }).parse(body)));
    },
    say: async (body) => {
      const content = z.string().min(1).max(2000);
      act.say(placed(z.object({ user, channelId, content }).parse(body)));
      return done;
    },
    dismiss: async (body) => {
      act.dismiss(z.object({ user, messageId: z.string() }).parse(body));
      return done;
    },
    role: async (body) => {
      const role = z.enum(['viewer', 'operator', 'approver', 'admin', 'alert']);
      const request = z.object({ user, role, has: z.boolean() }).parse(body);
      if (request.has) act.giveRole(request.user, request.role);
      else act.takeRole(request.user, request.role);
      return done;
    },
    delete: async (body) => {
      act.deleteMessage(z.object({ user, messageId: z.string() }).parse(body));
      return done;
    },
    unpin: async (body) => {
      act.unpin(z.object({ user, messageId: z.string() }).parse(body));
      return done;
    },
    outage: async (body) => {
      const how = z.enum(['reset', 'silence', 'unavailable']).default('reset');
      const { forMs, ...rest } = z.object({ forMs: z.number().positive(), how }).parse(body);
      discord.faults.inject({ on: 'everything', how: rest.how, forMs });
      return done;
    },
    lever: async (body) => {
      const { name, ticker } = z.object({ name: z.string(), ticker: z.string() }).parse(body);
      market.levers?.pull(name, ticker);
      return done;
    },
    speed: async (body) => {
      market.setSpeed(z.object({ speed: z.enum(['pause', 'minute', 'second']) }).parse(body).speed);
      return done;
    },
  };
}

function shown(outcome: Outcome, interactionId: string): OutcomeDto {
  switch (outcome.kind) {
    case 'failed':
      return { kind: 'refused', reason: outcome.reason };
    case 'modal':
      return { kind: 'modal', interactionId, modal: outcome.modal as unknown as ModalDto };
    case 'reply':
    case 'update':
    case 'thinking':
    case 'acknowledged':
    case 'choices':
      return { kind: 'done' };
    default:
      return outcome satisfies never;
  }
}
