import type { Reply } from '../jsonrpc.js';

/** An answer with what HTTP has to say of it. */
export interface HttpReply extends Reply {
  /** Undefined for an answer without body. */
  readonly contentType: string | undefined;
  /** Says that user and password are needed. */
  readonly challenge?: boolean;
}

export function emptyReply(status: number): HttpReply {
  return { status, body: undefined, contentType: undefined };
}

export function textReply(status: number, body: string): HttpReply {
  return { status, body, contentType: 'text/plain' };
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  417: 'Expectation Failed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const NO_CONTENT = 204;

/**
 * A whole response.
 *
 * @param idleSeconds how long the connection may stay open without a request; undefined when it is closed
 */
export function responseText(reply: HttpReply, idleSeconds: number | undefined): string {
  const { status, body = '', contentType, challenge = false } = reply;
  let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n`;
  if (status !== NO_CONTENT) head += `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  if (contentType !== undefined) head += `Content-Type: ${contentType}\r\n`;
  if (challenge) head += 'WWW-Authenticate: Basic realm="jsonrpc"\r\n';
  head += `Date: ${dateText()}\r\n`;
  head +=
    idleSeconds === undefined
      ? 'Connection: close\r\n\r\n'
      : `Connection: keep-alive\r\nKeep-Alive: timeout=${idleSeconds}\r\n\r\n`;
  return head + body;
}

let lastSecond = 0;
let lastDate = '';

/** Now, as HTTP writes it; made once a second. */
function dateText(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = new Date(second * 1000).toUTCString();
  }
  return lastDate;
}
