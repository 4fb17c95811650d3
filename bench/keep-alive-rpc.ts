import { connect, type Socket } from 'node:net';

interface Waiting {
  resolve(body: string): void;
  reject(why: Error): void;
}

const HEAD_END = '\r\n\r\n';

/**
 * JSON-RPC over one connection that is kept open, with as little work as can be: what is measured is the server. Calls go out
 * one after the other, each when the one before was answered.
 */
export class KeepAliveRpc {
  private waiting: Waiting | undefined;
  private received = '';
  private lastId = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly head: string,
  ) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.take(text));
    socket.on('close', () => this.waiting?.reject(new Error('the connection was closed')));
    socket.on('error', () => {});
  }

  /** @param credentials user and password with a colon between @throws Error when nobody listens */
  static async connect(port: number, credentials: string): Promise<KeepAliveRpc> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const authorization = Buffer.from(credentials).toString('base64');
    const head =
      `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic ${authorization}\r\n` +
      'Content-Type: application/json\r\nContent-Length: ';
    return new KeepAliveRpc(socket, head);
  }

  /** The result of a call. @throws Error when the server refuses it */
  async call<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const text = await this.send(JSON.stringify({ jsonrpc: '1.0', id: ++this.lastId, method, params }));
    const { result, error } = JSON.parse(text) as { result: T; error: { message: string } | null };
    if (error !== null) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** The body of the answer to a body, as text in which each character is a byte. */
  send(body: string): Promise<string> {
    // A server closes connections that were idle for long.
    if (this.socket.destroyed) return Promise.reject(new Error('the connection was closed'));
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(`${this.head}${Buffer.byteLength(body)}${HEAD_END}${body}`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(text: string): void {
    this.received += text;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.received)?.[1] ?? 0);
    const end = headEnd + HEAD_END.length + length;
    if (this.received.length < end) return;
    const body = this.received.slice(headEnd + HEAD_END.length, end);
    this.received = this.received.slice(end);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(body);
  }
}
