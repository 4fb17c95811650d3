import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import { type LabErrorCode, type LabPush, WS_UNAUTHORIZED } from '../../../regtest/control/protocol.js';
import type { LabEvent } from '../../../regtest/events/lab-event.js';
import { RpcCallError } from '../../../regtest/rpc/caller.js';
import { PAGE_FOLDER } from './page-folder.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What the real server says; a page that needs more would not work there. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What a command answers; throws to refuse. */
export type Answer = (params: Readonly<Record<string, unknown>>) => unknown;

/** A lab as far as a page can tell. */
export interface ServedLab {
  readonly answers: Readonly<Record<string, Answer>>;
  readonly lastSeq: number;
  since(seq: number): readonly LabEvent[];
  subscribe(listener: (event: LabEvent) => void): () => void;
}

/** Serves the page and the lab behind it, as the control server does. */
export class PageServer {
  readonly token = 'a-token-for-tests';
  private readonly sockets = new WebSocketServer({ noServer: true });

  private constructor(
    private readonly lab: ServedLab,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => void this.handle(request, response));
    server.on('upgrade', (request, socket, head) =>
      this.sockets.handleUpgrade(request, socket, head, client => this.watch(client)),
    );
  }

  static async start(lab: ServedLab, port = 0): Promise<PageServer> {
    const server = createServer();
    const page = new PageServer(lab, server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return page;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/#token=${this.token}`;
  }

  /** Ends all connections, as the end of a lab would. */
  async stop(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.server.listening) await this.stop();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith('/api/')) return this.call(path.slice('/api/'.length), request, response);
    const file = path === '/' ? 'index.html' : path;
    try {
      const body = await readFile(join(PAGE_FOLDER, file));
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  private async call(command: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const params: Record<string, unknown> = JSON.parse(await text(request));
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const refuse = (status: number, code: LabErrorCode, message: string, more: object = {}) =>
      reply(status, { error: { code, message, ...more } });
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      refuse(401, 'unauthorized', 'the token is missing or wrong');
      return;
    }
    const answer = this.lab.answers[command];
    if (answer === undefined) {
      refuse(404, 'unknown', `there is no command ${command}`);
      return;
    }
    try {
      reply(200, { result: (await answer(params)) ?? {} });
    } catch (thrown) {
      if (thrown instanceof RpcCallError) refuse(422, 'refused', thrown.message, { rpcCode: thrown.code });
      else refuse(400, 'invalid', thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  private watch(client: WebSocket): void {
    client.once('message', data => {
      const { token, since }: Record<string, unknown> = JSON.parse(String(data));
      if (token !== this.token) return client.close(WS_UNAUTHORIZED);
      const push = (message: LabPush) => client.send(JSON.stringify(message));
      push({ push: 'hello', seq: this.lab.lastSeq });
      const stop = this.lab.subscribe(event => push({ push: 'events', events: [event] }));
      client.on('close', stop);
      push({
        push: 'events',
        events: this.lab.since(typeof since === 'number' ? since : this.lab.lastSeq),
      });
    });
  }
}
