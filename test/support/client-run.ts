import { onTestFinished } from 'vitest';
import { runClient } from '../../src/cli/client/main.js';
import { temporaryDir } from './node-settings.js';
import { type RpcStub, rpcStub, type StubAnswer, type StubCall } from './rpc-stub.js';

/** Data directory of the client; a new one for each test. */
export const dir = temporaryDir();

/** A server for the length of a test. */
export async function serve(answer: (call: StubCall) => StubAnswer): Promise<RpcStub> {
  const stub = await rpcStub(answer);
  onTestFinished(() => stub.stop());
  return stub;
}

/** A server that answers by method; calls are answered in reverse order within a batch. */
export function serveResults(results: Readonly<Record<string, unknown>>): Promise<RpcStub> {
  return serve(({ body }) => {
    const request = JSON.parse(body) as RequestJson | RequestJson[];
    const reply = (one: RequestJson) => answerText(one, results[one.method]);
    return {
      body: Array.isArray(request) ? `[${request.map(reply).reverse().join(', ')}]` : `${reply(request)}\n`,
    };
  });
}

export interface RequestJson {
  readonly method: string;
  readonly params: unknown;
  readonly id: number;
}

/** A text stands for the result's own JSON text; an Error with a code for a refusal. */
export function answerText({ method, id }: RequestJson, result: unknown): string {
  if (result instanceof RpcFailure) {
    const error = { code: result.code, message: result.message };
    return `{"jsonrpc":"2.0","error":${JSON.stringify(error)},"id":${id}}`;
  }
  if (typeof result !== 'string') throw new Error(`nothing to answer ${method} with`);
  return `{"jsonrpc":"2.0","result":${result},"id":${id}}`;
}

export class RpcFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the client with a data directory of its own. */
export async function run(args: readonly string[], input: readonly string[] = []): Promise<Run> {
  const written = { out: [] as string[], err: [] as string[] };
  const lines = [...input];
  const code = await runClient([`-datadir=${dir.path()}`, '-regtest', ...args], {
    out: text => written.out.push(text),
    err: text => written.err.push(text),
    readLine: () => lines.shift(),
    isInteractive: false,
  });
  return { code, out: written.out.join('\n'), err: written.err.join('\n') };
}

/** Calls a server with a password that it does not look at. */
export const call = (stub: RpcStub, ...args: string[]) =>
  run([`-rpcport=${stub.port}`, '-rpcpassword=p', ...args]);
/** What a server was asked, as JSON. */
export const requests = (stub: RpcStub) => stub.calls.map(({ body }) => JSON.parse(body) as unknown);
