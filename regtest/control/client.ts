import { Agent, type IncomingMessage, request } from 'node:http';
import type { LabEvent } from '../events/lab-event.js';
import { openEvents } from './event-stream.js';
import { LabError } from './lab-error.js';
import type { LabCommand, LabCommands, LabEntry, LabErrorBody } from './protocol.js';

/**
 * Talks to a running lab.
 *
 * @example
 * const lab = LabClient.connect({ url: 'http://127.0.0.1:41234', token });
 * await lab.call('mine', { node: 'node0', blocks: 3 });
 * for await (const event of lab.events()) console.log(event.seq, event.type);
 */
export class LabClient {
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(private readonly lab: Pick<LabEntry, 'url' | 'token'>) {}

  /** A client of the lab at this address; nothing is sent yet. */
  static connect(lab: Pick<LabEntry, 'url' | 'token'>): LabClient {
    return new LabClient(lab);
  }

  /**
   * Gives the lab a command and waits for its result.
   *
   * @throws LabError with what the lab answered, or `failed` when it does not answer
   */
  async call<C extends LabCommand>(
    command: C,
    params: LabCommands[C][0],
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<LabCommands[C][1]> {
    const reply = await this.post(command, JSON.stringify(params), signal);
    if (reply.error !== undefined) {
      const { code, message, rpcCode } = reply.error;
      throw new LabError(code, message, rpcCode);
    }
    // The lab is of the same version as its client: what it answers to a command is what the protocol says.
    return reply.result as LabCommands[C][1];
  }

  /**
   * What happens in the lab, from now on, or after the event with the number `since`.
   *
   * @throws LabError while it is read: `unauthorized`, `limit`, `conflict` when events were left out because they were not
   *   read in time, `failed` when the connection breaks. It ends when the lab does.
   */
  events(options: { readonly since?: number; readonly signal?: AbortSignal } = {}): AsyncIterable<LabEvent> {
    return openEvents(this.lab, options);
  }

  /** Closes connections that are kept open. The client can be used again. */
  close(): void {
    this.agent.destroy();
  }

  private post(command: string, body: string, signal: AbortSignal | undefined): Promise<LabReply> {
    const { url, token } = this.lab;
    return new Promise((resolve, reject) => {
      const failed = (error: Error) =>
        reject(
          signal?.aborted
            ? signal.reason
            : new LabError('failed', `the lab at ${url} does not answer: ${error.message}`),
        );
      const call = request(new URL(`/api/${command}`, url), {
        method: 'POST',
        agent: this.agent,
        signal,
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        },
      });
      call.on('error', failed);
      call.on('response', response => readReply(response).then(resolve, failed));
      call.end(body);
    });
  }
}

interface LabReply {
  readonly result?: unknown;
  readonly error?: LabErrorBody;
}

async function readReply(response: IncomingMessage): Promise<LabReply> {
  const pieces: Buffer[] = [];
  for await (const piece of response) if (Buffer.isBuffer(piece)) pieces.push(piece);
  const reply: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
  if (typeof reply !== 'object' || reply === null) throw new Error('what it says is no answer');
  return reply;
}
