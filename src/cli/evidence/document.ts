/** A page as one HTML file: no scripts, no external resources, for printers and phones. */

const STYLE = `
:root{color-scheme:light dark;--ink:#1d2129;--soft:#5c6573;--line:#d5dae2;--paper:#fff;--you:#0b62c4}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa4b2;--line:#39414d;--paper:#14171c;--you:#6db1ff}}
*{box-sizing:border-box}body{margin:0 auto;max-width:44rem;padding:1rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}
.verdict{font-size:1.15rem;border-left:4px solid var(--you);padding-left:.8rem;margin:1rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}td,th{padding:.25rem .4rem;text-align:right;
border-bottom:1px solid var(--line);font-weight:400}td{white-space:nowrap}@media (max-width:30rem){body{padding:.6rem}table{font-size:.75rem}td,th{padding:.25rem .1rem}}
@media (max-width:22rem){table{font-size:.68rem}}td:first-child,th:first-child{text-align:left}
figcaption,footer{font-size:.85rem}th,figcaption,footer{color:var(--soft)}figure{margin:1rem 0;overflow-x:auto}svg{width:100%;height:auto;display:block}.map{min-width:36rem}
footer{margin-top:2rem;border-top:1px solid var(--line);padding-top:.6rem;overflow-wrap:anywhere}
pre{white-space:pre-wrap;font-size:.9rem}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--you:#0b62c4}body{max-width:none;font-size:11pt}.map{min-width:0}
figure,table,section{break-inside:avoid}}`;

/** The whole document with its title. */
export function documentOf(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    ...parts,
    '</body></html>',
    '',
  ].join('\n');
}

/** Rows after a header. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${cells('th', head)}${rows.map((row) => cells('td', row)).join('')}</table>`;
}

/** Text escaped for HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
