import type { RpcMethods } from './rpc-methods.js';

/** The node refused a call. `code` is the number that bitcoin-cli prints. */
export class RpcCallError extends Error {
  override readonly name = 'RpcCallError';

  constructor(
    readonly method: string,
    readonly code: number,
    readonly reason: string,
  ) {
    super(`${method}: ${reason} (code ${code})`);
  }
}

/** The node warms up: calls are refused with this code. */
export const RPC_IN_WARMUP = -28;

/** The node could not be reached, or what came back was no answer. */
export class RpcUnreachable extends Error {
  override readonly name = 'RpcUnreachable';
}

type Method = keyof RpcMethods;

/** JSON-RPC calls to one node, however it is reached. */
export abstract class RpcCaller {
  /** The same node's calls for one wallet. */
  abstract wallet(name: string): RpcCaller;

  /** Makes any call; the caller says what comes back. Otherwise as {@link call}. */
  abstract request<T>(method: string, ...params: readonly unknown[]): Promise<T>;

  /** Gives up what is held open. Calls can be made again. */
  abstract close(): void;

  /**
   * Makes a call whose parameters and result are known.
   *
   * @throws RpcCallError when the node refuses; RpcUnreachable when there is no answer
   */
  call<M extends Method>(method: M, ...params: RpcMethods[M][0]): Promise<RpcMethods[M][1]> {
    return this.request<RpcMethods[M][1]>(method, ...params);
  }
}

/** An answer as it comes over HTTP. */
export interface RpcReply {
  readonly status: number;
  readonly text: string;
}

export function requestBody(id: number, method: string, params: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

/** The result in an answer. @throws RpcCallError or RpcUnreachable */
export function resultOf(method: string, { status, text }: RpcReply): unknown {
  const reply = parseReply(text);
  if (reply === undefined) throw new RpcUnreachable(`${method}: HTTP status ${status} ${text.slice(0, 200)}`);
  const { result, error } = reply;
  if (error === undefined || error === null) return result;
  const { code, message } = error as { code?: unknown; message?: unknown };
  throw new RpcCallError(method, Number(code), String(message));
}

function parseReply(text: string): { readonly result?: unknown; readonly error?: unknown } | undefined {
  try {
    const reply: unknown = JSON.parse(text);
    return typeof reply === 'object' && reply !== null ? reply : undefined;
  } catch {
    return undefined;
  }
}
