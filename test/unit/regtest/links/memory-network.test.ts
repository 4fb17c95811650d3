import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkConditions } from '../../../../regtest/links/conditions.js';
import { LinkTable } from '../../../../regtest/links/link-table.js';
import { MemoryNetwork } from '../../../../regtest/links/memory-network.js';
import { waitFor } from '../../../../regtest/wait.js';
import { parseEndpoint } from '../../../../src/net/address/endpoint.js';
import type { PeerSocket } from '../../../../src/net/connections/sockets.js';
import { defined } from '../../../../src/runtime/errors.js';

const endpoint = (port: number) => defined(parseEndpoint(`127.0.0.1:${port}`, 0), 'endpoint');
const never = new AbortController().signal;

/** Collects what a socket gets. */
class Sink {
  readonly pieces: Buffer[] = [];
  ended = false;
  closed = false;

  constructor(readonly socket: PeerSocket) {
    socket.on('data', bytes => this.pieces.push(Buffer.from(bytes)));
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

async function joined(conditions: Partial<LinkConditions> = {}) {
  const links = new LinkTable(1);
  links.set(0, 1, conditions);
  const network = new MemoryNetwork(links);
  const accepted: PeerSocket[] = [];
  const handlers = { accepted: (socket: PeerSocket) => accepted.push(socket), failed: () => {} };
  const listening = await network.socketsOf(1).listen(endpoint(1000), handlers);
  const near = await network.socketsOf(0).connect(endpoint(1000), 5000, never);
  return { links, network, listening, near: new Sink(near), far: new Sink(defined(accepted[0], 'socket')) };
}

describe('connections in memory', () => {
  it('carry all bytes in order, both ways, whatever the link is like', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 });
    const link = fc.record({
      latencyMs: fc.nat(3),
      jitterMs: fc.nat(3),
      bandwidthKbps: fc.constantFrom(0, 200_000),
    });
    await fc.assert(
      fc.asyncProperty(chunks, chunks, link, async (there, back, conditions) => {
        const { near, far } = await joined(conditions);
        for (const chunk of there) near.socket.write(chunk);
        for (const chunk of back) far.socket.write(chunk);
        const sizes = [Buffer.concat(there).length, Buffer.concat(back).length];
        await waitFor(() => far.bytes.length === sizes[0] && near.bytes.length === sizes[1], {
          what: 'all bytes',
        });
        expect(far.bytes.equals(Buffer.concat(there))).toBe(true);
        expect(near.bytes.equals(Buffer.concat(back))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('tell the writer when bytes have come out, and hold them while the reader pauses', async () => {
    const { near, far } = await joined();
    let sent = 0;
    far.socket.pause();
    near.socket.write(Uint8Array.of(1), () => sent++);
    await new Promise(resolve => setImmediate(resolve));
    await new Promise(resolve => setImmediate(resolve));
    expect([sent, far.bytes.length]).toEqual([0, 0]);
    far.socket.resume();
    await waitFor(() => sent === 1, { what: 'the byte to come out' });
    expect([...far.bytes]).toEqual([1]);
  });

  it('end on the other side when one side closes, after what it had written', async () => {
    const { near, far } = await joined({ latencyMs: 5 });
    near.socket.write(Uint8Array.of(1, 2));
    near.socket.destroy();
    await waitFor(() => far.ended && near.closed, { what: 'the end' });
    expect([...far.bytes]).toEqual([1, 2]);
  });

  it('break when their link goes down, and cannot be made until it is up', async () => {
    const { links, network, near, far } = await joined();
    links.set(1, 0, { down: true });
    await waitFor(() => near.closed && far.closed, { what: 'both ends to close' });
    await expect(network.socketsOf(0).connect(endpoint(1000), 5000, never)).rejects.toThrow('link is down');
    links.set(0, 1, { down: false });
    await network.socketsOf(0).connect(endpoint(1000), 5000, never);
  });

  it('are refused where nobody listens, or not any more, and ports are taken once', async () => {
    const { network, listening } = await joined();
    const sockets = network.socketsOf(0);
    await expect(sockets.connect(endpoint(1001), 5000, never)).rejects.toThrow('nobody listens');
    const handlers = { accepted: () => {}, failed: () => {} };
    await expect(sockets.listen(endpoint(1000), handlers)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await listening.close();
    await expect(sockets.connect(endpoint(1000), 5000, never)).rejects.toThrow('nobody listens');
    await sockets.listen(endpoint(1000), handlers);
  });

  it('refuse conditions that make no sense', () => {
    const links = new LinkTable(1);
    expect(() => links.set(0, 1, { latencyMs: -1 })).toThrow('latencyMs must be a number from 0 to 60000');
    expect(() => links.set(0, 1, { loss: 1 })).toThrow('loss must be a number from 0 to 0.9');
    expect(() => links.set(0, 1, { bandwidthKbps: Number.NaN })).toThrow('bandwidthKbps');
    expect(links.list()).toEqual([]);
  });
});
