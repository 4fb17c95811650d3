import { toHex } from '../../src/primitives/bytes.js';
import { Reader, Writer } from '../../src/primitives/codec.js';
import { type RawMessage, RawPeer } from '../support/raw-peer.js';
import type { BuiltBlock } from './generator.js';

const INVENTORY_BLOCK = 2;
/** Bit of an inventory type that asks for witnesses (BIP144). */
const INVENTORY_WITNESS = 0x40000000;

const NO_HEADERS = Uint8Array.of(0);

/** A peer that announces blocks by their headers and sends those that it is asked for, as a real one does. */
export class ServingPeer {
  /** Blocks that it has, by hash. */
  private readonly blocks = new Map<string, Uint8Array>();
  private headerRequests = 0;
  /** What it answers when it is asked for headers. */
  private headersToTell: Uint8Array = NO_HEADERS;

  private constructor(private readonly peer: RawPeer) {}

  static async connect(port: number): Promise<ServingPeer> {
    let self: ServingPeer | undefined;
    const early: RawMessage[] = [];
    const raw = await RawPeer.handshake(port, message => {
      if (self === undefined) early.push(message);
      else self.answer(message);
    });
    self = new ServingPeer(raw);
    for (const message of early) self.answer(message);
    return self;
  }

  get isClosed(): boolean {
    return this.peer.isClosed;
  }

  /** Times that the node asked for headers. */
  get timesAskedForHeaders(): number {
    return this.headerRequests;
  }

  /** Tells of blocks that build on each other, all in one message, and has them from now on. */
  announce(blocks: readonly BuiltBlock[]): void {
    this.have(blocks);
    this.peer.send('headers', headersPayload(blocks));
  }

  /** Tells of a block by its hash alone; its header comes when it is asked for. */
  announceByHash(block: BuiltBlock): void {
    this.have([block]);
    this.headersToTell = headersPayload([block]);
    const writer = new Writer(37).compactSize(1).u32(INVENTORY_BLOCK).bytes(block.header.hash);
    this.peer.send('inv', writer.finish());
  }

  /** Sends the bytes of a block, or of none, without being asked. */
  push(bytes: Uint8Array): void {
    this.peer.send('block', bytes);
  }

  /** Resolves when the node has dealt with all that was sent; rejects when it ends the connection. */
  sync(): Promise<void> {
    return this.peer.sync();
  }

  waitForClose(): Promise<void> {
    return this.peer.waitForClose();
  }

  close(): void {
    this.peer.close();
  }

  private have(blocks: readonly BuiltBlock[]): void {
    for (const { header, bytes } of blocks) this.blocks.set(toHex(header.hash), bytes);
  }

  private answer({ type, payload }: RawMessage): void {
    if (type === 'getdata') this.serve(new Reader(payload));
    if (type === 'getheaders') {
      this.headerRequests++;
      this.peer.send('headers', this.headersToTell);
    }
  }

  private serve(wanted: Reader): void {
    for (let left = wanted.compactSize(); left > 0; left--) {
      const type = wanted.u32();
      const block = this.blocks.get(toHex(wanted.hash()));
      if ((type & ~INVENTORY_WITNESS) === INVENTORY_BLOCK && block !== undefined) this.push(block);
    }
  }
}

function headersPayload(blocks: readonly BuiltBlock[]): Uint8Array {
  const writer = new Writer(blocks.length * 81 + 3).compactSize(blocks.length);
  for (const { header } of blocks) writer.bytes(header.raw).u8(0);
  return writer.finish();
}
