import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as the stub got it. */
export interface StubCall {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

export interface StubAnswer {
  readonly status?: number;
  readonly body: string;
}

export interface RpcStub {
  readonly port: number;
  readonly calls: readonly StubCall[];
  stop(): Promise<void>;
}

/** A server on a free port of the loopback that answers as it is told, and remembers what it was asked. */
export async function rpcStub(answer: (call: StubCall) => StubAnswer): Promise<RpcStub> {
  const calls: StubCall[] = [];
  const server = createServer(async (request, response) => {
    const [scheme, encoded = ''] = (request.headers.authorization ?? '').split(' ');
    const authorization = scheme === 'Basic' ? Buffer.from(encoded, 'base64').toString('utf8') : '';
    const call = { path: request.url ?? '', authorization, body: await bodyOf(request) };
    calls.push(call);
    const { status = 200, body } = answer(call);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, calls, stop: () => close(server) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise(resolve => server.close(() => resolve()));
}
