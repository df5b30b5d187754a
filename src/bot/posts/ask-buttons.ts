/** Buttons that answer as a command does: what they ask for stands in their ids, for ever. */
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';

/** `ask:positions`: the answer goes to the presser alone. */
export const ASK = 'ask:';
/** `turn:performance:window=1W`: the message with the button becomes the answer. */
export const REPLACE = 'turn:';

/** The command that a button runs, as it would be typed. */
export interface ButtonRequest {
  readonly command: string;
  /** At most one option by its name. */
  readonly option: readonly [name: string, value: string] | undefined;
}

/** The custom id of a button that asks for that. */
export function askId(
  prefix: typeof ASK | typeof REPLACE,
  command: string,
  option?: ButtonRequest['option'],
): string {
  return `${prefix}${command}${option === undefined ? '' : `:${option.join('=')}`}`;
}

/** What the id behind its prefix asks for. */
export function askedBy(argument: string): ButtonRequest {
  const [, command = '', name, value] = /^([^:]*)(?::([^=]*)=(.*))?$/.exec(argument) ?? [];
  const option = name === undefined || value === undefined ? undefined : ([name, value] as const);
  return { command, option };
}

/** One grey button; the choice that is shown already is pressed in. */
export function askButton(label: string, customId: string, isShown = false): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: isShown ? ButtonStyle.Primary : ButtonStyle.Secondary,
    label,
    custom_id: customId,
    disabled: isShown,
  };
}

/** Buttons as a message has them. */
export type ButtonRows = readonly APIActionRowComponent<APIButtonComponent>[];

/** Rows of at most five buttons, as Discord takes them. */
export function rowsOf(buttons: readonly APIButtonComponent[]): ButtonRows {
  const count = Math.ceil(buttons.length / 5);
  return Array.from({ length: count }, (_, index) => ({
    type: ComponentType.ActionRow,
    components: buttons.slice(index * 5, index * 5 + 5),
  }));
}

/** Custom id of the button that begins or ends direct messages to the presser. */
export const NOTIFY_ME = 'notify-me';

/** What a glance at the dashboard makes people ask next. */
export const DASHBOARD_BUTTONS = rowsOf([
  askButton('Positions', askId(ASK, 'positions')),
  askButton('Performance', askId(ASK, 'performance')),
  askButton('Plan', askId(ASK, 'preview')),
  askButton('Refresh', askId(REPLACE, 'status')),
  askButton('Help', askId(ASK, 'help')),
  askButton('Notify me', NOTIFY_ME),
]);
