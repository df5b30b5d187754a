/** The slash commands that read. */
import { COMMANDS } from '#commands/list.ts';

/** The names of those that only answer, and need nothing to be typed. */
export function readableCommands(): readonly string[] {
  return COMMANDS.filter(({ audience, definition }) => {
    const options = definition.options ?? [];
    return audience === 'asker' && !options.some((each) => 'required' in each && each.required);
  }).map(({ definition }) => definition.name);
}
