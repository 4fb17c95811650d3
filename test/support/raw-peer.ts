import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/**
 * A peer of the test's own: it speaks the P2P protocol from the wire up and shares no code with the node, so that a
 * mistake in the node's codecs cannot hide behind itself.
 */

const REGTEST_MAGIC = Buffer.from('fabfb5da', 'hex');
const PROTOCOL_VERSION = 70016;
const NODE_NETWORK_AND_WITNESS = 9n;
const WAIT_MS = 20_000;

export interface RawMessage {
  readonly type: string;
  readonly payload: Buffer;
}

export function sha256d(data: Uint8Array): Buffer {
  const once = createHash('sha256').update(data).digest();
  return createHash('sha256').update(once).digest();
}

export function frame(type: string, payload: Uint8Array, magic: Uint8Array = REGTEST_MAGIC): Buffer {
  const header = Buffer.alloc(24);
  header.set(magic, 0);
  header.write(type, 4, 'latin1');
  header.writeUInt32LE(payload.length, 16);
  sha256d(payload).copy(header, 20, 0, 4);
  return Buffer.concat([header, payload]);
}

function versionPayload(): Buffer {
  const payload = Buffer.alloc(86);
  payload.writeInt32LE(PROTOCOL_VERSION, 0);
  payload.writeBigUInt64LE(NODE_NETWORK_AND_WITNESS, 4);
  payload.writeBigInt64LE(BigInt(Math.floor(Date.now() / 1000)), 12);
  // Two addresses of 26 bytes stay zero; the nonce must not be the node's own.
  payload.writeBigUInt64LE(0x0123456789abcdefn, 72);
  // Empty user agent, height 0, relay on.
  payload.writeUInt8(1, 85);
  return payload;
}

export class RawPeer {
  private received = Buffer.alloc(0);
  private readonly messages: RawMessage[] = [];
  private readonly watchers = new Set<() => void>();
  private lastPing = 0;
  isClosed = false;
  private onMessage: (message: RawMessage) => void = () => {};

  private constructor(readonly socket: Socket) {
    // Messages are small: one would wait until the system on the other side has confirmed the one before.
    socket.setNoDelay(true);
    socket.on('data', chunk => this.take(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      this.changed();
    });
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return new RawPeer(socket);
  }

  /**
   * A connection that has shaken hands.
   *
   * @param onMessage what it does by itself when a message comes; the message waits for {@link waitFor} all the same
   */
  static async handshake(port: number, onMessage?: (message: RawMessage) => void): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    if (onMessage !== undefined) peer.onMessage = onMessage;
    peer.send('version', versionPayload());
    await peer.waitFor('version');
    peer.send('verack', Buffer.alloc(0));
    await peer.waitFor('verack');
    return peer;
  }

  send(type: string, payload: Uint8Array): void {
    this.socket.write(frame(type, payload));
  }

  sendRaw(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next message of a type; those before it are dropped. */
  async waitFor(type: string, fits: (message: RawMessage) => boolean = () => true): Promise<RawMessage> {
    let found: RawMessage | undefined;
    await this.until(() => {
      while (found === undefined && this.messages.length > 0) {
        const message = this.messages.shift();
        if (message?.type === type && fits(message)) found = message;
      }
      return found !== undefined;
    }, `message ${type}`);
    return found as unknown as RawMessage;
  }

  waitForClose(): Promise<void> {
    return this.until(() => this.isClosed, 'the node to disconnect');
  }

  /** Everything sent before has been dealt with when the node answers this ping. */
  async sync(): Promise<void> {
    const nonce = Buffer.alloc(8);
    nonce.writeUInt32LE(++this.lastPing);
    this.send('ping', nonce);
    await this.waitFor('pong', message => message.payload.equals(nonce));
  }

  close(): void {
    this.socket.destroy();
  }

  private until(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(check);
        reject(new Error(`waited for ${what}`));
      }, WAIT_MS);
      const check = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.watchers.delete(check);
        resolve();
      };
      this.watchers.add(check);
      check();
    });
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.received.length >= 24) {
      const length = this.received.readUInt32LE(16);
      if (this.received.length < 24 + length) break;
      const type = this.received.toString('latin1', 4, 16).replace(/\0+$/, '');
      const message = { type, payload: this.received.subarray(24, 24 + length) };
      this.messages.push(message);
      this.onMessage(message);
      this.received = this.received.subarray(24 + length);
    }
    this.changed();
  }

  private changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
