/** Buttons that answer as a command does; their ids contain the request and must never change. */
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';

/** `ask:positions`: only the person who pressed sees the answer. */
export const ASK = 'ask:';
/** `turn:performance:window=1W`: the message with the button becomes the answer. */
export const REPLACE = 'turn:';

/** The command that a button runs, as if typed. */
export interface ButtonRequest {
  readonly command: string;
  /** At most one option, by its name. */
  readonly option: readonly [name: string, value: string] | undefined;
}

/** Custom id of a button for that request. */
export function askId(
  prefix: typeof ASK | typeof REPLACE,
  command: string,
  option?: ButtonRequest['option'],
): string {
  return `${prefix}${command}${option === undefined ? '' : `:${option.join('=')}`}`;
}

/** Parses the request from the id without its prefix. */
export function askedBy(argument: string): ButtonRequest {
  const [, command = '', name, value] = /^([^:]*)(?::([^=]*)=(.*))?$/.exec(argument) ?? [];
  const option = name === undefined || value === undefined ? undefined : ([name, value] as const);
  return { command, option };
}

/** One grey button; the choice already shown is disabled. */
export function askButton(label: string, customId: string, isShown = false): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: isShown ? ButtonStyle.Primary : ButtonStyle.Secondary,
    label,
    custom_id: customId,
    disabled: isShown,
  };
}

/** Button rows of a message. */
export type ButtonRows = readonly APIActionRowComponent<APIButtonComponent>[];

/** Rows of at most five buttons, Discord's limit. */
export function rowsOf(buttons: readonly APIButtonComponent[]): ButtonRows {
  const count = Math.ceil(buttons.length / 5);
  return Array.from({ length: count }, (_, index) => ({
    type: ComponentType.ActionRow,
    components: buttons.slice(index * 5, index * 5 + 5),
  }));
}

/** Custom id of the button that subscribes or unsubscribes the presser to direct messages. */
export const NOTIFY_ME = 'notify-me';

/** Questions that a look at the dashboard usually raises. */
export const DASHBOARD_BUTTONS = rowsOf([
  askButton('Positions', askId(ASK, 'positions')),
  askButton('Performance', askId(ASK, 'performance')),
  askButton('Plan', askId(ASK, 'preview')),
  askButton('Refresh', askId(REPLACE, 'status')),
  askButton('Help', askId(ASK, 'help')),
  askButton('Notify me', NOTIFY_ME),
]);
