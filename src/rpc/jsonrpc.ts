import { isJsonObject, type JsonObject } from './args.js';
import type { Dispatcher } from './dispatcher.js';
import { RpcCode, RpcError } from './errors.js';
import { type JsonValue, writeJson } from './json.js';
import { parseJson } from './json-read.js';
import type { RpcCall } from './method.js';

/** An HTTP answer: status and body; an undefined body is an empty one. */
export interface Reply {
  readonly status: number;
  readonly body: string | undefined;
}

/** A request taken out of its JSON-RPC envelope. */
interface Request {
  readonly isV2: boolean;
  /** The id as JSON text, to be given back as it came; undefined when the request had none. */
  readonly id: unknown;
  readonly hasId: boolean;
  readonly method: string;
  readonly params: readonly unknown[] | JsonObject;
}

/** Envelope errors still answer in the version and with the id that could be read. */
class EnvelopeError extends RpcError {
  constructor(
    message: string,
    readonly isV2: boolean,
    readonly hasId: boolean,
    readonly id: unknown,
  ) {
    super(RpcCode.INVALID_REQUEST, message);
  }
}

type CallInfo = Omit<RpcCall, 'method'>;

/** Who may call what (`-rpcwhitelist`): false answers HTTP 403. */
export type MethodFilter = (method: string) => boolean;

/**
 * Answers the body of an HTTP request: single calls and batches of JSON-RPC 1.0, 1.1 and 2.0. Version 2 always answers
 * HTTP 200; the older ones put errors into the HTTP status.
 */
export async function answer(
  dispatcher: Dispatcher,
  body: string,
  call: CallInfo,
  mayCall: MethodFilter,
): Promise<Reply> {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    return legacyError(new RpcError(RpcCode.PARSE_ERROR, 'Parse error'), undefined);
  }
  if (Array.isArray(parsed)) return answerBatch(dispatcher, parsed, call, mayCall);
  if (!isJsonObject(parsed))
    return legacyError(new RpcError(RpcCode.PARSE_ERROR, 'Top-level object parse error'), undefined);
  return answerSingle(dispatcher, parsed, call, mayCall);
}

async function answerSingle(
  dispatcher: Dispatcher,
  object: JsonObject,
  call: CallInfo,
  mayCall: MethodFilter,
): Promise<Reply> {
  let request: Request;
  try {
    request = readRequest(object);
  } catch (thrown) {
    if (!(thrown instanceof EnvelopeError)) throw thrown;
    return legacyError(thrown, thrown);
  }
  if (!mayCall(request.method)) return { status: 403, body: undefined };
  try {
    const result = await dispatcher.execute(request.params, callOf(request, call));
    if (isNotification(request)) return { status: 204, body: undefined };
    return { status: 200, body: `${resultReply(request, result)}\n` };
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    if (isNotification(request)) return { status: 204, body: undefined };
    return request.isV2
      ? { status: 200, body: `${errorReply(request, thrown)}\n` }
      : legacyError(thrown, request);
  }
}

async function answerBatch(
  dispatcher: Dispatcher,
  batch: readonly unknown[],
  call: CallInfo,
  mayCall: MethodFilter,
): Promise<Reply> {
  for (const item of batch) {
    if (isJsonObject(item) && typeof item.method === 'string' && !mayCall(item.method)) {
      return { status: 403, body: undefined };
    }
  }
  const replies: string[] = [];
  for (const item of batch) {
    const reply = await answerBatchItem(dispatcher, item, call);
    if (reply !== undefined) replies.push(reply);
  }
  if (replies.length === 0 && batch.length > 0) return { status: 204, body: undefined };
  return { status: 200, body: `[${replies.join(',')}]\n` };
}

async function answerBatchItem(
  dispatcher: Dispatcher,
  item: unknown,
  call: CallInfo,
): Promise<string | undefined> {
  let envelope: Pick<Request, 'isV2' | 'id' | 'hasId'> = { isV2: false, id: null, hasId: false };
  try {
    const request = readRequest(item);
    envelope = request;
    const result = await dispatcher.execute(request.params, callOf(request, call));
    return isNotification(request) ? undefined : resultReply(request, result);
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    if (thrown instanceof EnvelopeError) envelope = thrown;
    return isNotification(envelope) ? undefined : errorReply(envelope, thrown);
  }
}

function readRequest(value: unknown): Request {
  if (!isJsonObject(value)) throw new EnvelopeError('Invalid Request object', false, true, null);
  const hasId = Object.hasOwn(value, 'id');
  const id = value.id ?? null;
  const version = value.jsonrpc ?? null;
  const fail = (message: string, isV2: boolean) => new EnvelopeError(message, isV2, hasId, id);
  if (version !== null && typeof version !== 'string') throw fail('jsonrpc field must be a string', false);
  if (version !== null && version !== '1.0' && version !== '2.0')
    throw fail('JSON-RPC version not supported', false);
  const isV2 = version === '2.0';
  const method = value.method ?? null;
  if (method === null) throw fail('Missing method', isV2);
  if (typeof method !== 'string') throw fail('Method must be a string', isV2);
  const params = value.params ?? [];
  if (!Array.isArray(params) && !isJsonObject(params)) throw fail('Params must be an array or object', isV2);
  return { isV2, id, hasId, method, params };
}

/** A version 2 request without id: it is run, but gets no answer. */
function isNotification(envelope: Pick<Request, 'isV2' | 'hasId'>): boolean {
  return envelope.isV2 && !envelope.hasId;
}

function callOf({ method }: Request, { walletName, user, signal }: CallInfo): RpcCall {
  return { method, walletName, user, signal };
}

/** The id as the last member of an answer, as it came. */
function idMember({ hasId, id }: Pick<Request, 'id' | 'hasId'>): string {
  return hasId ? `,"id":${JSON.stringify(id)}` : '';
}

function resultReply(request: Request, result: JsonValue): string {
  const value = writeJson(result);
  return request.isV2
    ? `{"jsonrpc":"2.0","result":${value}${idMember(request)}}`
    : `{"result":${value},"error":null${idMember(request)}}`;
}

function errorReply(envelope: Pick<Request, 'isV2' | 'id' | 'hasId'>, error: RpcError): string {
  const body = writeJson({ code: error.code, message: error.message });
  return envelope.isV2
    ? `{"jsonrpc":"2.0","error":${body}${idMember(envelope)}}`
    : `{"result":null,"error":${body}${idMember(envelope)}}`;
}

/** HTTP status by error code, as JSON-RPC 1.x clients of Core expect. */
function legacyError(error: RpcError, envelope: Pick<Request, 'isV2' | 'id' | 'hasId'> | undefined): Reply {
  const status =
    error.code === RpcCode.INVALID_REQUEST ? 400 : error.code === RpcCode.METHOD_NOT_FOUND ? 404 : 500;
  const { isV2 = false, id = null, hasId = true } = envelope ?? {};
  return { status, body: `${errorReply({ isV2, id, hasId }, error)}\n` };
}
