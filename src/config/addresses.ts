/** Whether the address is on this machine. */
export function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Whether data sent there, including the secret in the address itself, never crosses a network unencrypted.
 */
export function isSafeUrl(url: string): boolean {
  return URL.canParse(url) && (url.startsWith('https://') || isLoopback(url));
}
