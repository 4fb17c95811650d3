import { BlockList, createServer, isIP, type Server, type Socket } from 'node:net';
import { MAX_COMPACT_SIZE } from '../primitives/codec.js';
import { errorMessage, StartError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { RpcAuth } from './auth.js';
import type { Dispatcher } from './dispatcher.js';
import {
  type Admission,
  type ConnectionOptions,
  HttpConnection,
  type Refusal,
  type RequestHandler,
} from './http/connection.js';
import type { RequestHead } from './http/request-head.js';
import { emptyReply, type HttpReply, textReply } from './http/response.js';
import { answer, type MethodFilter } from './jsonrpc.js';

/** Largest request body, as in Core: room for a block in hex is the largest sensible request. */
const MAX_BODY_BYTES = MAX_COMPACT_SIZE;

/** Pause before a wrong password is answered, to deter guessing. */
const WRONG_PASSWORD_DELAY_MS = 250;

/** How often connections are looked at that nothing came over for long. */
const IDLE_LOOK_MS = 1000;

const WALLET_PREFIX = '/wallet/';

export interface HttpServerOptions {
  /** Addresses and ports to listen on; port 0 takes a free one. */
  readonly bind: readonly { readonly host: string; readonly port: number }[];
  /** `-rpcallowip`: addresses or subnets besides the loopback ones. */
  readonly allow: readonly string[];
  /** `-rpcworkqueue` and `-rpcthreads` together: calls under way at once before 503. */
  readonly maxConcurrent: number;
  /** `-rpcservertimeout` in seconds. */
  readonly timeoutSeconds: number;
  /** `-rpcwhitelist`: methods by user; a user without entry may call all, or none with `whitelistDefault`. */
  readonly whitelist: ReadonlyMap<string, ReadonlySet<string>>;
  readonly whitelistDefault: boolean;
}

export interface HttpServerModules {
  readonly dispatcher: Dispatcher;
  readonly auth: RpcAuth;
  readonly logger: Logger;
}

/** Takes HTTP requests, checks who asks, and hands their bodies to JSON-RPC. */
export class HttpServer implements RequestHandler {
  private readonly servers: Server[] = [];
  private readonly allowed = new BlockList();
  private readonly connections = new Set<HttpConnection>();
  private readonly connectionOptions: ConnectionOptions;
  private isInterrupted = false;
  /** Requests that are being answered. */
  private running = 0;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: HttpServerOptions,
    private readonly modules: HttpServerModules,
  ) {
    this.allowed.addSubnet('127.0.0.0', 8, 'ipv4');
    this.allowed.addAddress('::1', 'ipv6');
    for (const subnet of options.allow) allowSubnet(this.allowed, subnet);
    this.connectionOptions = { maxBodyBytes: MAX_BODY_BYTES, timeoutSeconds: options.timeoutSeconds };
  }

  /** Port of the first address that is listened on. */
  get port(): number {
    const address = this.servers[0]?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** @throws StartError when no address can be bound */
  async start(): Promise<void> {
    let lastError = '';
    for (const { host, port } of this.options.bind) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => this.meet(socket));
      try {
        await listen(server, host, port);
        this.servers.push(server);
      } catch (thrown) {
        lastError = errorMessage(thrown);
        this.modules.logger.warn(`Binding RPC on address ${host} port ${port} failed: ${lastError}`);
      }
    }
    if (this.servers.length === 0)
      throw new StartError('Unable to start HTTP server. See debug log for details.');
    this.idleTimer = setInterval(() => this.closeIdle(), IDLE_LOOK_MS).unref();
  }

  /** Ends long waits at once. Calls made from now on are still answered, so that `stop` itself can be. */
  interrupt(): void {
    this.isInterrupted = true;
    for (const { ending } of this.connections) ending.abort();
  }

  /** Answers what is under way, then closes every connection. */
  async stop(): Promise<void> {
    this.interrupt();
    clearInterval(this.idleTimer);
    const closed = this.servers.map(server => new Promise<void>(resolve => server.close(() => resolve())));
    await Promise.all(Array.from(this.connections, connection => connection.finish()));
    for (const connection of this.connections) connection.destroy();
    await Promise.all(closed);
    this.servers.length = 0;
  }

  admit({ method, target, authorization }: RequestHead, connection: HttpConnection): Admission | Refusal {
    const { logger, auth } = this.modules;
    const { name, isAllowed } = connection;
    if (!isAllowed) {
      logger.debug('http', `HTTP request from ${name} rejected: Client network is not allowed RPC access`);
      return refusal(emptyReply(403));
    }
    if (logger.enabled('http'))
      logger.debug('http', `Received a ${method} request for ${target.slice(0, 100)} from ${name}`);
    const walletName = target === '/' ? undefined : walletOf(target);
    if (target !== '/' && walletName === undefined) return refusal(emptyReply(404));
    if (this.running >= this.options.maxConcurrent) {
      logger.warn(
        'Request rejected because http work queue depth exceeded, it can be increased with the -rpcworkqueue= setting',
      );
      return refusal(textReply(503, 'Work queue depth exceeded'));
    }
    // An answer to HEAD has no body.
    if (method === 'HEAD') return refusal(emptyReply(405));
    if (method !== 'POST') return refusal(textReply(405, 'JSONRPC server handles only POST requests'));
    if (authorization === undefined) return refusal(UNAUTHORIZED);
    const user = auth.authorize(authorization);
    if (user !== undefined) return { user, walletName };
    logger.info(`ThreadRPCServer incorrect password attempt from ${name}`);
    return refusal(UNAUTHORIZED, WRONG_PASSWORD_DELAY_MS);
  }

  async answer({ user, walletName }: Admission, body: string, signal: AbortSignal): Promise<HttpReply> {
    const { logger, dispatcher } = this.modules;
    this.running++;
    try {
      const mayCall = this.methodFilter(user);
      if (mayCall === undefined) return emptyReply(403);
      const { status, body: text } = await answer(dispatcher, body, { walletName, user, signal }, mayCall);
      return { status, body: text, contentType: text === undefined ? undefined : 'application/json' };
    } catch (thrown) {
      logger.error(`HTTP request failed: ${errorMessage(thrown)}`);
      return emptyReply(500);
    } finally {
      this.running--;
    }
  }

  closed(connection: HttpConnection): void {
    this.connections.delete(connection);
  }

  private meet(socket: Socket): void {
    const isAllowed = this.isAllowed(socket.remoteAddress ?? '');
    const connection = new HttpConnection(socket, isAllowed, this.connectionOptions, this);
    if (this.isInterrupted) connection.ending.abort();
    this.connections.add(connection);
  }

  private closeIdle(): void {
    const looks = Math.ceil((this.options.timeoutSeconds * 1000) / IDLE_LOOK_MS);
    for (const connection of this.connections) if (connection.wasIdle(looks)) connection.destroy();
  }

  /** Which methods a user may call; undefined when none. */
  private methodFilter(user: string): MethodFilter | undefined {
    const { whitelist, whitelistDefault } = this.options;
    if (whitelist.size === 0) return ALL_METHODS;
    const { logger } = this.modules;
    const allowed = whitelist.get(user);
    if (allowed === undefined && !whitelistDefault) return ALL_METHODS;
    if (allowed === undefined) {
      logger.info(`RPC User ${user} not allowed to call any methods`);
      return undefined;
    }
    return method => {
      if (allowed.has(method)) return true;
      logger.info(`RPC User ${user} not allowed to call method ${method}`);
      return false;
    };
  }

  private isAllowed(address: string): boolean {
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    const family = isIP(plain);
    return family !== 0 && this.allowed.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }
}

const UNAUTHORIZED: HttpReply = { ...emptyReply(401), challenge: true };

const ALL_METHODS: MethodFilter = () => true;

function refusal(reply: HttpReply, delayMs = 0): Refusal {
  return { reply, delayMs };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The wallet that a path names; undefined when the path is of another kind. */
function walletOf(url: string): string | undefined {
  if (!url.startsWith(WALLET_PREFIX)) return undefined;
  try {
    return decodeURIComponent(url.slice(WALLET_PREFIX.length));
  } catch {
    return undefined;
  }
}

/** Adds `address`, `network/bits` or `network/netmask`. @throws StartError with Core's text when it is none of these */
function allowSubnet(list: BlockList, text: string): void {
  const [given = '', suffix] = text.split('/');
  const network = /^\[.*\]$/.test(given) ? given.slice(1, -1) : given;
  const family = isIP(network);
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const full = family === 4 ? 32 : 128;
  const bits = suffix === undefined ? full : /^\d+$/.test(suffix) ? Number(suffix) : netmaskBits(suffix);
  if (family === 0 || bits === undefined || bits > full) {
    throw new StartError(
      `Invalid -rpcallowip subnet specification: ${text}. Valid are a single IP (e.g. 1.2.3.4), a network/netmask (e.g. 1.2.3.4/255.255.255.0) or a network/CIDR (e.g. 1.2.3.4/24).`,
    );
  }
  list.addSubnet(network, bits, type);
}

function netmaskBits(mask: string): number | undefined {
  if (isIP(mask) !== 4) return undefined;
  const binary = mask
    .split('.')
    .map(part => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(binary) ? (binary.indexOf('0') === -1 ? 32 : binary.indexOf('0')) : undefined;
}
