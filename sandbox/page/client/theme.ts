/** Adjusts the components to today's Discord, and to phones. */
import {
  DiscordCode,
  DiscordCommand,
  DiscordEmbed,
  DiscordEmbedFields,
  DiscordMessage,
  DiscordSystemMessage,
} from '@skyra/discord-components-core';
import { type CSSResult, css } from 'lit';

const EMBED = css`
  :host { font-size: 14px; margin-top: 4px; margin-bottom: 4px; }
  :host .discord-embed-wrapper { background-color: var(--embed, #2b2d31); border: 0; max-width: 680px; }
  :host .discord-embed-root { flex: 0 1 auto; }
  :host .discord-embed-wrapper .discord-embed-grid { display: grid; grid-template-columns: minmax(0, 1fr) auto; padding: 8px 16px 16px 12px; }
  :host .discord-embed-image { display: block; max-width: 100%; width: auto; height: auto; max-height: 400px; }
  :host .discord-embed-media { grid-column: 1/3; }
`;
const MESSAGE = css`
  :host { padding-right: 24px; }
  .discord-author-avatar { margin-top: 2px; }
  .discord-message-ephemeral { display: none; }
  .discord-message-content { min-width: 0; }
  .discord-message-timestamp { color: #949ba4; margin-left: 4px; }
  .discord-message-edited { color: #949ba4; }
  :host(:hover) { background-color: #2e3035; }
  :host([message-body-only]) .discord-message-body-only-indent { min-width: 56px; margin-left: 0; }
  @media (max-width: 640px) {
    :host, :host([highlight]), :host([ephemeral]) { padding-left: 12px; padding-right: 12px; }
    .discord-author-avatar { margin-right: 12px; }
    .discord-message-body-only-indent, :host([message-body-only]) .discord-message-body-only-indent { min-width: 0; width: 52px; flex: none; }
  }
`;
const FIELDS = css`
  :host { grid-template-columns: repeat(12, minmax(0, 1fr)); width: 648px; max-width: 100%; }
  @media (max-width: 640px) {
    ::slotted([inline-index]) { grid-column: 1/13 !important; }
  }
`;
const CODE = css`
  :host([multiline]) { background: none; }
  :host([multiline]) code, :host([embed][multiline]) code {
    box-sizing: border-box; margin: 0; width: 100%; max-width: 560px; font-size: 13px; line-height: 17px;
    padding: 8px; border: 1px solid #1e1f22; background: #2b2d31; font-family: inherit;
    /* A table of 32 columns fits on a phone; a wider one scrolls instead of wrapping. */
    white-space: pre; overflow-x: auto;
  }
  :host([embed][multiline]) code { background: #1e1f22; }
  @media (max-width: 640px) { :host([multiline]) code, :host([embed][multiline]) code { font-size: 12px; } }
`;
const SYSTEM = css`
  :host { padding-right: 24px; }
  @media (max-width: 640px) { :host { padding-left: 12px; padding-right: 12px; } }
`;
const COMMAND = css`
  :host { margin-bottom: 2px; }
`;

const RULES: readonly (readonly [{ elementStyles: unknown[] }, CSSResult])[] = [
  [DiscordEmbed, EMBED],
  [DiscordMessage, MESSAGE],
  [DiscordEmbedFields, FIELDS],
  [DiscordCode, CODE],
  [DiscordSystemMessage, SYSTEM],
  [DiscordCommand, COMMAND],
];

/** Called before the first element is created, as each takes its styles then. */
export function applyTheme(): void {
  for (const [component, styles] of RULES) component.elementStyles.push(styles);
}
