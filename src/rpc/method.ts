import type { Args } from './args.js';
import type { RpcContext } from './context.js';
import type { JsonValue } from './json.js';
import type { Param } from './param.js';

/** The groups that `help` lists methods in, in Core's order. */
export type RpcCategory =
  | 'Blockchain'
  | 'Control'
  | 'Hidden'
  | 'Mining'
  | 'Network'
  | 'Rawtransactions'
  | 'Signer'
  | 'Util'
  | 'Wallet'
  | 'Zmq';

/** What a call runs with. */
export interface RpcCall {
  readonly method: string;
  /** Wallet named by the endpoint `/wallet/<name>`, undefined for `/`. */
  readonly walletName: string | undefined;
  readonly user: string;
  /** Aborted when the client goes away or the server stops; long waits end with it. */
  readonly signal: AbortSignal;
}

/** One RPC method: the single place that its arguments, help and behaviour come from. */
export interface RpcMethod {
  readonly name: string;
  readonly category: RpcCategory;
  readonly description: string;
  readonly params: readonly Param[];
  /** Shape of the result, in words or as an example of JSON, for help. */
  readonly result: string;
  readonly examples?: readonly string[];
  /** May be called while the node is still starting. */
  readonly duringWarmup?: boolean;
  readonly run: (context: RpcContext, args: Args, call: RpcCall) => JsonValue | Promise<JsonValue>;
}
