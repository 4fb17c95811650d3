import type { Socket } from 'node:net';
import { HttpError, type RequestHead } from './request-head.js';
import { RequestReader } from './request-reader.js';
import { emptyReply, type HttpReply, responseText } from './response.js';

/** Who makes a request, and of what. */
export interface Admission {
  readonly user: string;
  /** Of the endpoint `/wallet/<name>`, undefined for `/`. */
  readonly walletName: string | undefined;
}

export interface Refusal {
  readonly reply: HttpReply;
  /** Milliseconds to wait before it is told. */
  readonly delayMs: number;
}

/** What a connection asks of the server. */
export interface RequestHandler {
  /** Looks at a request before its body is read. */
  admit(head: RequestHead, connection: HttpConnection): Admission | Refusal;
  /** Answers an admitted request. Never rejects. @param signal ends long waits */
  answer(admission: Admission, body: string, signal: AbortSignal): Promise<HttpReply>;
  /** The connection is gone. */
  closed(connection: HttpConnection): void;
}

export interface ConnectionOptions {
  readonly maxBodyBytes: number;
  /** Told to clients that leave their connection open. */
  readonly timeoutSeconds: number;
}

const NO_BODY = Buffer.alloc(0);
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** One client's connection: reads its requests and answers them, one after the other. */
export class HttpConnection {
  /** Address and port, for the log. */
  readonly name: string;
  /** Ends long waits: the client is gone, or the server stops. */
  readonly ending = new AbortController();
  /** Calls of {@link wasIdle} since something was received or answered. */
  private idleLooks = 0;
  private isBusy = false;
  /** The answer to the request that is under way, or was last. */
  private answering: Promise<void> = Promise.resolve();
  /** Nothing more is read from it. */
  private isLast = false;
  private head: RequestHead | undefined;
  private verdict: Admission | Refusal | undefined;
  private readonly reader: RequestReader;

  constructor(
    private readonly socket: Socket,
    /** The client's network may use the server. */
    readonly isAllowed: boolean,
    private readonly options: ConnectionOptions,
    private readonly handler: RequestHandler,
  ) {
    const { remoteAddress = '', remotePort } = socket;
    this.name = `${remoteAddress}:${remotePort}`;
    this.reader = new RequestReader(options.maxBodyBytes);
    socket.on('data', (bytes: Buffer) => this.received(bytes));
    socket.on('end', () => void this.finish());
    // What there is to say of an error is said by `close`.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.ending.abort();
      this.handler.closed(this);
    });
  }

  /** True when for so many looks in a row nothing was received and no request was under way. */
  wasIdle(looks: number): boolean {
    return !this.isBusy && ++this.idleLooks > looks;
  }

  /** Takes no more requests: closes when the one that is under way, if any, is answered. Resolves then. */
  finish(): Promise<void> {
    this.isLast = true;
    this.ending.abort();
    if (!this.isBusy) this.socket.end();
    return this.answering;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private received(bytes: Buffer): void {
    this.idleLooks = 0;
    // After the last answer: what the client still sends is read, so that it does not miss the answer, and thrown away.
    if (this.isLast) return;
    this.reader.feed(bytes);
    if (this.isBusy) this.socket.pause();
    else this.advance();
  }

  /** Goes as far as what was received lets it. */
  private advance(): void {
    try {
      while (!this.isBusy && !this.isLast && this.step());
    } catch (thrown) {
      if (!(thrown instanceof HttpError)) throw thrown;
      this.isLast = true;
      this.send(emptyReply(thrown.status));
    }
  }

  /** Reads one request, if it is there, and has it answered; false when more must come first. */
  private step(): boolean {
    const head = this.head ?? this.readHead();
    const { verdict } = this;
    if (head === undefined || verdict === undefined) return false;
    const isRefused = 'reply' in verdict;
    // Whoever waits to be asked for the body is not asked for one that nobody wants.
    const isUnwanted = isRefused && head.expectsContinue;
    const body = isUnwanted ? NO_BODY : this.reader.body(!isRefused);
    if (body === undefined) return false;
    if (isUnwanted || !head.keepAlive) this.isLast = true;
    this.head = undefined;
    if (isRefused) this.refuse(verdict);
    else this.answer(verdict, body);
    return true;
  }

  private readHead(): RequestHead | undefined {
    const head = this.reader.head();
    if (head === undefined) return undefined;
    this.head = head;
    this.verdict = this.handler.admit(head, this);
    const isAskedFor = head.expectsContinue && !('reply' in this.verdict) && this.reader.heldBytes === 0;
    if (isAskedFor) this.socket.write(CONTINUE);
    return head;
  }

  private answer(admission: Admission, body: Buffer): void {
    this.isBusy = true;
    const { signal } = this.ending;
    this.answering = this.handler
      .answer(admission, body.toString('utf8'), signal)
      .then(reply => this.conclude(reply));
  }

  private refuse({ reply, delayMs }: Refusal): void {
    if (delayMs === 0) {
      this.send(reply);
      return;
    }
    this.isBusy = true;
    setTimeout(() => this.conclude(reply), delayMs);
  }

  private conclude(reply: HttpReply): void {
    this.isBusy = false;
    this.idleLooks = 0;
    this.send(reply);
    if (this.socket.isPaused()) this.socket.resume();
    if (this.reader.heldBytes > 0) this.advance();
  }

  private send(reply: HttpReply): void {
    const { socket, isLast } = this;
    if (!socket.writable) return;
    const text = responseText(reply, isLast ? undefined : this.options.timeoutSeconds);
    if (isLast) socket.end(text);
    else socket.write(text);
  }
}
