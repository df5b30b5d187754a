/** Whether the address is one of this machine itself. */
export function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Whether what is sent there, the address itself a secret, crosses no wire in clear text. */
export function isSafeUrl(url: string): boolean {
  return URL.canParse(url) && (url.startsWith('https://') || isLoopback(url));
}
