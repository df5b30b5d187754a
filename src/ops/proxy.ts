/** Proxies from the environment and their exceptions. */

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Added in Node 24.14; without it Node's proxy keeps the settings from its start. */
interface WithProxy {
  readonly setGlobalProxyFromEnv?: (env: NodeJS.ProcessEnv) => unknown;
}

/** This machine is always reached directly, as the sandbox runs on it. Changes `env`. */
export function bypassProxyForLoopback(env: NodeJS.ProcessEnv): void {
  const isSet = Object.keys(env).some((name) => /^(https?|all)_proxy$/i.test(name) && env[name]);
  if (!isSet) return;
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const kept = (env[name] ?? env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').filter(Boolean);
    env[name] = [...new Set([...kept, ...LOOPBACK])].join(',');
  }
  if (env['NODE_USE_ENV_PROXY'] !== '1') return;
  // Not imported statically: most processes have no proxy, and loading it slows down a short command.
  const http: WithProxy = process.getBuiltinModule('node:http');
  http.setGlobalProxyFromEnv?.(env);
}
