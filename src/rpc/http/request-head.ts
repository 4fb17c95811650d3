/** What was received is no HTTP/1.1, or goes beyond what is taken: the connection is good for nothing more. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(readonly status: 400 | 413 | 417) {
    super(`HTTP ${status}`);
  }
}

/** The part of a request before its body. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** The client leaves the connection open for more requests. */
  readonly keepAlive: boolean;
  /** Value of the header `Authorization`. */
  readonly authorization: string | undefined;
  /** The body comes only when it is asked for. */
  readonly expectsContinue: boolean;
}

/** How a body says where it ends: its bytes are told before, or it comes in chunks. */
export type Framing = number | 'chunked';

const REQUEST_LINE = /^([A-Z]+) ([\x21-\x7e]+) HTTP\/1\.([01])$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * Reads request line and headers.
 *
 * @param text without the empty line at its end
 * @throws HttpError for what is not allowed, or could be read in more than one way
 */
export function parseHead(text: string): { readonly head: RequestHead; readonly framing: Framing } {
  const lines = text.split('\r\n');
  const [, method, target, minor] = REQUEST_LINE.exec(lines[0] ?? '') ?? [];
  if (method === undefined || target === undefined) throw new HttpError(400);
  let authorization: string | undefined;
  let connection = '';
  let length: number | undefined;
  let encoding: string | undefined;
  let expectation: string | undefined;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || !HEADER_NAME.test(name)) throw new HttpError(400);
    const value = line.slice(colon + 1).trim();
    switch (name) {
      case 'authorization':
        authorization ??= value;
        break;
      case 'connection':
        connection += `,${value.toLowerCase()}`;
        break;
      case 'content-length':
        length = parseLength(value, length);
        break;
      case 'transfer-encoding':
        encoding = encoding === undefined ? value.toLowerCase() : `${encoding},${value}`;
        break;
      case 'expect':
        expectation = value.toLowerCase();
        break;
      default:
    }
  }
  if (encoding !== undefined && (encoding !== 'chunked' || length !== undefined)) throw new HttpError(400);
  if (expectation !== undefined && expectation !== '100-continue') throw new HttpError(417);
  const isFirstVersion = minor === '0';
  return {
    head: {
      method,
      target,
      keepAlive: isFirstVersion ? hasToken(connection, 'keep-alive') : !hasToken(connection, 'close'),
      authorization,
      expectsContinue: expectation !== undefined && !isFirstVersion,
    },
    framing: encoding === undefined ? (length ?? 0) : 'chunked',
  };
}

function parseLength(value: string, before: number | undefined): number {
  if (!/^[0-9]{1,15}$/.test(value)) throw new HttpError(400);
  const length = Number(value);
  if (before !== undefined && before !== length) throw new HttpError(400);
  return length;
}

function hasToken(list: string, token: string): boolean {
  return list !== '' && list.split(',').some(item => item.trim() === token);
}
