import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { MAX_COMPACT_SIZE } from '../primitives/codec.js';
import { defined, errorMessage, StartError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { RpcAuth } from './auth.js';
import type { Dispatcher } from './dispatcher.js';
import { answer, type Reply } from './jsonrpc.js';

/** Core's MAX_HEADERS_SIZE: nothing legitimate needs more. */
const MAX_HEADERS_BYTES = 8192;

/** Largest request body, as in Core: room for a block in hex is the largest sensible request. */
const MAX_BODY_BYTES = MAX_COMPACT_SIZE;

/** Pause before a wrong password is answered, to deter guessing. */
const WRONG_PASSWORD_DELAY_MS = 250;

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

/** What is the same for all requests that come over one connection: found out once, since clients keep theirs open. */
interface Client {
  /** Address and port, for the log. */
  readonly name: string;
  readonly isAllowed: boolean;
  /** Who it said that it is, rightly, with the header that showed it. */
  authorized: { readonly header: string; readonly user: string } | undefined;
  /** Ends long waits: the client is gone, or the server stops. */
  readonly ending: AbortController;
}

/** Takes HTTP requests, checks who asks, and hands their bodies to JSON-RPC. */
export class HttpServer {
  private readonly servers: Server[] = [];
  private readonly allowed = new BlockList();
  private isInterrupted = false;
  private readonly clients = new Map<Socket, Client>();
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly options: HttpServerOptions,
    private readonly modules: HttpServerModules,
  ) {
    this.allowed.addSubnet('127.0.0.0', 8, 'ipv4');
    this.allowed.addAddress('::1', 'ipv6');
    for (const subnet of options.allow) allowSubnet(this.allowed, subnet);
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
      const server = this.createServer();
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
  }

  /** Ends long waits at once. Calls made from now on are still answered, so that `stop` itself can be. */
  interrupt(): void {
    this.isInterrupted = true;
    for (const { ending } of this.clients.values()) ending.abort();
  }

  /** Answers what is under way, then closes every connection. */
  async stop(): Promise<void> {
    this.interrupt();
    const closed = this.servers.map(server => new Promise<void>(resolve => server.close(() => resolve())));
    for (const server of this.servers) server.closeIdleConnections();
    await Promise.allSettled(this.pending);
    for (const server of this.servers) server.closeAllConnections();
    await Promise.all(closed);
    this.servers.length = 0;
  }

  private createServer(): Server {
    const server = createServer(
      {
        maxHeaderSize: MAX_HEADERS_BYTES,
        keepAliveTimeout: this.options.timeoutSeconds * 1000,
        requestTimeout: 0,
        headersTimeout: 0,
        noDelay: true,
      },
      (request, response) => {
        const work = this.handle(request, response).catch(thrown => {
          this.modules.logger.error(`HTTP request failed: ${errorMessage(thrown)}`);
          if (!response.headersSent) send(response, { status: 500, body: undefined });
        });
        this.pending.add(work);
        work.finally(() => this.pending.delete(work));
      },
    );
    server.on('connection', socket => this.meet(socket));
    server.on('clientError', (_error, socket) => {
      if (socket.writable)
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    return server;
  }

  private meet(socket: Socket): void {
    const ending = new AbortController();
    if (this.isInterrupted) ending.abort();
    const { remoteAddress = '', remotePort } = socket;
    this.clients.set(socket, {
      name: `${remoteAddress}:${remotePort}`,
      isAllowed: this.isAllowed(remoteAddress),
      authorized: undefined,
      ending,
    });
    socket.once('close', () => {
      this.clients.delete(socket);
      ending.abort();
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { logger, dispatcher } = this.modules;
    const url = request.url ?? '/';
    const client = defined(this.clients.get(request.socket), 'the client of a request');
    if (!client.isAllowed) {
      logger.debug(
        'http',
        `HTTP request from ${client.name} rejected: Client network is not allowed RPC access`,
      );
      return send(response, { status: 403, body: undefined });
    }
    logger.debug('http', `Received a ${request.method} request for ${url.slice(0, 100)} from ${client.name}`);
    const walletName = walletOf(url);
    if (url !== '/' && walletName === undefined) return send(response, { status: 404, body: undefined });
    if (this.pending.size >= this.options.maxConcurrent) {
      logger.warn(
        'Request rejected because http work queue depth exceeded, it can be increased with the -rpcworkqueue= setting',
      );
      return send(response, { status: 503, body: 'Work queue depth exceeded' });
    }
    if (request.method !== 'POST') {
      return send(response, { status: 405, body: 'JSONRPC server handles only POST requests' });
    }
    const header = request.headers.authorization;
    if (header === undefined) return unauthorized(response);
    const user = this.userOf(client, header);
    if (user === undefined) {
      logger.info(`ThreadRPCServer incorrect password attempt from ${client.name}`);
      await new Promise(resolve => setTimeout(resolve, WRONG_PASSWORD_DELAY_MS));
      return unauthorized(response);
    }
    const body = await readBody(request);
    if (body === undefined) {
      response.shouldKeepAlive = false;
      return send(response, { status: 413, body: undefined });
    }
    const whitelist = this.options.whitelist.get(user);
    if (whitelist === undefined && this.options.whitelistDefault && this.options.whitelist.size > 0) {
      logger.info(`RPC User ${user} not allowed to call any methods`);
      return send(response, { status: 403, body: undefined });
    }
    const mayCall = (method: string) => {
      if (whitelist === undefined || whitelist.has(method)) return true;
      logger.info(`RPC User ${user} not allowed to call method ${method}`);
      return false;
    };
    const { signal } = client.ending;
    send(response, await answer(dispatcher, body, { walletName, user, signal }, mayCall), 'application/json');
  }

  private userOf(client: Client, header: string): string | undefined {
    if (client.authorized?.header === header) return client.authorized.user;
    const user = this.modules.auth.authorize(header);
    if (user !== undefined) client.authorized = { header, user };
    return user;
  }

  private isAllowed(address: string): boolean {
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    const family = isIP(plain);
    return family !== 0 && this.allowed.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }
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

function send(response: ServerResponse, reply: Reply, contentType = 'text/plain'): void {
  if (response.destroyed) return;
  const body = reply.body === undefined ? '' : reply.body;
  const headers: Record<string, string | number> = { 'Content-Length': Buffer.byteLength(body) };
  if (body !== '') headers['Content-Type'] = contentType;
  response.writeHead(reply.status, headers).end(body);
}

function unauthorized(response: ServerResponse): void {
  response.setHeader('WWW-Authenticate', 'Basic realm="jsonrpc"');
  send(response, { status: 401, body: undefined });
}

/** The whole body as text, undefined when it is over the limit: the connection is good for nothing more then. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(textOf(chunks)));
    request.on('error', reject);
  });
}

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1
    ? first.toString('utf8')
    : Buffer.concat(chunks).toString('utf8');
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
