/** Actions of the page's buttons and message box, done as the chosen person. */
import { z } from 'zod';
import type { StartedInteraction } from '#sandbox/discord/act.ts';
import type { Outcome } from '#sandbox/discord/interaction-book.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { PERSON_KEYS } from '#sandbox/discord/world.ts';
import type { ModalDto, OutcomeDto } from './dto.ts';
import type { Market } from './market.ts';

const user = z.enum(PERSON_KEYS);
/** Rotor's channel by default. */
const channelId = z.string().optional();
const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const slash = z.object({ user, channelId, command: z.string(), options });
const component = z.object({ user, messageId: z.string(), customId: z.string() });

/**
 * Executes the requested action. @throws ZodError for an invalid body, RangeError for what a client would
 * not offer
 */
export type Action = (body: unknown) => Promise<OutcomeDto>;

/** Actions by the last part of their path. */
type Actions = Readonly<Record<string, Action>>;

const DONE: OutcomeDto = { kind: 'done' };

/** All actions of the page. */
export function createActions(discord: SandboxDiscord, market: Market): Actions {
  return {
    ...commandActions(discord),
    ...messageActions(discord),
    ...worldActions(discord, market),
  };
}

/** A client offers only its channel's commands there; elsewhere the page has checked before. */
function placed<T extends { readonly channelId?: string | undefined }>(request: T, deskId: string) {
  const { channelId: id, ...rest } = request;
  return id === undefined || id === deskId ? rest : { ...rest, in: { channelId: id } };
}

async function outcomeOf({ interactionId, first }: StartedInteraction): Promise<OutcomeDto> {
  return shown(await first, interactionId);
}

/** Commands, buttons, menus and forms. */
function commandActions({ act, channelId: deskId }: SandboxDiscord): Actions {
  return {
    slash: (body) => outcomeOf(act.slash(placed(slash.parse(body), deskId))),
    complete: async (body) => {
      const request = placed(slash.extend({ focused: z.string() }).parse(body), deskId);
      const choices = (await act.autocomplete(request)).map((choice) => ({
        name: String(choice['name']),
        value: typeof choice['value'] === 'number' ? choice['value'] : String(choice['value']),
      }));
      return { kind: 'choices', choices };
    },
    press: (body) => outcomeOf(act.press(component.parse(body))),
    choose: (body) =>
      outcomeOf(act.choose(component.extend({ values: z.array(z.string()) }).parse(body))),
    submit: (body) => {
      const values = z.record(z.string(), z.string());
      const form = z.object({ user, interactionId: z.string(), values });
      return outcomeOf(act.submit(form.parse(body)));
    },
  };
}

function messageActions({ act, channelId: deskId }: SandboxDiscord): Actions {
  const one = z.object({ user, messageId: z.string() });
  return {
    say: async (body) => {
      const content = z.string().min(1).max(2000);
      act.say(placed(z.object({ user, channelId, content }).parse(body), deskId));
      return DONE;
    },
    dismiss: async (body) => {
      act.dismiss(one.parse(body));
      return DONE;
    },
    delete: async (body) => {
      act.deleteMessage(one.parse(body));
      return DONE;
    },
    unpin: async (body) => {
      act.unpin(one.parse(body));
      return DONE;
    },
  };
}

/** Settings for everyone: roles, outages, and the market. */
function worldActions({ act, faults }: SandboxDiscord, market: Market): Actions {
  return {
    role: async (body) => {
      const role = z.enum(['viewer', 'operator', 'approver', 'admin', 'alert']);
      const request = z.object({ user, role, has: z.boolean() }).parse(body);
      if (request.has) act.giveRole(request.user, request.role);
      else act.takeRole(request.user, request.role);
      return DONE;
    },
    outage: async (body) => {
      const how = z.enum(['reset', 'silence', 'unavailable']).default('reset');
      const { forMs, ...rest } = z.object({ forMs: z.number().positive(), how }).parse(body);
      faults.inject({ on: 'everything', how: rest.how, forMs });
      return DONE;
    },
    lever: async (body) => {
      const { name, ticker } = z.object({ name: z.string(), ticker: z.string() }).parse(body);
      market.levers?.pull(name, ticker);
      return DONE;
    },
    speed: async (body) => {
      market.setSpeed(z.object({ speed: z.enum(['pause', 'minute', 'second']) }).parse(body).speed);
      return DONE;
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
