/** REST of threads: start, change, join. */
import { messageIn, reached } from './channel-routes.ts';
import { missingPermissions, unknownChannel } from './faults.ts';
import type { DiscordParts } from './parts.ts';
import { created, done, ok, type Route, route } from './route.ts';

/** REST of threads. */
export function threadRoutes(parts: DiscordParts): readonly Route[] {
  const { rights, present, threads } = parts;
  return [
    route('POST /channels/{channel}/messages/{message}/threads', 'threads', ({ params, body }) => {
      const channel = rights.channel(params['channel'], 'CreatePublicThreads');
      if (channel.kind !== 'text') throw missingPermissions();
      const starter = messageIn(parts, channel, params['message']);
      return created(present.channel(threads.fromMessage(starter, body)));
    }),
    route('POST /channels/{channel}/threads', 'threads', ({ params, body }) => {
      const channel = rights.channel(params['channel'], 'CreatePublicThreads');
      if (channel.kind !== 'text') throw missingPermissions();
      return created(present.channel(threads.inChannel(channel, body)));
    }),
    route('PATCH /channels/{channel}', 'threads', ({ params, body }) => {
      const channel = reached(parts, params['channel']);
      // The bot's invitation does not allow it to manage channels.
      if (channel.kind !== 'thread') throw missingPermissions();
      return ok(present.channel(threads.change(channel, body)));
    }),
    route('PUT /channels/{channel}/thread-members/@me', 'threads', ({ params }) => {
      if (reached(parts, params['channel']).kind !== 'thread') throw unknownChannel();
      return done();
    }),
  ];
}
