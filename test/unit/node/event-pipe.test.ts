import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readNodeEvents } from '../../../regtest/events/event-lines.js';
import { EventPipe, MAX_EVENT_BACKLOG } from '../../../src/node/event-pipe.js';
import type { NodeEvent } from '../../../src/node/node-event.js';

const HASH = 'ab'.repeat(32);
const TIP: NodeEvent = { type: 'tip', hash: HASH, height: 7, forkHeight: 6 };
/** Of about 64 kB. */
const LARGE: NodeEvent = { type: 'blockConnected', hash: HASH, height: 7, txids: Array(1000).fill(HASH) };

describe('the pipe of events', () => {
  it('carries each event as a line', async () => {
    const wire = new PassThrough();
    const events: NodeEvent[] = [];
    const read = readNodeEvents(wire, event => events.push(event));
    const pipe = new EventPipe(wire);
    const stored: NodeEvent = {
      type: 'blockStored',
      hash: HASH,
      parent: HASH,
      height: 1,
      time: 2,
      txs: 3,
      bytes: 400,
      from: 'node1',
    };
    const sent = [TIP, stored, LARGE];
    for (const event of sent) pipe.tell(event);
    await pipe.close();
    await read;
    expect(events).toEqual(sent);
  });

  it('holds no more than its limit for a slow reader, and tells how many events that cost', async () => {
    const wire = new PassThrough({ highWaterMark: 1024 });
    const pipe = new EventPipe(wire);
    const sent = 2 * Math.ceil(MAX_EVENT_BACKLOG / 64_000);
    for (let i = 0; i < sent; i++) {
      pipe.tell(LARGE);
      await new Promise(setImmediate);
      expect(wire.writableLength + wire.readableLength).toBeLessThan(MAX_EVENT_BACKLOG + 200_000);
    }
    const events: NodeEvent[] = [];
    const read = readNodeEvents(wire, event => events.push(event));
    await pipe.close();
    await read;
    const lost = events.flatMap(event => (event.type === 'lost' ? [event.events] : []));
    expect(lost).toHaveLength(1);
    expect((lost[0] ?? 0) + events.length - 1).toBe(sent);
    expect(lost[0]).toBeGreaterThan(0);
  });

  it('does nothing once the reader is gone', async () => {
    const wire = new PassThrough();
    const pipe = new EventPipe(wire);
    wire.destroy(new Error('EPIPE'));
    await new Promise(setImmediate);
    pipe.tell(TIP);
    await pipe.close();
    expect(wire.writableLength).toBe(0);
  });
});

describe('a reader of events', () => {
  const readAll = async (...chunks: readonly string[]) => {
    const wire = new PassThrough();
    const events: NodeEvent[] = [];
    const read = readNodeEvents(wire, event => events.push(event));
    for (const chunk of chunks) wire.write(chunk);
    wire.end();
    await read;
    return events;
  };

  it('puts together lines that come in pieces, and leaves out one that was cut off', async () => {
    const line = JSON.stringify(TIP);
    expect(await readAll(line.slice(0, 10), `${line.slice(10)}\n${line}`)).toEqual([TIP]);
  });

  it('counts lines that are no events as lost', async () => {
    const lost = { type: 'lost', events: 1 };
    expect(await readAll('{\n', '{"type":"tip","hash":"xx"}\n', '[]\n')).toEqual([lost, lost, lost]);
  });
});
