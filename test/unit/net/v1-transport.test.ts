import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { V1_HEADER_SIZE, V1Transport } from '../../../src/net/transport/v1.js';
import { MAX_PROTOCOL_MESSAGE_LENGTH } from '../../../src/net/wire/limits.js';
import { concatBytes, toHex } from '../../../src/primitives/bytes.js';
import { type Logger, silentLogger } from '../../../src/runtime/logger.js';

const MAGIC = Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda);

function setUp(isLent = false) {
  const log: string[] = [];
  const logger: Logger = { ...silentLogger, debug: (_, message) => log.push(message) };
  const transport = new V1Transport(MAGIC, 7, logger, isLent);
  const messages: { type: string; payload: string; size: number }[] = [];
  const payloads: Uint8Array[] = [];
  const rejected: number[] = [];
  const receive = (bytes: Uint8Array) =>
    transport.receive(bytes, {
      message: (type, payload, size) => {
        messages.push({ type, payload: toHex(payload), size });
        payloads.push(payload);
      },
      rejected: size => rejected.push(size),
      send: () => {
        throw new Error('the plain transport sends nothing by itself');
      },
    });
  const frame = (type: string, payload: Uint8Array) => concatBytes(...transport.frame(type, payload));
  return { log, messages, payloads, rejected, receive, frame };
}

const type = fc.stringMatching(/^[a-z0-9]{1,12}$/);
const payload = fc.uint8Array({ maxLength: 200 });

describe('v1 transport', () => {
  it('finds the messages however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(type, payload), { maxLength: 6 }), fc.array(fc.nat(60)), (sent, cuts) => {
        const { messages, receive, frame } = setUp();
        const stream = concatBytes(...sent.map(([name, body]) => frame(name, body)));
        let at = 0;
        for (const cut of cuts) {
          expect(receive(stream.subarray(at, at + cut))).toBe(true);
          at += Math.min(cut, stream.length - at);
        }
        expect(receive(stream.subarray(at))).toBe(true);
        expect(messages).toEqual(
          sent.map(([name, body]) => ({
            type: name,
            payload: toHex(body),
            size: V1_HEADER_SIZE + body.length,
          })),
        );
      }),
    );
  });

  it('keeps no view of bytes that are lent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(type, payload), { maxLength: 6 }),
        fc.integer({ min: 1, max: 300 }),
        (sent, size) => {
          const { payloads, receive, frame } = setUp(true);
          const stream = concatBytes(...sent.map(([name, body]) => frame(name, body)));
          const place = new Uint8Array(size);
          for (let at = 0; at < stream.length; at += size) {
            const part = stream.subarray(at, at + size);
            place.set(part);
            expect(receive(place.subarray(0, part.length))).toBe(true);
            place.fill(0xee);
          }
          expect(payloads.map(toHex)).toEqual(sent.map(([, body]) => toHex(body)));
        },
      ),
    );
  });

  it('puts together what is longer than the room that is set aside for it', () => {
    const { messages, receive, frame } = setUp();
    const body = Buffer.alloc((2 << 20) + 7, 'bytes of a large block');
    const stream = frame('block', body);
    for (let at = 0; at < stream.length; at += 65_536) receive(stream.subarray(at, at + 65_536));
    expect(messages).toEqual([{ type: 'block', payload: toHex(body), size: stream.length }]);
  });

  it('ends the connection for bytes of another network, such as the first of an encrypted connection', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), bytes => {
        fc.pre(toHex(bytes.subarray(0, 4)) !== toHex(MAGIC));
        const { log, messages, receive } = setUp();
        expect(receive(bytes)).toBe(false);
        expect(messages).toEqual([]);
        const start = toHex(bytes.subarray(0, 4));
        expect(log).toEqual([`Header error: Wrong MessageStart ${start} received, peer=7`]);
      }),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), fc.boolean(), (chunks, withMagic) => {
        const { receive } = setUp();
        if (withMagic && !receive(MAGIC)) return;
        for (const chunk of chunks) if (!receive(chunk)) return;
      }),
    );
  });

  it('ends the connection when the header announces more than 4 MB', () => {
    const { log, receive, frame } = setUp();
    const header = Buffer.from(frame('block', new Uint8Array(0)));
    header.writeUInt32LE(MAX_PROTOCOL_MESSAGE_LENGTH + 1, 16);
    expect(receive(header)).toBe(false);
    expect(log).toEqual(['Header error: Size too large (block, 4000001 bytes), peer=7']);
  });

  it('waits for 4 MB if they are announced', () => {
    const { messages, receive, frame } = setUp();
    const body = new Uint8Array(MAX_PROTOCOL_MESSAGE_LENGTH);
    expect(receive(frame('x', body))).toBe(true);
    expect(messages[0]?.size).toBe(V1_HEADER_SIZE + body.length);
  });

  it('ignores a message with a wrong checksum, counts it and goes on', () => {
    const { log, messages, rejected, receive, frame } = setUp();
    const bad = Buffer.from(frame('ping', new Uint8Array(8)));
    bad.writeUInt32BE(0xdeadbeef, 20);
    expect(receive(concatBytes(bad, frame('pong', new Uint8Array(8))))).toBe(true);
    expect(rejected).toEqual([32]);
    expect(messages.map(message => message.type)).toEqual(['pong']);
    expect(log[0]).toMatch(
      /^Header error: Wrong checksum \(ping, 8 bytes\), expected [0-9a-f]{8} was deadbeef, peer=7$/,
    );
  });

  it('ignores a message whose type has bytes after its end', () => {
    const { log, rejected, receive, frame } = setUp();
    const bad = Buffer.from(frame('badmsg', Uint8Array.of(1)));
    bad[4 + 11] = 0x61;
    expect(receive(bad)).toBe(true);
    expect(rejected).toEqual([25]);
    expect(log[0]).toBe('Header error: Invalid message type (badmsg, 1 bytes), peer=7');
  });
});
