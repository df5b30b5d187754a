/** Finds the command, button or form of an interaction. */

import type { Command, Component, Form } from './command.ts';
import type { Access } from './command-access.ts';
import type { Request } from './request.ts';

/** Handler of a command, button or form, with its access level. */
export type Handler =
  | { readonly kind: 'command'; readonly access: Access; readonly command: Command }
  | {
      readonly kind: 'component';
      readonly access: Access;
      readonly component: Component;
      readonly argument: string;
    }
  | {
      readonly kind: 'form';
      readonly access: Access;
      readonly form: Form;
      readonly argument: string;
    };

/** Handler of the interaction; undefined when its name is unknown. */
export function find(
  commands: readonly Command[],
  { kind, name }: Pick<Request, 'kind' | 'name'>,
): Handler | undefined {
  if (kind === 'component') {
    const found = byPrefix(commands, name, (command) => command.components);
    return found && { kind, access: found.it.access, component: found.it, argument: found.rest };
  }
  if (kind === 'form') {
    const found = byPrefix(commands, name, (command) => command.forms);
    return found && { kind, access: found.it.access, form: found.it, argument: found.rest };
  }
  const command = commands.find((each) => each.definition.name === name);
  return command && { kind: 'command', access: command.access, command };
}

/** The handler whose prefix matches the custom id, and the rest of the id. */
function byPrefix<T extends { readonly prefix: string }>(
  commands: readonly Command[],
  name: string,
  of: (command: Command) => readonly T[] | undefined,
): { readonly it: T; readonly rest: string } | undefined {
  const it = commands
    .flatMap((each) => of(each) ?? [])
    .find(({ prefix }) => name.startsWith(prefix));
  return it && { it, rest: name.slice(it.prefix.length) };
}
