import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writer } from '../../primitives/codec.js';
import type { Clock } from '../../runtime/clock.js';
import type { Connection } from './connection.js';

const TYPE_SIZE = 12;

/** Writes every message to `message_capture/<peer>/msgs_{recv,sent}.dat`, in Core's format (-capturemessages). */
export function makeMessageCapture(
  dataDir: string,
  clock: Clock,
): (connection: Connection, type: string, payload: Uint8Array, incoming: boolean) => void {
  return (connection, type, payload, incoming) => {
    const dir = join(dataDir, 'message_capture', connection.endpoint.toString().replaceAll(':', '_'));
    mkdirSync(dir, { recursive: true });
    const record = new Writer(payload.length + 32)
      .u64(BigInt(clock.nowMs()) * 1000n)
      .bytes(Buffer.from(type.padEnd(TYPE_SIZE, '\0'), 'latin1'))
      .u32(payload.length)
      .bytes(payload);
    appendFileSync(join(dir, incoming ? 'msgs_recv.dat' : 'msgs_sent.dat'), record.finish());
  };
}
