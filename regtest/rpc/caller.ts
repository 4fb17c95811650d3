import type { Given, NamedRpcParams, NamedRpcResult, RpcMethod, RpcParams, RpcResult } from './call-types.js';
import { RPC_PARAMETERS } from './methods/index.js';

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

/** JSON-RPC calls to one node, however it is reached. */
export abstract class RpcCaller {
  /** The same node's calls for one wallet. */
  abstract wallet(name: string): RpcCaller;

  /** Makes any call; the caller says what comes back. Otherwise as {@link call}. */
  abstract request<T>(method: string, ...params: readonly unknown[]): Promise<T>;

  /** Gives up what is held open. Calls can be made again. */
  abstract close(): void;

  /**
   * Makes a call whose parameters and result are known. What is undefined is left out.
   *
   * @throws RpcCallError when the node refuses; RpcUnreachable when there is no answer
   */
  call<M extends RpcMethod, const P extends RpcParams<M>>(
    method: M,
    ...params: Given<M, RpcParams<M>, P>
  ): Promise<RpcResult<M, P>> {
    return this.request<RpcResult<M, P>>(method, ...params);
  }

  /**
   * The same with the parameters by name.
   *
   * @throws TypeError when the method has no such parameter; otherwise as {@link call}
   */
  async callNamed<M extends RpcMethod, const P extends NamedRpcParams<M>>(
    method: M,
    params: Given<M, NamedRpcParams<M>, P>,
  ): Promise<NamedRpcResult<M, P>> {
    return this.request<NamedRpcResult<M, P>>(method, ...inOrder(method, params));
  }
}

/** Parameters in their order, up to the last one given. @throws TypeError when the method has none of a name */
function inOrder(method: RpcMethod, params: object): readonly unknown[] {
  const names: readonly string[] = RPC_PARAMETERS[method];
  const given = new Map(Object.entries(params).filter(([, value]) => value !== undefined));
  for (const name of given.keys()) {
    if (!names.includes(name)) throw new TypeError(`${method} has no parameter ${name}`);
  }
  const count = names.findLastIndex(name => given.has(name)) + 1;
  return names.slice(0, count).map(name => given.get(name));
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
