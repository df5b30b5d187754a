import type { WireEmbed } from '../wire.ts';
import { el } from './dom.ts';
import { inlineProse, prose } from './prose.ts';
import type { Scene } from './scene.ts';
import { messageTime } from './time.ts';

export function drawEmbed(embed: WireEmbed, scene: Scene): HTMLElement {
  const root = el('discord-embed', {
    slot: 'embeds',
    color: colourOf(embed.color),
    'author-name': embed.author?.name,
    image: embed.image?.url,
    thumbnail: embed.thumbnail?.url,
  });
  // The component's own title knows no markdown.
  const title = embed.title && el('div', { class: 'embed-title' }, ...titleOf(embed, scene));
  const text = embed.description ? prose(embed.description, scene, 'embed') : [];
  if (title || text.length > 0) {
    root.append(
      el('discord-embed-description', { slot: 'description' }, title || undefined, ...text),
    );
  }
  if (embed.fields?.length) root.append(drawFields(embed.fields, scene));
  if (embed.footer || embed.timestamp) root.append(drawFooter(embed, scene));
  return root;
}

function titleOf(embed: WireEmbed, scene: Scene): readonly Node[] {
  const words = inlineProse(embed.title ?? '', scene);
  const target = { href: embed.url, target: '_blank', rel: 'noopener noreferrer' };
  return embed.url ? [el('a', { class: 'link', ...target }, ...words)] : words;
}

function colourOf(color: number | undefined): string | undefined {
  return color === undefined ? undefined : `#${color.toString(16).padStart(6, '0')}`;
}

function drawFields(fields: NonNullable<WireEmbed['fields']>, scene: Scene): HTMLElement {
  let column = 0;
  const drawn = fields.map((field) => {
    column = field.inline ? (column % 3) + 1 : 0;
    const title = el('div', { class: 'field-title' }, ...inlineProse(field.name, scene));
    return el(
      'discord-embed-field',
      { inline: field.inline, 'inline-index': field.inline ? column : undefined },
      title,
      ...prose(field.value, scene, 'embed'),
    );
  });
  return el('discord-embed-fields', { slot: 'fields' }, ...drawn);
}

function drawFooter(embed: WireEmbed, scene: Scene): HTMLElement {
  const when = embed.timestamp && messageTime(embed.timestamp, scene.nowMs());
  const words = [embed.footer?.text, when].filter(Boolean).join(' • ');
  return el('div', { slot: 'footer', class: 'embed-footer' }, words);
}
