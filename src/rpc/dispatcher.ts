import { sanitize } from '../net/sanitize.js';
import { errorMessage } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { Args, allNames, type JsonObject } from './args.js';
import type { RpcContext } from './context.js';
import { RpcCode, RpcError } from './errors.js';
import { methodHelp } from './help.js';
import type { JsonValue } from './json.js';
import { membersOf } from './json-read.js';
import type { RpcCall, RpcMethod } from './method.js';
import { isOptional, type Param } from './param.js';

/** A command that is running, for getrpcinfo. */
export interface ActiveCommand {
  readonly method: string;
  /** Machine time of its start, milliseconds. */
  readonly startedMs: number;
}

/** Finds methods by name, checks their arguments and runs them. Knows nothing of HTTP or of JSON-RPC envelopes. */
export class Dispatcher {
  private readonly methods = new Map<string, RpcMethod>();
  private readonly running = new Set<ActiveCommand>();
  private context: RpcContext | undefined;
  private warmupStatus = 'RPC server started';

  constructor(
    methods: Iterable<RpcMethod>,
    private readonly logger: Logger,
    private readonly steadyMs: () => number,
  ) {
    for (const method of methods) this.methods.set(method.name, method);
  }

  get activeCommands(): Iterable<ActiveCommand> {
    return this.running;
  }

  all(): Iterable<RpcMethod> {
    return this.methods.values();
  }

  find(name: string): RpcMethod | undefined {
    return this.methods.get(name);
  }

  /** Text that calls are refused with (error -28) until {@link open}. */
  setWarmupStatus(status: string): void {
    this.warmupStatus = status;
  }

  /** Ends warm-up: calls run from now on. */
  open(context: RpcContext): void {
    this.context = context;
  }

  /** Goes back to refusing calls, on shutdown. */
  close(status: string): void {
    this.context = undefined;
    this.warmupStatus = status;
  }

  /**
   * Runs one call.
   *
   * @param params JSON array of positional arguments or object of named ones
   * @throws RpcError with what the client is to be told
   */
  async execute(params: readonly unknown[] | JsonObject, call: RpcCall): Promise<JsonValue> {
    const { logger } = this;
    if (logger.enabled('rpc'))
      logger.debug('rpc', `ThreadRPCServer method=${sanitize(call.method)} user=${call.user}`);
    if (this.context === undefined) throw new RpcError(RpcCode.IN_WARMUP, this.warmupStatus);
    const method = this.methods.get(call.method);
    if (method === undefined) throw new RpcError(RpcCode.METHOD_NOT_FOUND, 'Method not found');
    const args = bindArguments(method, params);
    const active: ActiveCommand = { method: call.method, startedMs: this.steadyMs() };
    this.running.add(active);
    try {
      return await method.run(this.context, args, call);
    } catch (thrown) {
      if (thrown instanceof RpcError) throw thrown;
      logger.error(`RPC ${call.method} failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
      throw new RpcError(RpcCode.MISC_ERROR, errorMessage(thrown));
    } finally {
      this.running.delete(active);
    }
  }
}

/** Checks number and types of the arguments. @throws RpcError with the method's help when there are too many or few */
export function bindArguments(method: RpcMethod, params: readonly unknown[] | JsonObject): Args {
  const values = Array.isArray(params) ? params : positional(method.params, params as JsonObject);
  const required = method.params.findLastIndex(param => !isOptional(param)) + 1;
  if (values.length < required || values.length > method.params.length) {
    throw new RpcError(RpcCode.MISC_ERROR, methodHelp(method));
  }
  const args = new Args(method.params, values);
  const mismatch = args.typeMismatch();
  if (mismatch !== undefined) throw new RpcError(RpcCode.TYPE_ERROR, mismatch);
  return args;
}

/** A slot that the named form may fill: a parameter, or a member of a named-options object. */
interface Slot {
  readonly param: Param;
  readonly namedOnly: boolean;
}

function slotsOf(params: readonly Param[]): Slot[] {
  return params.flatMap(param => [
    ...(param.type === 'named-options'
      ? (param.members ?? []).map(member => ({ param: member, namedOnly: true }))
      : []),
    { param, namedOnly: false },
  ]);
}

function invalid(text: string): RpcError {
  return new RpcError(RpcCode.INVALID_PARAMETER, text);
}

/**
 * Turns named arguments into positional ones, as Core does: gaps become null, members of an options object may be given
 * as arguments of their own, and `args` may hold leading positional arguments.
 */
function positional(params: readonly Param[], named: JsonObject): readonly unknown[] {
  const left = new Map<string, unknown>();
  for (const [name, value] of membersOf(named)) {
    if (left.has(name)) throw invalid(`Parameter ${name} specified multiple times`);
    left.set(name, value);
  }
  const take = (param: Param): { key: string; value: unknown } | undefined => {
    const key = [param.name, ...(param.aliases ?? [])].find(name => left.has(name));
    if (key === undefined) return undefined;
    const value = left.get(key);
    left.delete(key);
    return { key, value };
  };
  const values: unknown[] = [];
  let options: Record<string, unknown> = {};
  let hole = 0;
  let initialHole = 0;
  let firstNamed: string | undefined;
  for (const { param, namedOnly } of slotsOf(params)) {
    const given = take(param);
    if (namedOnly) {
      if (given !== undefined) options[given.key] = given.value;
      continue;
    }
    const firstOption = Object.keys(options)[0];
    if (given === undefined && firstOption === undefined) {
      hole++;
      if (values.length === 0) initialHole = hole;
      continue;
    }
    if (given !== undefined && firstOption !== undefined) {
      throw invalid(`Parameter ${given.key} conflicts with parameter ${firstOption}`);
    }
    for (; hole > 0; hole--) values.push(null);
    firstNamed ??= allNames(param);
    values.push(given === undefined ? options : given.value);
    options = {};
  }
  const leading = left.get('args');
  let result: unknown[] = values;
  left.delete('args');
  if (Array.isArray(leading)) {
    if (firstNamed !== undefined && initialHole < leading.length) {
      throw invalid(`Parameter ${firstNamed} specified twice both as positional and named argument`);
    }
    result = [...leading, ...values.slice(leading.length)];
  }
  const unknown = left.keys().next();
  if (!unknown.done) throw invalid(`Unknown named parameter ${unknown.value}`);
  return result;
}
