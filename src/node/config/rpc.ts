import type { ChainParams } from '../../consensus/params.js';
import { splitHostPort } from '../../net/address/endpoint.js';
import type { RpcAuthOptions } from '../../rpc/auth.js';
import type { HttpServerOptions } from '../../rpc/http-server.js';
import { StartError } from '../../runtime/errors.js';
import { fileIn, type NodeHome } from '../home.js';
import type { Settings } from '../options/settings.js';
import { portOption } from './values.js';

const DEFAULT_WORK_QUEUE = 64;
const DEFAULT_THREADS = 16;
const DEFAULT_TIMEOUT_SECONDS = 30;

/** What may be written after -rpccookieperms, with the file mode it means. */
const COOKIE_MODES: ReadonlyMap<string, number> = new Map([
  ['owner', 0o600],
  ['group', 0o640],
  ['all', 0o644],
]);

export function rpcServerOptions(settings: Settings, params: ChainParams): HttpServerOptions {
  const port = portOption(settings, 'rpcport', params.defaultRpcPort);
  const { whitelist, hasWhitelist } = whitelistOption(settings);
  return {
    bind: bindOption(settings, port),
    allow: settings.list('rpcallowip'),
    maxConcurrent:
      Math.max(settings.int('rpcworkqueue', DEFAULT_WORK_QUEUE), 1) +
      Math.max(settings.int('rpcthreads', DEFAULT_THREADS), 1),
    timeoutSeconds: settings.int('rpcservertimeout', DEFAULT_TIMEOUT_SECONDS),
    whitelist,
    whitelistDefault: settings.bool('rpcwhitelistdefault', hasWhitelist),
  };
}

/** Loopback, unless both -rpcallowip and -rpcbind say that others may come in. */
function bindOption(settings: Settings, port: number): HttpServerOptions['bind'] {
  const bind = settings.list('rpcbind');
  if (!settings.isSet('rpcallowip') || bind.length === 0) {
    return [
      { host: '::1', port },
      { host: '127.0.0.1', port },
    ];
  }
  return bind.map(text => {
    const endpoint = splitHostPort(text, port);
    if (!endpoint.valid) throw new StartError(`Invalid port specified in -rpcbind: '${text}'`);
    return { host: endpoint.host, port: endpoint.port };
  });
}

/** -rpcwhitelist=<user>:<method>,…; several for one user allow only what all of them name. */
function whitelistOption(settings: Settings): {
  whitelist: Map<string, Set<string>>;
  hasWhitelist: boolean;
} {
  const whitelist = new Map<string, Set<string>>();
  const entries = settings.list('rpcwhitelist');
  for (const entry of entries) {
    const colon = entry.indexOf(':');
    const user = colon < 0 ? entry : entry.slice(0, colon);
    const methods = new Set(
      (colon < 0 ? '' : entry.slice(colon + 1)).split(/[, ]+/).filter(name => name !== ''),
    );
    const before = whitelist.get(user);
    whitelist.set(
      user,
      before === undefined ? methods : new Set([...before].filter(name => methods.has(name))),
    );
  }
  return { whitelist, hasWhitelist: entries.length > 0 };
}

export function rpcAuthOptions(settings: Settings, home: NodeHome): RpcAuthOptions {
  const cookie = settings.path('rpccookiefile') || '.cookie';
  const permissions = settings.text('rpccookieperms') ?? 'owner';
  const cookieMode = COOKIE_MODES.get(permissions);
  if (cookieMode === undefined)
    throw new StartError('Unable to start HTTP server. See debug log for details.');
  return {
    user: settings.text('rpcuser') ?? '',
    password: settings.text('rpcpassword') ?? '',
    rpcAuth: settings.list('rpcauth'),
    cookieFile: fileIn(home, cookie),
    cookieMode,
  };
}
