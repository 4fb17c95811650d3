import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { LabError } from './lab-error.js';
import type { LabErrorCode } from './protocol.js';

/** A block of four million bytes in hex, and what stands around it: no command needs more. */
export const MAX_BODY_BYTES = 8_100_000;

const STATUS: Readonly<Record<LabErrorCode, number>> = {
  unauthorized: 401,
  unknown: 404,
  invalid: 400,
  conflict: 409,
  refused: 422,
  limit: 429,
  failed: 500,
};

/** On everything: nothing is guessed about content, kept by a cache, shown in a frame, or told to other sites. */
const SAFE_HEADERS: OutgoingHttpHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
}

export function send(response: ServerResponse, { status, type, body, headers }: Reply): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    ...SAFE_HEADERS,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

export function resultReply(result: unknown): Reply {
  return json(200, { result });
}

/** @param status when it is another than the one that belongs to the code */
export function errorReply(error: LabError, status = STATUS[error.code]): Reply {
  return json(status, { error: error.body });
}

function json(status: number, value: unknown): Reply {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}

/** The JSON in a request's body; an empty object when there is none. @throws LabError */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const tooLong = new LabError('limit', `a request has at most ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLong;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue;
    length += piece.length;
    if (length > MAX_BODY_BYTES) throw tooLong;
    pieces.push(piece);
  }
  if (length === 0) return {};
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new LabError('invalid', 'the body of a request is a JSON object');
  }
}
