import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RpcAuth, type RpcAuthOptions } from '../../../src/rpc/auth.js';
import type { RpcContext } from '../../../src/rpc/context.js';
import { Dispatcher } from '../../../src/rpc/dispatcher.js';
import { RpcCode, RpcError } from '../../../src/rpc/errors.js';
import { HttpServer, type HttpServerOptions } from '../../../src/rpc/http-server.js';
import type { RpcMethod } from '../../../src/rpc/method.js';
import { silentLogger } from '../../../src/runtime/logger.js';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string | undefined;
}

const base = { category: 'Util', description: '', params: [], result: '' } as const;

/** Lets tests end a call when they want to. */
let release: () => void = () => {};
let entered: () => void = () => {};

const methods: readonly RpcMethod[] = [
  { ...base, name: 'answer', run: () => 42 },
  { ...base, name: 'wallet', run: (_, __, call) => call.walletName ?? null },
  { ...base, name: 'user', run: (_, __, call) => call.user },
  {
    ...base,
    name: 'fail',
    run: () => {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'No "luck"');
    },
  },
  {
    ...base,
    name: 'hold',
    run: () =>
      new Promise(resolve => {
        release = () => resolve('held');
        entered();
      }),
  },
  {
    ...base,
    name: 'wait',
    run: (_, __, { signal }) =>
      new Promise(resolve => {
        signal.addEventListener('abort', () => resolve('aborted'));
        entered();
      }),
  },
];

const OPTIONS: HttpServerOptions = {
  bind: [{ host: '127.0.0.1', port: 0 }],
  allow: [],
  maxConcurrent: 10,
  timeoutSeconds: 30,
  whitelist: new Map(),
  whitelistDefault: false,
};

let folder: string;
let server: HttpServer;
let auth: RpcAuth;

async function start(
  options: Partial<HttpServerOptions> = {},
  authOptions: Partial<RpcAuthOptions> = {},
): Promise<void> {
  const dispatcher = new Dispatcher(methods, silentLogger, () => 0);
  dispatcher.open({} as RpcContext);
  auth = new RpcAuth({
    user: 'alice',
    password: 'secret',
    rpcAuth: [],
    cookieFile: join(folder, '.cookie'),
    cookieMode: 0o600,
    ...authOptions,
  });
  auth.start();
  server = new HttpServer({ ...OPTIONS, ...options }, { dispatcher, auth, logger: silentLogger });
  await server.start();
}

function send(
  body: unknown,
  { path = '/', method = 'POST', credentials = 'alice:secret', agent = undefined as Agent | undefined } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        method,
        agent,
        headers:
          credentials === '' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      },
      incoming => {
        const parts: Buffer[] = [];
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(parts).toString('utf8'),
            contentType: incoming.headers['content-type'],
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpc-'));
});

afterEach(async () => {
  release();
  await server.stop();
  auth.stop();
  rmSync(folder, { recursive: true });
});

describe('JSON-RPC 1.x', () => {
  beforeEach(() => start());

  it('answers with result, error and id', async () => {
    expect(await send({ id: 'x', method: 'answer' })).toEqual({
      status: 200,
      body: '{"result":42,"error":null,"id":"x"}\n',
      contentType: 'application/json',
    });
  });

  it('leaves the id out when there is none', async () => {
    expect((await send({ method: 'answer' })).body).toBe('{"result":42,"error":null}\n');
    expect((await send({ method: 'answer', jsonrpc: '1.0', id: null })).body).toBe(
      '{"result":42,"error":null,"id":null}\n',
    );
  });

  it('puts errors into the HTTP status', async () => {
    expect(await send({ id: 1, method: 'fail' })).toMatchObject({
      status: 500,
      body: '{"result":null,"error":{"code":-8,"message":"No \\"luck\\""},"id":1}\n',
    });
    expect((await send({ id: 1, method: 'nothing' })).status).toBe(404);
    expect(await send({ id: 1 })).toMatchObject({
      status: 400,
      body: '{"result":null,"error":{"code":-32600,"message":"Missing method"},"id":1}\n',
    });
    expect((await send({ id: 1, method: 7 })).body).toContain('Method must be a string');
    expect((await send({ id: 1, method: 'answer', params: 7 })).body).toContain(
      'Params must be an array or object',
    );
    expect((await send({ id: 1, method: 'answer', jsonrpc: '3.0' })).body).toContain(
      'JSON-RPC version not supported',
    );
    expect((await send({ id: 1, method: 'answer', jsonrpc: 2 })).body).toContain(
      'jsonrpc field must be a string',
    );
  });

  it('answers what is no request', async () => {
    expect(await send('{')).toMatchObject({
      status: 500,
      body: '{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}\n',
    });
    expect((await send('7')).body).toContain('Top-level object parse error');
  });
});

describe('JSON-RPC 2.0', () => {
  beforeEach(() => start());

  it('answers 200 with result or error, never both', async () => {
    expect(await send({ jsonrpc: '2.0', id: 1, method: 'answer' })).toMatchObject({
      status: 200,
      body: '{"jsonrpc":"2.0","result":42,"id":1}\n',
    });
    expect(await send({ jsonrpc: '2.0', id: 1, method: 'fail' })).toMatchObject({
      status: 200,
      body: '{"jsonrpc":"2.0","error":{"code":-8,"message":"No \\"luck\\""},"id":1}\n',
    });
    expect((await send({ jsonrpc: '2.0', id: 1, method: 'nothing' })).status).toBe(200);
  });

  it('does not answer notifications', async () => {
    for (const method of ['answer', 'fail', 'nothing']) {
      expect(await send({ jsonrpc: '2.0', method })).toMatchObject({ status: 204, body: '' });
    }
  });
});

describe('batches', () => {
  beforeEach(() => start());

  it('are answered in order, each in its own version, without notifications', async () => {
    const batch = [
      { id: 1, method: 'answer' },
      { jsonrpc: '2.0', id: 2, method: 'fail' },
      { jsonrpc: '2.0', method: 'answer' },
      { pizza: 'sausage' },
      7,
    ];
    const { status, body } = await send(batch);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual([
      { result: 42, error: null, id: 1 },
      { jsonrpc: '2.0', error: { code: -8, message: 'No "luck"' }, id: 2 },
      { result: null, error: { code: -32600, message: 'Missing method' } },
      { result: null, error: { code: -32600, message: 'Invalid Request object' }, id: null },
    ]);
  });

  it('of nothing are answered with nothing', async () => {
    expect(await send([])).toMatchObject({ status: 200, body: '[]\n' });
    expect(await send([{ jsonrpc: '2.0', method: 'answer' }])).toMatchObject({ status: 204, body: '' });
  });
});

describe('access', () => {
  it('needs the right user and password', async () => {
    await start();
    expect((await send({ method: 'answer' }, { credentials: '' })).status).toBe(401);
    expect((await send({ method: 'answer' }, { credentials: 'alice:wrong' })).status).toBe(401);
    expect((await send({ method: 'answer' }, { credentials: 'bob:secret' })).status).toBe(401);
    expect((await send({ method: 'user' })).body).toContain('"alice"');
  });

  it('is not kept by a connection over which somebody else asks', async () => {
    const hmac = createHmac('sha256', 'salt').update('test').digest('hex');
    await start({}, { rpcAuth: [`carol:salt$${hmac}`] });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers: string[] = [];
    for (const credentials of [
      'alice:secret',
      'alice:secret',
      'carol:test',
      'alice:wrong',
      '',
      'alice:secret',
    ]) {
      const { status, body } = await send({ method: 'user' }, { credentials, agent });
      answers.push(status === 200 ? JSON.parse(body).result : status);
    }
    expect(answers).toEqual(['alice', 'alice', 'carol', 401, 401, 'alice']);
    agent.destroy();
  });

  it('is given by the cookie when there is no password', async () => {
    await start({}, { password: '' });
    const cookie = readFileSync(join(folder, '.cookie'), 'utf8');
    expect(cookie).toMatch(/^__cookie__:[0-9a-f]{64}$/);
    expect(statSync(join(folder, '.cookie')).mode & 0o777).toBe(0o600);
    expect((await send({ method: 'user' }, { credentials: cookie })).body).toContain('"__cookie__"');
    auth.stop();
    expect(() => statSync(join(folder, '.cookie'))).toThrow();
  });

  it('is given to users with a hashed password', async () => {
    // Password "test" with its salt, as share/rpcauth makes them.
    const hmac = createHmac('sha256', 'salt').update('test').digest('hex');
    await start({}, { rpcAuth: [`carol:salt$${hmac}`] });
    expect((await send({ method: 'user' }, { credentials: 'carol:test' })).body).toContain('"carol"');
    expect((await send({ method: 'user' }, { credentials: 'carol:tests' })).status).toBe(401);
  });

  it('can be limited to some methods', async () => {
    await start({ whitelist: new Map([['alice', new Set(['answer'])]]) });
    expect((await send({ id: 1, method: 'answer' })).status).toBe(200);
    expect((await send({ id: 1, method: 'user' })).status).toBe(403);
    expect(
      (
        await send([
          { id: 1, method: 'answer' },
          { id: 2, method: 'user' },
        ])
      ).status,
    ).toBe(403);
  });

  it('is refused to users without a list when there are lists', async () => {
    await start({ whitelist: new Map([['bob', new Set(['answer'])]]), whitelistDefault: true });
    expect((await send({ id: 1, method: 'answer' })).status).toBe(403);
  });

  it('is refused to networks that are not allowed', async () => {
    await start({ allow: ['10.0.0.0/8', '192.168.1.1', '10.1.0.0/255.255.0.0', '::1', '[::1]'] });
    expect((await send({ id: 1, method: 'answer' })).status).toBe(200);
    expect(() => new HttpServer({ ...OPTIONS, allow: ['nonsense'] }, {} as never)).toThrow(
      'Invalid -rpcallowip subnet specification: nonsense',
    );
  });
});

describe('requests', () => {
  it('are POSTs to / or to a wallet', async () => {
    await start();
    expect(await send('', { method: 'GET' })).toMatchObject({
      status: 405,
      body: 'JSONRPC server handles only POST requests',
    });
    expect((await send({ method: 'answer' }, { path: '/other' })).status).toBe(404);
    expect((await send({ method: 'wallet' }, { path: '/wallet/my%20coins' })).body).toContain('"my coins"');
    expect((await send({ method: 'wallet' }, { path: '/wallet/' })).body).toContain('""');
    expect((await send({ method: 'wallet' })).body).toContain('null');
  });

  it('are refused when too many are under way', async () => {
    await start({ maxConcurrent: 1 });
    const running = new Promise<void>(resolve => {
      entered = resolve;
    });
    const held = send({ id: 1, method: 'hold' });
    await running;
    expect(await send({ id: 2, method: 'answer' })).toMatchObject({
      status: 503,
      body: 'Work queue depth exceeded',
    });
    release();
    expect((await held).status).toBe(200);
    expect((await send({ id: 2, method: 'answer' })).status).toBe(200);
  });

  it('share a connection', async () => {
    await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 3; i++) expect((await send({ method: 'answer' }, { agent })).status).toBe(200);
    agent.destroy();
  });

  it('that wait end when the server stops, and are still answered', async () => {
    await start();
    const running = new Promise<void>(resolve => {
      entered = resolve;
    });
    const waiting = send({ id: 1, method: 'wait' });
    await running;
    const stopped = server.stop();
    expect((await waiting).body).toContain('"aborted"');
    await stopped;
  });
});
