import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LabClient } from '../../../../regtest/control/client.js';
import { MAX_CLIENTS, MAX_UNSENT_BYTES } from '../../../../regtest/control/event-hub.js';
import { type LabPush, WS_LIMIT, WS_UNAUTHORIZED } from '../../../../regtest/control/protocol.js';
import { ControlServer } from '../../../../regtest/control/server.js';
import type { LabEvent } from '../../../../regtest/events/lab-event.js';
import { waitFor } from '../../../../regtest/wait.js';
import { ToldEvents } from '../../../support/lab-events.js';

describe('events over the socket', () => {
  let events: ToldEvents;
  let server: ControlServer;
  let client: LabClient;

  beforeEach(async () => {
    events = new ToldEvents();
    server = await ControlServer.start({ call: async () => ({}), events });
    client = LabClient.connect(server);
  });

  afterEach(() => server.stop());

  /** A socket and all that it was told. */
  async function open(first?: unknown): Promise<{ socket: WebSocket; told: LabPush[] }> {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/events`);
    const told: LabPush[] = [];
    socket.on('message', data => told.push(JSON.parse(String(data))));
    await once(socket, 'open');
    if (first !== undefined) socket.send(typeof first === 'string' ? first : JSON.stringify(first));
    return { socket, told };
  }

  function seqs(told: readonly LabPush[]): number[] {
    return told.flatMap(message => (message.push === 'events' ? message.events.map(({ seq }) => seq) : []));
  }

  it('come in batches after the greeting, in order', async () => {
    events.tell();
    const { told } = await open({ token: server.token });
    await waitFor(() => told.length === 1, { what: 'the greeting' });
    expect(told[0]).toEqual({ push: 'hello', seq: 1 });
    for (let i = 0; i < 20; i++) events.tell();
    await waitFor(() => seqs(told).length === 20, { what: 'the events' });
    expect(seqs(told)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    expect(told).toHaveLength(2);
  });

  it('past ones come first when they are asked for', async () => {
    for (let i = 0; i < 5; i++) events.tell();
    const { told } = await open({ token: server.token, since: 2 });
    await waitFor(() => told.length === 2, { what: 'the past events' });
    expect(seqs(told)).toEqual([3, 4, 5]);
  });

  it('who asks for events that are gone has to start anew', async () => {
    for (let i = 0; i < 5; i++) events.tell();
    events.keepLast(2);
    const { told } = await open({ token: server.token, since: 1 });
    await waitFor(() => told.length === 2, { what: 'the answer' });
    expect(told[1]).toEqual({ push: 'resync', seq: 5 });
  });

  it.each([
    ['a wrong token', { token: 'x' }],
    ['no token', {}],
    ['no JSON', 'token'],
    ['null', 'null'],
    ['a place that makes no sense', { token: 'right', since: -1 }],
  ])('%s closes the socket', async (_what, first) => {
    const greeting =
      typeof first === 'object' && 'token' in first && first.token === 'right'
        ? { ...first, token: server.token }
        : first;
    const { socket, told } = await open(greeting);
    expect((await once(socket, 'close'))[0]).toBe(WS_UNAUTHORIZED);
    expect(told).toEqual([]);
  });

  it('a page of another origin, or another path, gets no socket', async () => {
    const { port } = server;
    for (const [path, origin] of [
      ['/events', 'http://evil.example'],
      ['/other', `http://127.0.0.1:${port}`],
    ]) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { origin: origin ?? '' });
      expect(String((await once(socket, 'error'))[0])).toContain('403');
    }
  });

  it('a thousand clients are too many: the first get events, the others a reason', async () => {
    const codes: number[] = [];
    const all = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const one = await open({ token: server.token });
        one.socket.on('close', code => codes.push(code));
        return one;
      }),
    );
    const greeted = () => all.filter(({ told }) => told.length > 0);
    await waitFor(() => greeted().length === MAX_CLIENTS && codes.length === 1000 - MAX_CLIENTS, {
      what: 'all to be greeted or refused',
    });
    expect(new Set(codes)).toEqual(new Set([WS_LIMIT]));
    events.tell();
    await waitFor(() => greeted().every(({ told }) => seqs(told).length === 1), { what: 'the event' });
    expect(await client.call('status', {})).toEqual({});
    // Those that go make room for others.
    const [first] = greeted();
    first?.socket.close();
    await waitFor(async () => (await open({ token: server.token }).then(hasRoom)) || undefined, {
      what: 'room',
    });
  });

  async function hasRoom({ socket, told }: { socket: WebSocket; told: LabPush[] }): Promise<boolean> {
    await waitFor(() => told.length > 0 || socket.readyState === WebSocket.CLOSED, { what: 'an answer' });
    return told.length > 0;
  }

  it('a client that does not read costs no more than it may, and is told to start anew', async () => {
    const { socket, told } = await open({ token: server.token });
    await waitFor(() => told.length === 1, { what: 'the greeting' });
    socket.pause();
    const name = 'x'.repeat(100_000);
    // What the system's own buffers take is not ours.
    for (let sent = 0; sent < 5 * MAX_UNSENT_BYTES; sent += 10 * name.length) {
      for (let i = 0; i < 10; i++) events.tell(name);
      await new Promise(resolve => setTimeout(resolve, 60));
    }
    socket.resume();
    await waitFor(() => told.some(({ push }) => push === 'resync'), { what: 'the notice' });
    expect(seqs(told).length).toBeLessThan(events.lastSeq);
    const resync = told.findIndex(({ push }) => push === 'resync');
    events.tell();
    await waitFor(() => seqs(told.slice(resync)).includes(events.lastSeq), { what: 'what happens after it' });
  });

  describe('as the client library has them', () => {
    async function take(stream: AsyncIterable<LabEvent>, count: number): Promise<number[]> {
      const taken: number[] = [];
      for await (const { seq } of stream) {
        taken.push(seq);
        if (taken.length === count) break;
      }
      return taken;
    }

    it('they are read one by one', async () => {
      for (let i = 0; i < 3; i++) events.tell();
      const taken = take(client.events({ since: 0 }), 5);
      await waitFor(() => events.listeners === 1, { what: 'the server to listen' });
      events.tell();
      events.tell();
      expect(await taken).toEqual([1, 2, 3, 4, 5]);
    });

    it('they end with the lab', async () => {
      const taken: number[] = [];
      const reading = (async () => {
        for await (const { seq } of client.events({ since: 0 })) taken.push(seq);
      })();
      await waitFor(
        () => {
          events.tell();
          return taken.length > 0;
        },
        { what: 'an event to be read' },
      );
      await server.stop();
      await reading;
      expect(taken.at(-1)).toBe(events.lastSeq);
      server = await ControlServer.start({ call: async () => ({}), events });
    });

    it('a wrong token, a lab that is gone and a signal end them with an error', async () => {
      const wrong = LabClient.connect({ url: server.url, token: 'x' });
      await expect(take(wrong.events(), 1)).rejects.toMatchObject({ code: 'unauthorized' });
      const nobody = LabClient.connect({ url: 'http://127.0.0.1:1', token: 'x' });
      await expect(take(nobody.events(), 1)).rejects.toMatchObject({ code: 'failed' });
      const enough = new AbortController();
      const reading = take(client.events({ signal: enough.signal }), 1);
      enough.abort(new Error('enough'));
      await expect(reading).rejects.toThrow('enough');
    });
  });
});
