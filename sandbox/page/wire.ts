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

export interface WirePerson {
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
export interface WireChannel {
  readonly id: string;
  readonly kind: 'text' | 'direct';
  readonly name: string;
  readonly topic: string;
  readonly threads: readonly WireThread[];
}

export interface WireThread {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
}

/** What this person's client offers. */
export interface WireCommands {
  readonly guild: readonly WireCommand[];
  readonly direct: readonly WireCommand[];
}

export interface WireAttachment {
  readonly id: string;
  readonly filename: string;
  readonly description?: string;
  readonly size: number;
  readonly url: string;
  readonly content_type: string;
  readonly width?: number;
  readonly height?: number;
}

export interface WireEmbed {
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

export interface WireChoice {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly default?: boolean;
}

export interface WireComponent {
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
  readonly options?: readonly WireChoice[];
  readonly components?: readonly WireComponent[];
}

export interface WireMessage {
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
  readonly attachments: readonly WireAttachment[];
  readonly embeds: readonly WireEmbed[];
  readonly components: readonly WireComponent[];
  readonly interaction?: { readonly name: string; readonly user: { readonly id: string } };
  readonly message_reference?: { readonly message_id: string };
  readonly thread?: { readonly id: string; readonly name: string; readonly message_count: number };
}

export interface WireOption {
  readonly name: string;
  readonly description: string;
  readonly type: number;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly options?: readonly WireOption[];
}

export interface WireCommand {
  readonly name: string;
  readonly description: string;
  readonly type: number;
  readonly options?: readonly WireOption[];
}

export interface WireMarket {
  readonly nowMs: number;
  readonly speed: Speed;
  /** What the numbers are: `sample data`. */
  readonly label: string;
}

export interface WireState {
  readonly me: Me;
  readonly people: readonly WirePerson[];
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    readonly color: string | undefined;
  }[];
  readonly guildName: string;
  /** The desk's own first. */
  readonly channels: readonly WireChannel[];
  /** Of all channels and their threads, oldest first in each. */
  readonly messages: readonly WireMessage[];
  readonly commands: WireCommands;
  readonly market: WireMarket;
  readonly presence: WirePresence;
}

export interface WirePresence {
  readonly online: boolean;
  readonly text: string | undefined;
}

export type WireEvent =
  | { readonly kind: 'state'; readonly state: WireState }
  | { readonly kind: 'message'; readonly message: WireMessage }
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'commands'; readonly commands: WireCommands }
  | { readonly kind: 'market'; readonly market: WireMarket }
  | { readonly kind: 'presence'; readonly presence: WirePresence }
  | { readonly kind: 'typing'; readonly channelId: string };

/** Options of a slash command as typed. */
export type WireOptions = Readonly<Record<string, string | number | boolean>>;

export interface WireModal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly WireModalRow[];
}

export interface WireModalRow {
  readonly type: number;
  readonly label?: string;
  readonly description?: string;
  readonly component?: WireInput;
  readonly components?: readonly WireInput[];
}

export interface WireInput {
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
export type WireOutcome =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'choices';
      readonly choices: readonly { readonly name: string; readonly value: string | number }[];
    }
  | { readonly kind: 'modal'; readonly interactionId: string; readonly modal: WireModal }
  | { readonly kind: 'refused'; readonly reason: string };
