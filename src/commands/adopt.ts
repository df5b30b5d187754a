import type { Command } from '#bot/command.ts';
import { label, plain } from '#bot/format.ts';
import { frame } from '#bot/post.ts';

/** Takes what the broker holds differently over into our books, for everybody to see. */
export const adopt: Command = {
  definition: {
    name: 'adopt',
    description: 'Take over what the broker holds differently from our books',
  },
  access: 'operator',
  audience: 'channel',
  slow: true,
  run: async ({ engine, asker }) => {
    const text = await engine.adopt(asker.name);
    return {
      post: {
        embeds: [
          frame({
            mode: engine.observation().mode,
            title: '● Adopted',
            body: plain(text, 1000),
            note: label(asker.name, 80),
          }),
        ],
      },
    };
  },
};
