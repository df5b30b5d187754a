import type { Answer, Command, Context, Reply } from '#bot/interactions/command.ts';

/** What a command told; a form in its place is a failure. */
export async function told(command: Command, context: Context): Promise<Reply> {
  return toldOf(await command.run(context, ''));
}

export function toldOf(answer: Answer): Reply {
  if ('form' in answer) throw new Error(`expected words, found the form ${answer.form.id}`);
  return answer;
}
