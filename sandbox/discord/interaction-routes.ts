/** REST authorised by an interaction's token: the callback and its webhook. */

import { unknownWebhook } from './faults.ts';
import type { DiscordParts } from './parts.ts';
import { FLAGS } from './records.ts';
import { type Answer, type Call, done, ok, openRoute, type Route } from './route.ts';

/** REST of callbacks and webhooks. */
export function interactionRoutes(parts: DiscordParts): readonly Route[] {
  const { interactions, present } = parts;
  const tokenOf = ({ params }: Call): string => {
    if (params['application'] !== parts.world.applicationId) throw unknownWebhook();
    return params['token'] ?? '';
  };
  const callback = ({ params, query, body, uploads }: Call): Answer => {
    const { interaction = '', token = '' } = params;
    const message = interactions.answer(interaction, token, body, uploads);
    if (query.get('with_response') !== 'true') return done();
    const told = message && {
      response_message_id: message.id,
      response_message_loading: (message.flags & FLAGS.loading) !== 0,
      response_message_ephemeral: (message.flags & FLAGS.ephemeral) !== 0,
    };
    return ok({
      interaction: { id: interaction, type: interactions.kindOf(interaction), ...told },
      ...(message && { resource: { type: body['type'], message: present.message(message) } }),
    });
  };
  const hook = '/webhooks/{application}/{token}';
  return [
    openRoute('POST /interactions/{interaction}/{token}/callback', undefined, callback),
    openRoute(`POST ${hook}`, 'webhook', (call) =>
      ok(present.message(interactions.followUp(tokenOf(call), call.body, call.uploads))),
    ),
    openRoute(`GET ${hook}/messages/@original`, 'webhook', (call) =>
      ok(present.message(interactions.original(tokenOf(call)))),
    ),
    openRoute(`PATCH ${hook}/messages/@original`, 'webhook', (call) =>
      ok(present.message(interactions.editOriginal(tokenOf(call), call.body, call.uploads))),
    ),
    openRoute(`DELETE ${hook}/messages/@original`, 'webhook', (call) => {
      interactions.remove(tokenOf(call), undefined);
      return done();
    }),
    openRoute(`GET ${hook}/messages/{message}`, 'webhook', (call) =>
      ok(present.message(interactions.messageOf(tokenOf(call), call.params['message'] ?? ''))),
    ),
    openRoute(`PATCH ${hook}/messages/{message}`, 'webhook', (call) => {
      const id = call.params['message'] ?? '';
      return ok(present.message(interactions.edit(tokenOf(call), id, call.body, call.uploads)));
    }),
    openRoute(`DELETE ${hook}/messages/{message}`, 'webhook', (call) => {
      interactions.remove(tokenOf(call), call.params['message']);
      return done();
    }),
  ];
}
