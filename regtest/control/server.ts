import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { LabEvents } from '../events/event-source.js';
import { Access, isOwnName, LAB_HOST, newToken } from './access.js';
import { EventHub } from './event-hub.js';
import { errorReply, type Reply, readJson, resultReply, send } from './http-replies.js';
import { LabError } from './lab-error.js';
import { PageFiles, text } from './page-files.js';

/** Commands under way at once; each may hold a body of the largest size. */
export const MAX_CALLS = 64;

/** Sockets that are open at once, in whatever state: a thousand are nothing, each costs some kilobytes. */
const MAX_CONNECTIONS = 2_048;

/** Header lines of a request: nothing legitimate needs more. */
const MAX_HEADERS_BYTES = 8_192;

/** For a request with its body: all come from this machine. */
const REQUEST_MS = 30_000;

/** A greeting to the event socket: a token and a number. */
const MAX_MESSAGE_BYTES = 1_024;

const API = '/api/';
const EVENTS = '/events';

/** What is served: a lab behind its `Dispatcher`, or anything that answers as one does. */
export interface ServerModules {
  /**
   * Runs the command with this name.
   *
   * @param signal aborted when nobody waits for the result any more
   * @throws LabError, whatever goes wrong
   */
  call(name: string, params: unknown, signal: AbortSignal): Promise<unknown>;
  readonly events: LabEvents;
}

export interface ServerOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** Serve the page as well (the default). */
  readonly page?: boolean | undefined;
  /** Where the page was built. */
  readonly pageFolder?: string | undefined;
}

/** Serves a lab to programs and to its page, on this machine only. */
export class ControlServer {
  private readonly access = new Access(newToken());
  /** What is served; undefined while the lab starts. */
  private served: { readonly modules: ServerModules; readonly hub: EventHub } | undefined;
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  private readonly files: PageFiles | undefined;
  private readonly calls = new Set<Promise<void>>();

  private constructor({ page = true, pageFolder }: ServerOptions) {
    this.files = page ? new PageFiles(pageFolder) : undefined;
    this.server = createServer(
      { maxHeaderSize: MAX_HEADERS_BYTES, requestTimeout: REQUEST_MS, noDelay: true },
      (request, response) => void this.handle(request, response),
    );
    this.server.maxConnections = MAX_CONNECTIONS;
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Serves a lab. @throws LabError when the port is taken */
  static async start(modules: ServerModules, options: ServerOptions = {}): Promise<ControlServer> {
    const server = await ControlServer.reserve(options);
    server.serve(modules);
    return server;
  }

  /**
   * Takes the port for a lab that is yet to start: until {@link serve} commands are answered that they come too early.
   *
   * @throws LabError when the port is taken
   */
  static async reserve(options: ServerOptions = {}): Promise<ControlServer> {
    const server = new ControlServer(options);
    await server.listen(options.port ?? 0);
    return server;
  }

  /** Serves this lab from now on. */
  serve(modules: ServerModules): void {
    this.served = { modules, hub: new EventHub(modules.events, this.access) };
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://${LAB_HOST}:${this.port}`;
  }

  get token(): string {
    return this.access.token;
  }

  /** To open in a browser: the token stands behind the #, which browsers keep to themselves. Undefined without the page. */
  get pageUrl(): string | undefined {
    return this.files === undefined ? undefined : `${this.url}/#token=${this.token}`;
  }

  /** Answers commands that are under way, then closes all connections. */
  async stop(): Promise<void> {
    this.served?.hub.close();
    const closed = once(this.server, 'close');
    this.server.close();
    await Promise.all(this.calls);
    this.server.closeAllConnections();
    for (const client of this.sockets.clients) client.terminate();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private async listen(port: number): Promise<void> {
    this.server.listen(port, LAB_HOST);
    try {
      await once(this.server, 'listening');
    } catch (thrown) {
      const isTaken = thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE';
      if (isTaken)
        throw new LabError('conflict', `port ${port} of ${LAB_HOST} is taken: choose another by --port`);
      throw thrown;
    }
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    if (!isOwnName(request, this.port)) return send(response, foreign());
    if (path.startsWith(API)) return this.handleCall(path.slice(API.length), request, response);
    send(response, await this.answerFile(path, request.method));
  }

  private async answerFile(path: string, method: string | undefined): Promise<Reply> {
    if (method !== 'GET' && method !== 'HEAD') return text(405, 'Files are asked for by GET.\n');
    if (this.files === undefined) return text(404, 'This lab serves no page; its control API is at /api/.\n');
    return this.files.answer(path);
  }

  private async handleCall(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.access.isAuthorized(request)) {
      const error = new LabError('unauthorized', 'the token is missing or wrong');
      return send(response, { ...errorReply(error), headers: { Connection: 'close' } });
    }
    if (request.method !== 'POST')
      return send(response, errorReply(new LabError('invalid', 'commands are given by POST'), 405));
    if (this.calls.size >= MAX_CALLS)
      return send(response, errorReply(new LabError('limit', `${MAX_CALLS} commands are under way already`)));
    const call = this.answerCall(name, request, response);
    this.calls.add(call);
    await call;
    this.calls.delete(call);
  }

  /** Never fails. */
  private async answerCall(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    try {
      const params = await readJson(request);
      const { served } = this;
      if (served === undefined)
        throw new LabError('conflict', 'the lab is not up yet: its nodes are starting');
      send(response, resultReply(await served.modules.call(name, params, gone.signal)));
    } catch (thrown) {
      const error = thrown instanceof LabError ? thrown : new LabError('failed', 'the request broke off');
      // What was not read of a body that is too long would be taken for the next request.
      const headers = request.complete ? {} : { Connection: 'close' };
      send(response, { ...errorReply(error), headers });
    }
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { served } = this;
    if (pathOf(request) !== EVENTS || !isOwnName(request, this.port)) refuse(socket, '403 Forbidden');
    else if (served === undefined) refuse(socket, '503 Service Unavailable');
    else this.sockets.handleUpgrade(request, socket, head, client => served.hub.add(client));
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? url;
}

function foreign(): Reply {
  const error = new LabError(
    'unauthorized',
    `a lab is asked at ${LAB_HOST} or localhost, by its own page or by programs`,
  );
  return errorReply(error, 403);
}
