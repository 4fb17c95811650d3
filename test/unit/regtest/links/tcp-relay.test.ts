import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LinkTable } from '../../../../regtest/links/link-table.js';
import { TcpRelay } from '../../../../regtest/links/tcp-relay.js';
import { waitFor } from '../../../../regtest/wait.js';

describe('a relay between two nodes', () => {
  let links: LinkTable;
  let server: Server;
  let relay: TcpRelay;
  const accepted: Socket[] = [];

  beforeEach(async () => {
    links = new LinkTable(1);
    accepted.length = 0;
    // What it gets it sends back.
    server = createServer(socket => {
      accepted.push(socket);
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    relay = await TcpRelay.open([0, 1], links, () => (server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await relay.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  async function through(): Promise<{ socket: Socket; got: () => Buffer }> {
    const socket = connect(relay.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    const pieces: Buffer[] = [];
    socket.on('data', bytes => pieces.push(bytes));
    return { socket, got: () => Buffer.concat(pieces) };
  }

  it('carries megabytes unchanged', async () => {
    const { socket, got } = await through();
    const sent = Buffer.alloc(20 << 20, 'blocksmith');
    socket.write(sent);
    await waitFor(() => got().length === sent.length, { what: 'all bytes to come back' });
    expect(got().equals(sent)).toBe(true);
    socket.destroy();
  });

  it('delays by the latency of both directions, from the moment it is set', async () => {
    const { socket, got } = await through();
    links.set(0, 1, { latencyMs: 60 });
    const start = performance.now();
    socket.write('x');
    await waitFor(() => got().length === 1, { what: 'the byte to come back' });
    expect(performance.now() - start).toBeGreaterThanOrEqual(119);
    socket.destroy();
  });

  it('breaks connections when the link goes down, and refuses new ones', async () => {
    const { socket } = await through();
    await waitFor(() => accepted.length === 1, { what: 'the far end' });
    const closed = once(socket, 'close');
    links.set(0, 1, { down: true });
    await closed;
    const second = connect(relay.port, '127.0.0.1');
    second.on('error', () => {});
    await once(second, 'close');
    expect(accepted).toHaveLength(1);
  });

  it('closes the near end when the far one closes', async () => {
    const { socket } = await through();
    socket.write('x');
    await waitFor(() => accepted.length === 1, { what: 'the far end' });
    accepted[0]?.end();
    await once(socket, 'close');
  });
});
