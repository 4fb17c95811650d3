import { readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { errorMessage } from '../../src/runtime/errors.js';
import { RpcCaller, type RpcReply, RpcUnreachable, requestBody, resultOf } from './caller.js';

export interface RpcEndpoint {
  readonly port: number;
  /** File with `user:password`, read for the first call and again after a refused one. */
  readonly cookieFile: string;
  readonly host?: string;
}

/** Connections kept open: as many as a node serves at once. */
const MAX_CONNECTIONS = 4;

/** A call may mine hundreds of blocks. */
const CALL_TIMEOUT_MS = 300_000;

/**
 * JSON-RPC calls over HTTP connections that are kept open.
 *
 * @example
 * const rpc = new RpcClient({ port: 18443, cookieFile: '/tmp/node/regtest/.cookie' });
 * const height = await rpc.call('getblockcount');
 * const balance = await rpc.wallet('lab').request<number>('getbalance');
 */
export class RpcClient extends RpcCaller {
  private readonly agent: Agent;
  private credentials: string | undefined;
  private lastId = 0;

  constructor(
    private readonly endpoint: RpcEndpoint,
    private readonly path = '/',
    agent?: Agent,
  ) {
    super();
    this.agent = agent ?? new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  }

  wallet(name: string): RpcClient {
    return new RpcClient(this.endpoint, `/wallet/${encodeURIComponent(name)}`, this.agent);
  }

  async request<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const body = requestBody(++this.lastId, method, params);
    this.credentials ??= this.readCookie();
    let answer = await this.post(method, body);
    if (answer.status === 401) {
      // The node was started again, with a new cookie.
      this.credentials = this.readCookie();
      answer = await this.post(method, body);
    }
    return resultOf(method, answer) as T;
  }

  close(): void {
    this.agent.destroy();
  }

  private readCookie(): string {
    try {
      return readFileSync(this.endpoint.cookieFile, 'utf8').trim();
    } catch (thrown) {
      throw new RpcUnreachable(`no RPC cookie: ${errorMessage(thrown)}`);
    }
  }

  private async post(method: string, body: string): Promise<RpcReply> {
    try {
      return await this.send(body);
    } catch (thrown) {
      // The node may close a connection that was idle just when it is used again; the call has not reached it then.
      if (!(thrown instanceof StaleConnection))
        throw new RpcUnreachable(`${method}: ${errorMessage(thrown)}`);
      return this.post(method, body);
    }
  }

  private send(body: string): Promise<RpcReply> {
    const { host = '127.0.0.1', port } = this.endpoint;
    return new Promise((resolve, reject) => {
      const call = request({
        host,
        port,
        path: this.path,
        method: 'POST',
        agent: this.agent,
        auth: this.credentials,
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        timeout: CALL_TIMEOUT_MS,
      });
      call.on('timeout', () => call.destroy(new Error('no answer in time')));
      call.on('error', (error: NodeJS.ErrnoException) =>
        reject(call.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection() : error),
      );
      call.on('response', response => readText(response).then(resolve, reject));
      call.end(body);
    });
  }
}

class StaleConnection extends Error {}

async function readText(response: IncomingMessage): Promise<RpcReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}
