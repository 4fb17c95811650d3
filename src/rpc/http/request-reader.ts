import { asBuffer } from '../../primitives/bytes.js';
import { Writer } from '../../primitives/codec.js';
import { type Framing, HttpError, parseHead, type RequestHead } from './request-head.js';

/** Core's MAX_HEADERS_SIZE: nothing legitimate needs more. */
export const MAX_HEADERS_BYTES = 8192;

/** Bytes of the line that begins a chunk: its size in hex, and extensions, which nobody uses. */
const MAX_CHUNK_LINE_BYTES = 256;

/** What comes next. */
type Part = 'head' | 'body' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailer';

const NOTHING = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';
const LINE_END = '\r\n';
const CR = 0x0d;
const LF = 0x0a;

/**
 * Takes HTTP/1.0 and HTTP/1.1 requests out of the bytes of one connection. For each request {@link head} gives its head and
 * then {@link body} its body, as soon as they are there.
 */
export class RequestReader {
  private held: Buffer = NOTHING;
  private part: Part = 'head';
  /** Of the body, or of the chunk. */
  private bytesLeft = 0;
  private bodySize = 0;
  private whole: Buffer = NOTHING;
  /** Gathers a body that comes in more than one piece. */
  private gathered: Writer | undefined;

  /** @param maxBody bytes of the largest body */
  constructor(private readonly maxBody: number) {}

  /** Bytes that were taken in and not given out yet. */
  get heldBytes(): number {
    return this.held.length;
  }

  /** Takes in what was received. */
  feed(bytes: Buffer): void {
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
  }

  /** The next head; undefined while it is not whole. @throws HttpError */
  head(): RequestHead | undefined {
    this.skipEmptyLines();
    const end = this.held.indexOf(HEAD_END, 0, 'latin1');
    if (end > MAX_HEADERS_BYTES || (end < 0 && this.held.length > MAX_HEADERS_BYTES))
      throw new HttpError(400);
    if (end < 0) return undefined;
    const { head, framing } = parseHead(this.held.toString('latin1', 0, end));
    this.held = this.held.subarray(end + HEAD_END.length);
    this.beginBody(framing);
    return head;
  }

  /**
   * The body that belongs to the last head; undefined while it is not whole.
   *
   * @param keep false passes over it: what is given is empty
   * @throws HttpError
   */
  body(keep: boolean): Buffer | undefined {
    while (this.step(keep)) if (this.part === 'head') return this.takeBody();
    return undefined;
  }

  /** Clients may send an empty line behind a body. */
  private skipEmptyLines(): void {
    while (this.held[0] === CR && this.held[1] === LF) this.held = this.held.subarray(2);
  }

  private beginBody(framing: Framing): void {
    this.bodySize = 0;
    if (framing === 'chunked') {
      this.part = 'chunk-line';
      return;
    }
    this.part = 'body';
    this.bytesLeft = this.admit(framing);
  }

  /** Goes through one part of the body, or what is there of it; false when more must come first. */
  private step(keep: boolean): boolean {
    switch (this.part) {
      case 'body':
        return this.takeBytes(keep, 'head');
      case 'chunk':
        return this.takeBytes(keep, 'chunk-end');
      case 'chunk-line':
        return this.takeLine(MAX_CHUNK_LINE_BYTES, line => this.beginChunk(line));
      case 'chunk-end':
        return this.takeLine(0, () => {
          this.part = 'chunk-line';
        });
      case 'trailer':
        return this.takeLine(MAX_HEADERS_BYTES, line => {
          if (line === '') this.part = 'head';
        });
      default:
        return false;
    }
  }

  private takeBytes(keep: boolean, next: Part): boolean {
    const piece = this.held.subarray(0, this.bytesLeft);
    if (keep && piece.length > 0) this.gather(piece);
    this.held = this.held.subarray(piece.length);
    this.bytesLeft -= piece.length;
    if (this.bytesLeft > 0) return false;
    this.part = next;
    return true;
  }

  private takeLine(maxBytes: number, take: (line: string) => void): boolean {
    const end = this.held.indexOf(LINE_END, 0, 'latin1');
    if (end > maxBytes || (end < 0 && this.held.length > maxBytes + 1)) throw new HttpError(400);
    if (end < 0) return false;
    const line = this.held.toString('latin1', 0, end);
    this.held = this.held.subarray(end + LINE_END.length);
    take(line);
    return true;
  }

  private beginChunk(line: string): void {
    const digits = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (digits === undefined) throw new HttpError(400);
    this.bytesLeft = this.admit(Number.parseInt(digits, 16));
    this.part = this.bytesLeft === 0 ? 'trailer' : 'chunk';
  }

  private admit(bytes: number): number {
    this.bodySize += bytes;
    if (this.bodySize > this.maxBody) throw new HttpError(413);
    return bytes;
  }

  private gather(piece: Buffer): void {
    if (this.part === 'body' && piece.length === this.bodySize) this.whole = piece;
    else {
      this.gathered ??= new Writer(piece.length);
      this.gathered.bytes(piece);
    }
  }

  private takeBody(): Buffer {
    const { gathered, whole } = this;
    this.gathered = undefined;
    this.whole = NOTHING;
    return gathered === undefined ? whole : asBuffer(gathered.finish());
  }
}
