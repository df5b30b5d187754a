/** The page's state of the channel, and name lookup. */
import type { ChannelDto, EventDto, Me, MessageDto, PersonDto, StateDto } from '../dto.ts';

/** Names and messages of the current state. */
export interface ViewState {
  state(): StateDto;
  nowMs(): number;
  person(id: string): PersonDto;
  role(id: string): { readonly name: string; readonly color: string | undefined } | undefined;
  channelName(id: string): string;
  me(): PersonDto;
  message(id: string): MessageDto | undefined;
  /** The channel shown. */
  place(): ChannelDto;
  /** Messages of a thread, as far as the page knows them. */
  threadCount(id: string): number;
}

const UNKNOWN_PERSON: PersonDto = {
  id: '0',
  key: undefined,
  name: 'Deleted User',
  color: undefined,
  roles: [],
  isBot: false,
};

const UNKNOWN_CHANNEL: ChannelDto = {
  id: '0',
  kind: 'text',
  name: 'unknown',
  topic: '',
  threads: [],
};

/** Reads the current state at each call. */
export function createViewState(
  state: () => StateDto,
  placeId: () => string | undefined,
): ViewState {
  const byKey = (key: Me): PersonDto =>
    state().people.find((each) => each.key === key) ?? UNKNOWN_PERSON;
  return {
    state,
    nowMs: () => state().market.nowMs,
    person: (id) => state().people.find((each) => each.id === id) ?? UNKNOWN_PERSON,
    role: (id) => state().roles.find((each) => each.id === id),
    channelName: (id) => state().channels.find((each) => each.id === id)?.name ?? 'unknown',
    place: () => {
      const { channels } = state();
      return channels.find(({ id }) => id === placeId()) ?? channels[0] ?? UNKNOWN_CHANNEL;
    },
    threadCount: (id) => state().messages.filter(({ channel_id }) => channel_id === id).length,
    me: () => byKey(state().me),
    message: (id) => state().messages.find((each) => each.id === id),
  };
}

/** The state after an event. */
export function after(state: StateDto, event: EventDto): StateDto {
  switch (event.kind) {
    case 'state':
      return event.state;
    case 'message':
      return { ...state, messages: withMessage(state.messages, event.message) };
    case 'removed':
      return { ...state, messages: state.messages.filter(({ id }) => id !== event.id) };
    case 'commands':
      return { ...state, commands: event.commands };
    case 'market':
      return { ...state, market: event.market };
    case 'presence':
      return { ...state, presence: event.presence };
    case 'typing':
      return state;
    default:
      return event satisfies never;
  }
}

function withMessage(messages: readonly MessageDto[], next: MessageDto): readonly MessageDto[] {
  const index = messages.findIndex(({ id }) => id === next.id);
  return index < 0 ? [...messages, next] : messages.with(index, next);
}

/** URL of the person's portrait. */
export function avatarOf(person: PersonDto): string {
  return `/avatars/${person.id}.svg`;
}
