import type { Command, Context, Settings } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { configPost } from '#bot/posts/config.ts';
import { NOTICES, noticePlace } from '#core/domain/notices.ts';

/** `/config`: every setting; secrets are never shown. */
export const config: Command = {
  definition: {
    name: 'config',
    description: 'Every setting and its value; secrets are never shown',
  },
  access: COMMAND_ACCESS.config,
  audience: 'asker',
  slow: false,
  run: (context) => ({
    post: configPost(inForce(context), context.engine.observation().mode, context.now.market),
  }),
};

/** A choice by an admin in Discord takes precedence over the variable. */
function inForce({ engine, settings, notify = {} }: Context): Settings {
  const chosen = engine.book().noticePlaces;
  if (chosen.size === 0) return settings;
  const set = NOTICES.filter((each) => chosen.has(each) || notify[each] !== undefined);
  const value = set.map((each) => `${each}:${noticePlace(each, chosen, notify)}`).join(',');
  return settings.map((each) =>
    each[0] === 'NOTIFY' ? ['NOTIFY', `${value} (/notify in Discord counts)`] : each,
  );
}
