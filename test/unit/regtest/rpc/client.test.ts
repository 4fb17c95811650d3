import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RpcCallError, RpcUnreachable } from '../../../../regtest/rpc/caller.js';
import { RpcClient } from '../../../../regtest/rpc/client.js';

interface Received {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { readonly method: string; readonly params: unknown[] };
}

let dir: string;
let server: Server;
let client: RpcClient;
let received: Received[];
let answer: (request: Received, response: ServerResponse) => void;
let connections: number;

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rpc-client-'));
  received = [];
  connections = 0;
  answer = (_, response) => response.end('{"result":null,"error":null}');
  server = createServer(async (request, response) => {
    const one: Received = {
      path: request.url,
      authorization: request.headers.authorization,
      body: JSON.parse(await readBody(request)),
    };
    received.push(one);
    answer(one, response);
  });
  server.on('connection', () => connections++);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const cookieFile = join(dir, '.cookie');
  writeFileSync(cookieFile, '__cookie__:first');
  client = new RpcClient({ port: (server.address() as AddressInfo).port, cookieFile });
});

afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  rmSync(dir, { recursive: true });
});

describe('RPC client', () => {
  it('makes calls with the cookie, over one connection', async () => {
    answer = (_, response) => response.end('{"jsonrpc":"2.0","result":7,"id":1}');
    expect(await client.call('getblockcount')).toBe(7);
    expect(await client.request<number>('anything', 1, 'two')).toBe(7);
    expect(received.map(({ body }) => [body.method, body.params])).toEqual([
      ['getblockcount', []],
      ['anything', [1, 'two']],
    ]);
    expect(received[0]?.authorization).toBe(`Basic ${Buffer.from('__cookie__:first').toString('base64')}`);
    expect(connections).toBe(1);
  });

  it("sends a wallet's calls to its endpoint", async () => {
    await client.wallet('my lab').request('getbalance');
    expect(received[0]?.path).toBe('/wallet/my%20lab');
  });

  it('gives a refusal its code and text', async () => {
    answer = (_, response) =>
      response
        .writeHead(500)
        .end('{"result":null,"error":{"code":-8,"message":"Block height out of range"}}');
    const refused = client.call('getblockhash', 9);
    await expect(refused).rejects.toThrow(RpcCallError);
    await expect(refused).rejects.toMatchObject({
      method: 'getblockhash',
      code: -8,
      reason: 'Block height out of range',
    });
  });

  it('reads the cookie again when it is refused', async () => {
    answer = ({ authorization }, response) => {
      const isNew = authorization?.endsWith(Buffer.from('__cookie__:second').toString('base64'));
      writeFileSync(join(dir, '.cookie'), '__cookie__:second');
      response.writeHead(isNew ? 200 : 401).end(isNew ? '{"result":"in","error":null}' : '');
    };
    expect(await client.request('getnetworkinfo')).toBe('in');
  });

  it('says when there is no answer', async () => {
    answer = (_, response) => response.writeHead(503).end('Work queue depth exceeded');
    await expect(client.call('getblockcount')).rejects.toThrow(RpcUnreachable);
    await expect(client.call('getblockcount')).rejects.toThrow('Work queue depth exceeded');
    rmSync(join(dir, '.cookie'));
    const other = new RpcClient({ port: 1, cookieFile: join(dir, '.cookie') });
    await expect(other.call('getblockcount')).rejects.toThrow(RpcUnreachable);
  });

  it('calls again when an idle connection was closed by the node', async () => {
    await client.call('getblockcount');
    // The node closes the connection without answering; that is what an idle time-out looks like from here.
    let drops = 1;
    answer = (_, response) => {
      if (drops-- > 0) response.socket?.resetAndDestroy();
      else response.end('{"result":3,"error":null}');
    };
    expect(await client.call('getblockcount')).toBe(3);
  });
});
