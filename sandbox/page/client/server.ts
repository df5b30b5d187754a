/** Sends a person's actions to the page's server. */
import type { EventDto, Me, OptionsDto, OutcomeDto, Speed } from '../dto.ts';

async function post(path: string, body: object): Promise<OutcomeDto> {
  const response = await fetch(`/desk/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return (await response.json()) as OutcomeDto;
  return { kind: 'refused', reason: `The sandbox answered ${response.status}.` };
}

/** A command as typed so far. */
export interface SlashDraft {
  readonly command: string;
  readonly options: OptionsDto;
}

/** The sender, and the channel. */
export interface From {
  readonly user: Me;
  readonly channelId: string;
}

/** The page's requests; each resolves with its outcome. */
export const server = {
  slash: (from: From, draft: SlashDraft) => post('slash', { ...from, ...draft }),
  complete: (from: From, draft: SlashDraft, focused: string) =>
    post('complete', { ...from, ...draft, focused }),
  press: (user: Me, messageId: string, customId: string) =>
    post('press', { user, messageId, customId }),
  choose: (user: Me, messageId: string, customId: string, values: readonly string[]) =>
    post('choose', { user, messageId, customId, values }),
  submit: (user: Me, interactionId: string, values: Readonly<Record<string, string>>) =>
    post('submit', { user, interactionId, values }),
  say: (from: From, content: string) => post('say', { ...from, content }),
  dismiss: (user: Me, messageId: string) => post('dismiss', { user, messageId }),
  lever: (name: string, ticker: string) => post('lever', { name, ticker }),
  speed: (speed: Speed) => post('speed', { speed }),
};

/** Receives events; a lost connection reconnects automatically and starts with the whole state. */
export function listen(
  user: Me,
  hear: (event: EventDto) => void,
  connected: (is: boolean) => void,
): () => void {
  const source = new EventSource(`/desk/events?user=${user}`);
  source.onmessage = (event: MessageEvent<string>) => hear(JSON.parse(event.data) as EventDto);
  source.onopen = () => connected(true);
  source.onerror = () => connected(false);
  return () => source.close();
}
