/** Messages from the page's server to the page. Types only: both sides import them. */
export type Speed = 'pause' | 'minute' | 'second';
/** People who can be chosen on the page; the seventh, another bot, cannot. */
export type Me =
  | 'viewer'
  | 'operator'
  | 'approver'
  | 'second-approver'
  | 'admin'
  | 'stranger'
  | 'app';

/** A member of the guild, including the bot. */
export interface PersonDto {
  readonly id: string;
  /** Undefined for the bot. */
  readonly key: Me | undefined;
  readonly name: string;
  /** CSS colour of the highest role that has one. */
  readonly color: string | undefined;
  readonly roles: readonly string[];
  readonly isBot: boolean;
}

/** A channel of the guild, or direct messages between the bot and one person. */
export interface ChannelDto {
  readonly id: string;
  readonly kind: 'text' | 'direct';
  readonly name: string;
  readonly topic: string;
  readonly threads: readonly ThreadDto[];
}

interface ThreadDto {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
}

/** Commands that this person's client offers. */
export interface CommandsDto {
  readonly guild: readonly CommandDto[];
  readonly direct: readonly CommandDto[];
}

/** A file of a message. */
export interface AttachmentDto {
  readonly id: string;
  readonly filename: string;
  readonly description?: string;
  readonly size: number;
  readonly url: string;
  readonly content_type: string;
  readonly width?: number;
  readonly height?: number;
}

/** An embed in Discord's format. */
export interface EmbedDto {
  readonly title?: string;
  readonly url?: string;
  readonly description?: string;
  readonly color?: number;
  readonly timestamp?: string;
  readonly author?: { readonly name: string };
  readonly footer?: { readonly text: string };
  readonly image?: { readonly url: string };
  readonly thumbnail?: { readonly url: string };
  readonly fields?: readonly {
    readonly name: string;
    readonly value: string;
    readonly inline?: boolean;
  }[];
}

interface ChoiceDto {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly default?: boolean;
}

/** A row, button or select in Discord's format. */
export interface ComponentDto {
  readonly type: number;
  readonly style?: number;
  readonly label?: string;
  readonly emoji?: { readonly name?: string };
  readonly url?: string;
  readonly custom_id?: string;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly min_values?: number;
  readonly max_values?: number;
  readonly options?: readonly ChoiceDto[];
  readonly components?: readonly ComponentDto[];
}

/** The part of Discord's message that the page draws. */
export interface MessageDto {
  readonly id: string;
  readonly channel_id: string;
  readonly type: number;
  readonly flags: number;
  readonly author: { readonly id: string };
  readonly content: string;
  readonly timestamp: string;
  readonly edited_timestamp: string | null;
  readonly pinned: boolean;
  readonly mention_everyone: boolean;
  readonly mentions: readonly { readonly id: string }[];
  readonly mention_roles: readonly string[];
  readonly attachments: readonly AttachmentDto[];
  readonly embeds: readonly EmbedDto[];
  readonly components: readonly ComponentDto[];
  readonly interaction?: { readonly name: string; readonly user: { readonly id: string } };
  readonly message_reference?: { readonly message_id: string };
  readonly thread?: { readonly id: string; readonly name: string; readonly message_count: number };
}

/** An option or sub-command of a slash command. */
export interface OptionDto {
  readonly name: string;
  readonly description: string;
  readonly type: number;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly options?: readonly OptionDto[];
}

/** A slash command. */
export interface CommandDto {
  readonly name: string;
  readonly description: string;
  readonly type: number;
  readonly options?: readonly OptionDto[];
}

/** Available levers, their tickers, and those currently set. */
export interface LeversDto {
  readonly names: readonly string[];
  readonly tickers: readonly string[];
  readonly on: readonly string[];
}

/** The market's clock. */
export interface MarketDto {
  readonly nowMs: number;
  readonly speed: Speed;
  /** Actual sessions per second; undefined while unknown. */
  readonly reached?: number | undefined;
  /** Description of the data: `sample data`. */
  readonly label: string;
  /** Undefined when the page has no Alpaca. */
  readonly levers?: LeversDto;
}

/** Everything that the page shows to one person. */
export interface StateDto {
  readonly me: Me;
  readonly people: readonly PersonDto[];
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    readonly color: string | undefined;
  }[];
  readonly guildName: string;
  /** Rotor's own first. */
  readonly channels: readonly ChannelDto[];
  /** Of all channels and threads, oldest first in each. */
  readonly messages: readonly MessageDto[];
  readonly commands: CommandsDto;
  readonly market: MarketDto;
  readonly presence: PresenceDto;
}

/** The bot's presence in the guild. */
export interface PresenceDto {
  readonly online: boolean;
  readonly text: string | undefined;
}

/** A change of the state, sent as it happens. */
export type EventDto =
  | { readonly kind: 'state'; readonly state: StateDto }
  | { readonly kind: 'message'; readonly message: MessageDto }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'commands'; readonly commands: CommandsDto }
  | { readonly kind: 'market'; readonly market: MarketDto }
  | { readonly kind: 'presence'; readonly presence: PresenceDto }
  | { readonly kind: 'typing'; readonly channelId: string };

/** Options of a slash command as typed. */
export type OptionsDto = Readonly<Record<string, string | number | boolean>>;

/** A modal opened by the bot. */
export interface ModalDto {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly ModalRowDto[];
}

/** A labelled input of a form, a row of inputs, or text between them. */
export interface ModalRowDto {
  readonly type: number;
  readonly content?: string;
  readonly label?: string;
  readonly description?: string;
  readonly component?: InputDto;
  readonly components?: readonly InputDto[];
}

/** A text input of a modal. */
export interface InputDto {
  readonly custom_id: string;
  readonly label?: string;
  /** 2 is a paragraph. */
  readonly style?: number;
  readonly value?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly min_length?: number;
  readonly max_length?: number;
}

/** The server's answer to a person's action. */
export type OutcomeDto =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'choices';
      readonly choices: readonly { readonly name: string; readonly value: string | number }[];
    }
  | { readonly kind: 'modal'; readonly interactionId: string; readonly modal: ModalDto }
  | { readonly kind: 'refused'; readonly reason: string };
