import { RpcCode } from '../../rpc/errors.js';
import { ConnectionFailed, type Endpoint, post } from './connection.js';
import { arrayItems, objectMembers } from './json-text.js';

/** How long to sleep between attempts with -rpcwait. */
const DEFAULT_RETRY_DELAY_MS = 1000;

/** An answer as JSON texts; one of the two is there. */
export interface Answer {
  readonly result: string | undefined;
  readonly error: string | undefined;
}

export interface CallerOptions {
  /** Tries again while the server cannot be reached or is warming up. */
  readonly wait: boolean;
  /** Seconds to try at most, 0 for ever. */
  readonly waitTimeoutSeconds: number;
  readonly walletName: string | undefined;
  /** Default a second. */
  readonly retryDelayMs?: number;
}

/** Makes JSON-RPC calls; answers stay text. */
export class Caller {
  constructor(
    /** Looked up for every attempt: the cookie appears only when the server starts. */
    private readonly endpoint: () => Endpoint,
    private readonly options: CallerOptions,
  ) {}

  /** @param params JSON text */
  async call(method: string, params: string, walletName = this.options.walletName): Promise<Answer> {
    return toAnswer(await this.exchange(requestText(method, params, 1), walletName));
  }

  /** Several calls without parameters in one request; answers in the order of the methods. */
  async batch(methods: readonly string[]): Promise<Answer[]> {
    const body = `[${methods.map((method, index) => requestText(method, '[]', index)).join(',')}]`;
    const reply = await this.exchange(body, this.options.walletName);
    if (!reply.startsWith('[')) return methods.map(() => toAnswer(reply));
    const byId = new Map(arrayItems(reply).map(item => [objectMembers(item).get('id'), item]));
    return methods.map((_, index) => toAnswer(byId.get(String(index)) ?? '{}'));
  }

  private async exchange(body: string, walletName: string | undefined): Promise<string> {
    const { wait, waitTimeoutSeconds, retryDelayMs = DEFAULT_RETRY_DELAY_MS } = this.options;
    const deadline = performance.now() + waitTimeoutSeconds * 1000;
    for (;;) {
      try {
        const reply = await post(this.endpoint(), `${body}\n`, walletName);
        if (wait && isWarmup(reply)) throw new ConnectionFailed('server in warmup');
        return reply;
      } catch (thrown) {
        if (!(thrown instanceof ConnectionFailed)) throw thrown;
        const mayRetry = wait && (waitTimeoutSeconds <= 0 || performance.now() < deadline);
        if (!mayRetry) throw new ConnectionFailed(`timeout on transient error: ${thrown.message}`);
        await new Promise(resolve => setTimeout(resolve, retryDelayMs));
      }
    }
  }
}

function requestText(method: string, params: string, id: number): string {
  return `{"method":${JSON.stringify(method)},"params":${params},"id":${id},"jsonrpc":"2.0"}`;
}

function toAnswer(reply: string): Answer {
  const members = objectMembers(reply);
  if (members.size === 0) throw new Error('expected reply to have result, error and id properties');
  const error = members.get('error');
  return error === undefined || error === 'null'
    ? { result: members.get('result'), error: undefined }
    : { result: undefined, error };
}

function isWarmup(reply: string): boolean {
  const first = reply.startsWith('[') ? arrayItems(reply)[0] : reply;
  const error = first === undefined ? undefined : objectMembers(first).get('error');
  return error?.startsWith('{') === true && objectMembers(error).get('code') === String(RpcCode.IN_WARMUP);
}
