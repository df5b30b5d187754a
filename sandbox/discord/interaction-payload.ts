/** The gateway's event for an interaction. */
import { inputsOf } from './component-rules.ts';
import type { Interaction } from './interaction-book.ts';
import { isJson, type Json, listOf, numberOf, textOf } from './json.ts';
import type { DiscordParts } from './parts.ts';
import type { StoredChannel, StoredMessage } from './records.ts';
import type { OptionValue } from './slash.ts';
import type { Person, User } from './world.ts';

/** INTERACTION_CREATE as the gateway sends it. */
export function payloadOf(
  { world, present, store, rights }: DiscordParts,
  interaction: Interaction,
  person: Person,
  { data, source }: { readonly data: Json; readonly source?: StoredMessage | undefined },
): Json {
  const { id, token, kind, guildId, channelId } = interaction;
  const channel = store.get<StoredChannel>('channel', channelId);
  const bitsOf = (user: User): string =>
    String(channel ? rights.bitsIn(channel, user) : rights.bitsOfUser(user));
  const permissions = bitsOf(person);
  // A role belongs to one guild; elsewhere the person has none of them.
  const member = present.member(guildId === world.guildId ? person : { ...person, roles: [] });
  return {
    id,
    token,
    type: kind,
    version: 1,
    application_id: world.applicationId,
    data,
    channel_id: channelId,
    ...(channel && { channel: { ...present.channel(channel), permissions } }),
    ...(guildId === undefined
      ? { user: present.user(person.id), context: 1 }
      : {
          guild_id: guildId,
          guild: { id: guildId, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: { ...member, permissions },
          context: 0,
        }),
    ...(source && { message: present.message(source) }),
    app_permissions: bitsOf(world.bot),
    authorizing_integration_owners: guildId === undefined ? { '0': '0' } : { '0': guildId },
    attachment_size_limit: 10_485_760,
    locale: 'en-US',
    entitlements: [],
  };
}

/** `model show` for a command with its sub-command. */
export function fullName(data: Json): string {
  const inner = listOf(data, 'options').find(({ type }) => type === 1 || type === 2);
  return [textOf(data, 'name'), ...(inner ? [fullName(inner)] : [])].join(' ');
}

/** Looks up users, roles and channels that options refer to. */
export function resolver({
  people,
  present,
  rights,
}: DiscordParts): (type: number, id: OptionValue) => Json {
  return (type, value) => {
    const id = String(value);
    const person = people.find(id);
    const role = rights.roles().find((each) => each.id === id);
    if (type === 6 && person) {
      return { users: { [id]: present.user(id) }, members: { [id]: present.member(person) } };
    }
    return type === 8 && role ? { roles: { [id]: present.role(role) } } : {};
  };
}

/** The form's components with the typed values. @throws RangeError for an unknown input */
export function filledModal(modal: Json, values: Readonly<Record<string, string>>): Json {
  const filled = (input: Json): Json => {
    const customId = textOf(input, 'custom_id') ?? '';
    const value = values[customId] ?? textOf(input, 'value') ?? '';
    refuseValue(input, customId, value);
    return { type: input['type'], id: input['id'] ?? 0, custom_id: customId, value };
  };
  const components = listOf(modal, 'components').map((row) => {
    const plain = { type: row['type'], id: 0 };
    if (typeof row['content'] === 'string') return plain;
    return isJson(row['component'])
      ? { ...plain, component: filled(row['component']) }
      : { ...plain, components: inputsOf(row).map(filled) };
  });
  return { custom_id: modal['custom_id'], components };
}

/** @throws RangeError for a value that the client would not allow */
function refuseValue(input: Json, customId: string, value: string): void {
  const isMissing = value === '' && input['required'] !== false;
  if (isMissing) throw new RangeError(`modal: "${customId}" must be filled`);
  const min = value === '' ? 0 : (numberOf(input, 'min_length') ?? 0);
  const max = numberOf(input, 'max_length') ?? 4000;
  if (value.length < min || value.length > max) {
    throw new RangeError(`modal: "${customId}" takes ${min} to ${max} characters`);
  }
}
