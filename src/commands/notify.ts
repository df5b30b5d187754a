import { ApplicationCommandOptionType } from 'discord.js';
import type { Answer, ButtonResult, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { notice } from '#bot/post.ts';
import { NOTIFY_ME } from '#bot/posts/ask-buttons.ts';
import { noticesPost } from '#bot/posts/notices.ts';
import { NOTICE_PLACES, NOTICES } from '#core/domain/notices.ts';

/** `/notify`: which messages go where; the journal records who changed what. */
export const notify: Command = {
  definition: {
    name: 'notify',
    description: 'Which messages go to the channel, to a thread, or nowhere',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'kind',
        description: 'Which messages to move; leave empty to list all',
        choices: NOTICES.map((name) => ({ name, value: name })),
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'where',
        description: 'A thread makes no sound; critical messages always go to the channel',
        choices: NOTICE_PLACES.map((name) => ({ name, value: name })),
      },
    ],
  },
  access: COMMAND_ACCESS.notify,
  audience: 'asker',
  slow: true,
  run: place,
  components: [{ prefix: NOTIFY_ME, access: 'approver', run: toggle }],
};

/** The same button subscribes and unsubscribes. */
function toggle({ engine, asker }: Context): ButtonResult {
  const note = engine.toggleNotify(asker)
    ? 'You get a direct message when something waits for approval. Press again to stop.'
    : 'You no longer get direct messages.';
  return { update: undefined, note };
}

function place({ engine, asker, options, notify: setting }: Context): Answer {
  const kind = NOTICES.find((each) => each === options.get('kind'));
  const where = NOTICE_PLACES.find((each) => each === options.get('where'));
  if ((kind === undefined) !== (where === undefined)) {
    return { post: notice('Choose both: which messages, and where they go.') };
  }
  if (kind !== undefined && where !== undefined) engine.placeNotice(kind, where, asker.name);
  const result = kind !== undefined && where !== undefined ? `${kind}: ${where}` : 'answered';
  const { mode } = engine.observation();
  return { post: noticesPost(engine.book().noticePlaces, setting ?? {}, mode), result };
}
