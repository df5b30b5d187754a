/** Proxies of the environment and what must not go through them. */

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Added in Node 24.14; without it a proxy of Node's own keeps what it read when it began. */
interface WithProxy {
  readonly setGlobalProxyFromEnv?: (env: NodeJS.ProcessEnv) => unknown;
}

/** This machine is reached directly, whatever proxy is set: the sandbox lives there. Changes `env`. */
export function bypassProxyForLoopback(env: NodeJS.ProcessEnv): void {
  const isSet = Object.keys(env).some((name) => /^(https?|all)_proxy$/i.test(name) && env[name]);
  if (!isSet) return;
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const kept = (env[name] ?? env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').filter(Boolean);
    env[name] = [...new Set([...kept, ...LOOPBACK])].join(',');
  }
  if (env['NODE_USE_ENV_PROXY'] !== '1') return;
  // Not imported: most processes have no proxy, and it is a large part of the start of a small one.
  const http: WithProxy = process.getBuiltinModule('node:http');
  http.setGlobalProxyFromEnv?.(env);
}
