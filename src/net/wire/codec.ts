import { DecodeError, type Reader, type Writer } from '../../primitives/codec.js';

/** Reads and writes the payload of one message type. Bytes after it are ignored, as Core does. */
export interface Codec<M> {
  /** @throws DecodeError when the payload is cut short or breaks a rule; LimitExceeded when it holds too much */
  decode(reader: Reader): M;
  encode(writer: Writer, message: M): void;
}

/** A list in a message is longer than the protocol allows; what follows of that depends on the message. */
export class LimitExceeded extends DecodeError {
  constructor(
    readonly type: string,
    readonly size: number,
    readonly limit: number,
  ) {
    super(`${type} message size = ${size}`);
  }
}

/** Reads a CompactSize count and as many items; over `limit`, nothing more is read. */
export function readList<T>(
  reader: Reader,
  type: string,
  limit: number,
  readItem: (reader: Reader) => T,
): T[] {
  const count = reader.compactSize();
  if (count > limit) throw new LimitExceeded(type, count, limit);
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(readItem(reader));
  return items;
}
