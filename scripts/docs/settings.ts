/** `.env.example` as tables, one for each of its headings. */

const HEADING = /^# --- (.*?) -+$/;
const SETTING = /^([A-Z_]+)=(.*)$/;

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly text: string;
}

/** Returns a heading and a table for each group; a setting without a comment shares the one above. */
export function settingsTables(example: string): string {
  const groups: { readonly title: string; readonly settings: Setting[] }[] = [];
  let comment: string[] = [];
  for (const line of example.split('\n')) {
    const title = HEADING.exec(line)?.[1];
    const [, name, value = ''] = SETTING.exec(line) ?? [];
    if (title !== undefined) groups.push({ title, settings: [] });
    else if (line.startsWith('#')) comment.push(line.slice(1).trim());
    else if (name !== undefined)
      groups.at(-1)?.settings.push({ name, value, text: comment.join(' ') });
    if (!line.startsWith('#') || title !== undefined) comment = [];
  }
  return groups.map(({ title, settings }) => tableOf(title, settings)).join('\n\n');
}

function tableOf(title: string, settings: readonly Setting[]): string {
  const rows = settings.map(({ name, value, text }) => {
    const shown = value === '' ? '' : `\`${value}\``;
    return `| \`${name}\` | ${shown} | ${text === '' ? 'see above' : text.replaceAll('|', '\\|')} |`;
  });
  return [
    `## ${title}`,
    '',
    '| variable | default | what it does |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}
