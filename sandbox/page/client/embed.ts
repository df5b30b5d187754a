import type { EmbedDto } from '../dto.ts';
import { el } from './dom.ts';
import { inlineProse, prose } from './prose.ts';
import { messageTime } from './time.ts';
import type { ViewState } from './view-state.ts';

/** An embed as Discord draws it. */
export function drawEmbed(embed: EmbedDto, view: ViewState): HTMLElement {
  const root = el('discord-embed', {
    slot: 'embeds',
    color: colourOf(embed.color),
    'author-name': embed.author?.name,
    image: embed.image?.url,
    thumbnail: embed.thumbnail?.url,
  });
  // The component's own title does not support markdown.
  const title = embed.title && el('div', { class: 'embed-title' }, ...titleOf(embed, view));
  const text = embed.description ? prose(embed.description, view, 'embed') : [];
  if (title || text.length > 0) {
    root.append(
      el('discord-embed-description', { slot: 'description' }, title || undefined, ...text),
    );
  }
  if (embed.fields?.length) root.append(drawFields(embed.fields, view));
  if (embed.footer || embed.timestamp) root.append(drawFooter(embed, view));
  return root;
}

function titleOf(embed: EmbedDto, view: ViewState): readonly Node[] {
  const words = inlineProse(embed.title ?? '', view);
  const target = { href: embed.url, target: '_blank', rel: 'noopener noreferrer' };
  return embed.url ? [el('a', { class: 'link', ...target }, ...words)] : words;
}

function colourOf(color: number | undefined): string | undefined {
  return color === undefined ? undefined : `#${color.toString(16).padStart(6, '0')}`;
}

function drawFields(fields: NonNullable<EmbedDto['fields']>, view: ViewState): HTMLElement {
  let column = 0;
  const drawn = fields.map((field) => {
    column = field.inline ? (column % 3) + 1 : 0;
    const title = el('div', { class: 'field-title' }, ...inlineProse(field.name, view));
    return el(
      'discord-embed-field',
      { inline: field.inline, 'inline-index': field.inline ? column : undefined },
      title,
      ...prose(field.value, view, 'embed'),
    );
  });
  return el('discord-embed-fields', { slot: 'fields' }, ...drawn);
}

function drawFooter(embed: EmbedDto, view: ViewState): HTMLElement {
  const when = embed.timestamp && messageTime(embed.timestamp, view.nowMs());
  const words = [embed.footer?.text, when].filter(Boolean).join(' • ');
  return el('div', { slot: 'footer', class: 'embed-footer' }, words);
}
