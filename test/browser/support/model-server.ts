import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import { type LabPush, WS_UNAUTHORIZED } from '../../../regtest/control/protocol.js';
import type { ModelLab } from './model-lab.js';

const PAGE = fileURLToPath(new URL('../../../dist/page/', import.meta.url));

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
export type Answer = (params: Record<string, unknown>) => unknown;

/** Serves the page and a lab that is made up. Commands other than status, view and events are the test's. */
export class ModelServer {
  readonly token = 'model-token';
  private readonly sockets = new WebSocketServer({ noServer: true });

  private constructor(
    private readonly lab: ModelLab,
    private readonly answers: Readonly<Record<string, Answer>>,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => void this.handle(request, response));
    server.on('upgrade', (request, socket, head) =>
      this.sockets.handleUpgrade(request, socket, head, client => this.watch(client)),
    );
  }

  static async start(
    lab: ModelLab,
    answers: Readonly<Record<string, Answer>> = {},
    port = 0,
  ): Promise<ModelServer> {
    const server = createServer();
    const model = new ModelServer(lab, answers, server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return model;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/#token=${this.token}`;
  }

  async stop(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith('/api/')) return this.call(path.slice('/api/'.length), request, response);
    const file = path === '/' ? 'index.html' : path;
    try {
      const body = await readFile(join(PAGE, file));
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
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const params: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      reply(401, { error: { code: 'unauthorized', message: 'the token is missing or wrong' } });
      return;
    }
    try {
      reply(200, { result: this.answer(command, params) ?? {} });
    } catch (thrown) {
      reply(400, {
        error: { code: 'invalid', message: thrown instanceof Error ? thrown.message : String(thrown) },
      });
    }
  }

  private answer(command: string, params: Record<string, unknown>): unknown {
    const own = this.answers[command];
    if (own !== undefined) return own(params);
    switch (command) {
      case 'status':
        return this.lab.status();
      case 'view':
        return this.lab.view(typeof params.belowHeight === 'number' ? params.belowHeight : undefined);
      case 'events':
        return { events: this.lab.since(typeof params.since === 'number' ? params.since : 0) };
      default:
        throw new RangeError(`this lab is made up: it knows no ${command}`);
    }
  }

  private watch(client: WebSocket): void {
    client.once('message', data => {
      const { token, since } = JSON.parse(String(data)) as { token?: unknown; since?: unknown };
      if (token !== this.token) return client.close(WS_UNAUTHORIZED);
      const push = (message: LabPush) => client.send(JSON.stringify(message));
      const status = this.lab.status();
      push({ push: 'hello', seq: status.seq });
      push({ push: 'events', events: this.lab.since(typeof since === 'number' ? since : status.seq) });
      const stop = this.lab.subscribe(event => push({ push: 'events', events: [event] }));
      client.on('close', stop);
    });
  }
}
