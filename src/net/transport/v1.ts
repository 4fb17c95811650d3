import { sha256d } from '../../crypto/hash.js';
import { asBuffer, bytesEqual, toHex } from '../../primitives/bytes.js';
import type { Logger } from '../../runtime/logger.js';
import { sanitize } from '../sanitize.js';
import { MAX_PROTOCOL_MESSAGE_LENGTH } from '../wire/limits.js';
import type { Transport, TransportSink } from './transport.js';

const MAGIC_SIZE = 4;
const TYPE_SIZE = 12;
const CHECKSUM_SIZE = 4;
/** Magic, type, length, checksum. */
export const V1_HEADER_SIZE = MAGIC_SIZE + TYPE_SIZE + 4 + CHECKSUM_SIZE;

/**
 * Bytes that are set aside for a message before they have come, if it announces as many. The system gives no memory for what is
 * not written, so that a header alone costs nothing; and a block that comes in pieces is not copied as it grows.
 */
const ROOM_AHEAD = 1 << 20;

interface Header {
  readonly type: string;
  /** Printable characters, then zeros to the end. */
  readonly typeIsValid: boolean;
  readonly length: number;
  readonly checksum: Uint8Array;
}

/** The plain transport: every message with network magic, type, length and checksum before it. */
export class V1Transport implements Transport {
  readonly name = 'v1';
  readonly sessionId = '';
  /** Bytes of a header or a payload that is not complete: the first `pendingSize` bytes of `pending`. */
  private pending = Buffer.alloc(0);
  private pendingSize = 0;
  /** Header of the message whose payload is awaited. */
  private header: Header | undefined;

  /** @param isLent received bytes are good only until {@link receive} returns, as those of a socket that reads into one place */
  constructor(
    private readonly magic: Uint8Array,
    private readonly peerId: number,
    private readonly logger: Logger,
    private readonly isLent = false,
  ) {}

  receive(bytes: Uint8Array, sink: TransportSink): boolean {
    let at = 0;
    // A header may announce an empty payload, so completeness is checked once more after the last byte.
    while (at < bytes.length || this.header?.length === 0) {
      const wanted = this.header === undefined ? V1_HEADER_SIZE : this.header.length;
      const part = bytes.subarray(at, at + wanted - this.pendingSize);
      at += part.length;
      const whole = this.collect(part, wanted);
      if (whole === undefined) return true;
      if (this.header === undefined) {
        this.header = this.readHeader(whole);
        if (this.header === undefined) return false;
      } else {
        this.finishMessage(this.header, this.isLent && whole === part ? Buffer.from(whole) : whole, sink);
        this.header = undefined;
      }
    }
    return true;
  }

  frame(type: string, payload: Uint8Array): readonly Uint8Array[] {
    const header = Buffer.alloc(V1_HEADER_SIZE);
    header.set(this.magic, 0);
    header.write(type, MAGIC_SIZE, TYPE_SIZE, 'latin1');
    header.writeUInt32LE(payload.length, MAGIC_SIZE + TYPE_SIZE);
    header.set(sha256d(payload).subarray(0, CHECKSUM_SIZE), V1_HEADER_SIZE - CHECKSUM_SIZE);
    return payload.length === 0 ? [header] : [header, payload];
  }

  /** Adds `part`; gives the `wanted` bytes when they are there, without a copy if they came in one piece. */
  private collect(part: Uint8Array, wanted: number): Uint8Array | undefined {
    if (this.pendingSize === 0 && part.length === wanted) return part;
    const size = this.pendingSize + part.length;
    if (size > this.pending.length) this.grow(size, wanted);
    this.pending.set(part, this.pendingSize);
    this.pendingSize = size;
    if (size < wanted) return undefined;
    const whole = this.pending.subarray(0, wanted);
    this.pending = Buffer.alloc(0);
    this.pendingSize = 0;
    return whole;
  }

  /** Beyond some room, memory follows what was received, not what was announced: at most twice the bytes that came. */
  private grow(needed: number, wanted: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.min(wanted, Math.max(needed * 2, ROOM_AHEAD)));
    grown.set(this.pending.subarray(0, this.pendingSize));
    this.pending = grown;
  }

  private readHeader(bytes: Uint8Array): Header | undefined {
    const buffer = asBuffer(bytes);
    const magic = buffer.subarray(0, MAGIC_SIZE);
    if (!bytesEqual(magic, this.magic)) {
      this.debug(`Header error: Wrong MessageStart ${toHex(magic)} received, peer=${this.peerId}`);
      return undefined;
    }
    const name = buffer.toString('latin1', MAGIC_SIZE, MAGIC_SIZE + TYPE_SIZE);
    const end = name.indexOf('\0');
    const type = end < 0 ? name : name.slice(0, end);
    const length = buffer.readUInt32LE(MAGIC_SIZE + TYPE_SIZE);
    if (length > MAX_PROTOCOL_MESSAGE_LENGTH) {
      this.debug(`Header error: Size too large (${sanitize(type)}, ${length} bytes), peer=${this.peerId}`);
      return undefined;
    }
    return {
      type,
      length,
      typeIsValid: /^[ -~]*\0*$/.test(name),
      // A copy, since the header is kept until its payload is there.
      checksum: Buffer.from(buffer.subarray(V1_HEADER_SIZE - CHECKSUM_SIZE, V1_HEADER_SIZE)),
    };
  }

  private finishMessage(header: Header, payload: Uint8Array, sink: TransportSink): void {
    const { type, length, checksum } = header;
    const wireSize = V1_HEADER_SIZE + length;
    const expected = sha256d(payload).subarray(0, CHECKSUM_SIZE);
    if (!bytesEqual(expected, checksum)) {
      const what = `${sanitize(type)}, ${length} bytes`;
      const sums = `expected ${toHex(expected)} was ${toHex(checksum)}`;
      this.debug(`Header error: Wrong checksum (${what}), ${sums}, peer=${this.peerId}`);
      sink.rejected(wireSize);
    } else if (!header.typeIsValid) {
      this.debug(
        `Header error: Invalid message type (${sanitize(type)}, ${length} bytes), peer=${this.peerId}`,
      );
      sink.rejected(wireSize);
    } else {
      sink.message(type, payload, wireSize);
    }
  }

  private debug(message: string): void {
    this.logger.debug('net', message);
  }
}
