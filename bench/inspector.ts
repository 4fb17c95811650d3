import { once } from 'node:events';
import { WebSocket } from 'ws';

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Asks another process of Node.js that was started with `--inspect` about itself. */
export class Inspector {
  private lastId = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', data => {
      const answer: Answer = JSON.parse(String(data));
      if (answer.id === undefined) return;
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
  }

  /** @param url as the process tells it on its standard error */
  static async open(url: string): Promise<Inspector> {
    const socket = new WebSocket(url, { maxPayload: 0 });
    await once(socket, 'open');
    return new Inspector(socket);
  }

  async send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.lastId;
    const answer = await new Promise<Answer>(resolve => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }

  /** The value of an expression there, as JSON can carry it. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    return Object(Object(answer).result).value;
  }

  close(): void {
    this.socket.close();
  }
}
