/** What the page's server tells the page. Types only: both sides import them. */
export type Speed = 'pause' | 'minute' | 'second';
/** The seventh, another bot, nobody can be on the page. */
export type Me =
  | 'viewer'
  | 'operator'
  | 'approver'
  | 'second-approver'
  | 'admin'
  | 'stranger'
  | 'app';

/** Somebody in the guild, the bot included. */
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

/** A place to look at: a channel of the guild, or what the bot and one person say to each other. */
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

/** What this person's client offers. */
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

/** An embed as Discord writes it. */
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

/** A row, button or select as Discord writes it. */
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

/** The levers that are offered, the tickers they are for, and those that are not at rest. */
export interface LeversDto {
  readonly names: readonly string[];
  readonly tickers: readonly string[];
  readonly on: readonly string[];
}

/** The market's clock. */
export interface MarketDto {
  readonly nowMs: number;
  readonly speed: Speed;
  /** Sessions a second that the market has made of late; undefined while that is not known. */
  readonly reached?: number | undefined;
  /** What the numbers are: `sample data`. */
  readonly label: string;
  /** Undefined where no Alpaca is behind the page. */
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
  /** The desk's own first. */
  readonly channels: readonly ChannelDto[];
  /** Of all channels and their threads, oldest first in each. */
  readonly messages: readonly MessageDto[];
  readonly commands: CommandsDto;
  readonly market: MarketDto;
  readonly presence: PresenceDto;
}

/** What the guild sees of the bot. */
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

/** A form that the bot opened. */
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

/** A text input of a form. */
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

/** What the page's server answers to something that a person did. */
export type OutcomeDto =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'choices';
      readonly choices: readonly { readonly name: string; readonly value: string | number }[];
    }
  | { readonly kind: 'modal'; readonly interactionId: string; readonly modal: ModalDto }
  | { readonly kind: 'refused'; readonly reason: string };
