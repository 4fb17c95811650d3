import { once, setMaxListeners } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LabClient } from '../../../../regtest/control/client.js';
import { MAX_BODY_BYTES } from '../../../../regtest/control/http-replies.js';
import { LabError } from '../../../../regtest/control/lab-error.js';
import { ControlServer, MAX_CALLS } from '../../../../regtest/control/server.js';
import { waitFor } from '../../../../regtest/wait.js';
import { ToldEvents } from '../../../support/lab-events.js';

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('the control server', () => {
  let server: ControlServer;
  let folder: string;
  /** Calls that wait until they are given up. */
  let waiting = 0;

  /** Stands in for a lab: what is tested here is what lies before it. */
  async function call(name: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    if (name === 'echo') return params;
    if (name === 'refuse') throw new LabError('refused', 'no', -8);
    if (name === 'conflict') throw new LabError('conflict', 'not now');
    if (name !== 'wait') throw new LabError('unknown', `there is no command "${name}"`);
    waiting++;
    await once(signal, 'abort');
    waiting--;
    throw new LabError('conflict', 'given up');
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'blocksmith-page-'));
    const page = join(folder, 'page');
    mkdirSync(join(page, 'assets'), { recursive: true });
    writeFileSync(join(page, 'index.html'), '<!doctype html><title>lab</title>');
    writeFileSync(join(page, 'assets', 'index-5f3.js'), 'export {};');
    writeFileSync(join(page, 'notes.txt'), 'of no type that is served');
    writeFileSync(join(folder, 'secret.html'), 'outside');
    server = await ControlServer.start({ call, events: new ToldEvents() }, { pageFolder: page });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function ask(
    path: string,
    { method = 'GET', headers = {}, body = '' }: Asked = {},
  ): Promise<Answered> {
    const asked = request({ host: '127.0.0.1', port: server.port, path, method, headers, agent: false });
    // The server may close before it has read all.
    asked.on('error', () => {});
    asked.end(body);
    const [response]: [IncomingMessage] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    for await (const piece of response) text += String(piece);
    return { status: response.statusCode, headers: response.headers, body: text };
  }

  function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Answered> {
    const auth = { Authorization: `Bearer ${server.token}`, ...headers };
    return ask(path, { method: 'POST', headers: auth, body });
  }

  describe('commands', () => {
    it('are posted with the token, parameters as JSON', async () => {
      const { status, headers, body } = await post('/api/echo', '{"blocks":3}');
      expect([status, headers['content-type'], body]).toEqual([
        200,
        'application/json',
        '{"result":{"blocks":3}}',
      ]);
      expect((await post('/api/echo', '')).body).toBe('{"result":{}}');
    });

    it.each([
      ['no', {}],
      ['a wrong', { Authorization: `Bearer ${'0'.repeat(32)}` }],
      ['an empty', { Authorization: 'Bearer ' }],
      ['a token of another kind', { Authorization: 'Basic bGFiOmxhYg==' }],
    ])('%s token is refused, whatever is asked for', async (_what, headers) => {
      const { status, body } = await ask('/api/status', { method: 'POST', headers, body: '{}' });
      expect([status, JSON.parse(body).error.code]).toEqual([401, 'unauthorized']);
    });

    it('the token is another for each lab', async () => {
      const other = await ControlServer.start({ call, events: new ToldEvents() });
      expect(other.token).toMatch(/^[0-9a-f]{32}$/);
      expect(other.token).not.toBe(server.token);
      await other.stop();
    });

    it.each([
      ['refuse', 422, { code: 'refused', message: 'no', rpcCode: -8 }],
      ['conflict', 409, { code: 'conflict', message: 'not now' }],
      ['nonsense', 404, { code: 'unknown', message: 'there is no command "nonsense"' }],
      ['', 404, { code: 'unknown', message: 'there is no command ""' }],
    ])('/api/%s ends with %i', async (name, status, error) => {
      const answer = await post(`/api/${name}`, '{}');
      expect([answer.status, JSON.parse(answer.body)]).toEqual([status, { error }]);
    });

    it('a body that is no JSON is refused, and one that is too long is not read', async () => {
      expect(await post('/api/echo', '{"blocks":')).toMatchObject({ status: 400 });
      const long = await post('/api/echo', JSON.stringify('x'.repeat(MAX_BODY_BYTES)));
      expect(long).toMatchObject({ status: 429, body: expect.stringContaining('at most 8100000 bytes') });
    });

    it('only POST gives commands', async () => {
      const headers = { Authorization: `Bearer ${server.token}` };
      expect(await ask('/api/echo', { headers })).toMatchObject({ status: 405 });
    });

    it('no more of them are under way than it can hold; who goes away gives up', async () => {
      const gone = new AbortController();
      setMaxListeners(0, gone.signal);
      const client = LabClient.connect(server);
      // The command of this test's lab is in no table.
      const wait = 'wait' as 'status';
      const calls = Array.from({ length: MAX_CALLS }, () => client.call(wait, {}, { signal: gone.signal }));
      await waitFor(() => waiting === MAX_CALLS, { what: 'all calls to be under way' });
      await expect(client.call('status', {})).rejects.toMatchObject({ code: 'limit' });
      gone.abort(new Error('enough'));
      await Promise.all(calls.map(call => expect(call).rejects.toThrow('enough')));
      await waitFor(() => waiting === 0, { what: 'all calls to be given up' });
      client.close();
    });
  });

  describe('pages of others', () => {
    const body = '{}';

    it.each([
      ['evil.example'],
      ['evil.example:80'],
      ['127.0.0.1.evil.example'],
      ['127.0.0.1'],
      ['127.0.0.1:1'],
    ])('under the name %s nothing is answered', async host => {
      const auth = { Authorization: `Bearer ${server.token}`, Host: host };
      expect(await ask('/api/echo', { method: 'POST', headers: auth, body })).toMatchObject({ status: 403 });
      expect(await ask('/', { headers: { Host: host } })).toMatchObject({ status: 403 });
    });

    it.each([['http://evil.example'], ['null'], ['https://127.0.0.1']])(
      'nor for the origin %s',
      async origin => {
        expect(await post('/api/echo', body, { Origin: origin })).toMatchObject({ status: 403 });
      },
    );

    it('its own page is answered, as localhost too', async () => {
      const { port } = server;
      for (const name of [`127.0.0.1:${port}`, `localhost:${port}`]) {
        const headers = { Host: name, Origin: `http://${name}` };
        expect(await post('/api/echo', body, headers)).toMatchObject({ status: 200 });
      }
    });
  });

  describe('files of the page', () => {
    it('are served with a policy that lets nothing else in', async () => {
      const page = await ask('/');
      expect(page.body).toContain('<title>lab</title>');
      expect(page.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      const script = await ask('/assets/index-5f3.js?x=1');
      expect(script).toMatchObject({ status: 200, body: 'export {};' });
      expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    });

    it.each([
      '/../secret.html',
      '/assets/../../secret.html',
      '/%2e%2e/secret.html',
      '/..%2fsecret.html',
      '/assets/..\\..\\secret.html',
      '//etc/passwd',
      '/notes.txt',
      '/assets',
      '/assets/',
      '/nothing.js',
      '/index.html\0.js',
    ])('%j is not one of them', async path => {
      const socket = connectSocket(server.port, '127.0.0.1');
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`);
      let answer = '';
      for await (const piece of socket) answer += String(piece);
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(answer).not.toContain('outside');
    });

    it('the token is in no answer, but behind the # of the printed address', async () => {
      expect(server.pageUrl).toBe(`http://127.0.0.1:${server.port}/#token=${server.token}`);
      expect((await ask('/')).body).not.toContain(server.token);
    });

    it('without a built page it says how to build it; without a page at all there is none', async () => {
      const events = new ToldEvents();
      const unbuilt = await ControlServer.start({ call, events }, { pageFolder: join(folder, 'nowhere') });
      expect(await (await fetch(unbuilt.url)).text()).toMatch(/^The page is not built/);
      await unbuilt.stop();
      const bare = await ControlServer.start({ call, events }, { page: false });
      expect(bare.pageUrl).toBeUndefined();
      expect((await fetch(bare.url)).status).toBe(404);
      await bare.stop();
    });
  });

  it('a taken port is a clear error', async () => {
    const modules = { call, events: new ToldEvents() };
    await expect(ControlServer.start(modules, { port: server.port })).rejects.toMatchObject({
      code: 'conflict',
      message: `port ${server.port} of 127.0.0.1 is taken: choose another by --port`,
    });
    expect(modules.events.listeners).toBe(0);
  });

  it('may take its port before there is a lab: commands and listeners come too early until then', async () => {
    await using early = await ControlServer.reserve({ page: false });
    const client = LabClient.connect(early);
    await expect(client.call('status', {})).rejects.toMatchObject({
      code: 'conflict',
      message: 'the lab is not up yet: its nodes are starting',
    });
    const socket = new WebSocket(`${early.url.replace('http', 'ws')}/events`);
    const [refusal] = await once(socket, 'error');
    expect(String(refusal)).toMatch(/503/);
    early.serve({ call: async () => 'up', events: new ToldEvents() });
    expect(await client.call('status', {})).toBe('up');
    client.close();
  });

  it('stops at once, and lets commands that are under way end with their answer', async () => {
    let finish = () => {};
    const slow = () => new Promise<string>(resolve => (finish = () => resolve('done')));
    const stopping = await ControlServer.start({ call: slow, events: new ToldEvents() });
    const client = LabClient.connect(stopping);
    const result = client.call('status', {});
    const wasAsked = finish;
    await waitFor(() => finish !== wasAsked, { what: 'the command to be under way' });
    const stopped = stopping.stop();
    finish();
    expect(await result).toBe('done');
    await stopped;
    await expect(client.call('status', {})).rejects.toMatchObject({ code: 'failed' });
    client.close();
  });
});
