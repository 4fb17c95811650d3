import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The only address that a lab listens on. */
export const LAB_HOST = '127.0.0.1';

/** 128 bits: nobody guesses that, however often. */
const TOKEN_BYTES = 16;

/** A new token, as hex. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('hex');
}

/** Decides who may talk to a lab. */
export class Access {
  private readonly digest: Buffer;

  constructor(readonly token: string) {
    this.digest = digestOf(token);
  }

  /** Whether this is the token; takes the same time for all that it is not. */
  isToken(text: unknown): boolean {
    return typeof text === 'string' && timingSafeEqual(digestOf(text), this.digest);
  }

  /** Whether a request has the token in its `Authorization` header. */
  isAuthorized(request: IncomingMessage): boolean {
    const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    return this.isToken(given);
  }
}

/**
 * Whether a request was made to this server under its own name. A page from elsewhere that has its name point to
 * 127.0.0.1 (DNS rebinding) sends that name along, and a page of another origin its origin.
 */
export function isOwnName({ headers }: IncomingMessage, port: number): boolean {
  const hosts = [`${LAB_HOST}:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  if (!hosts.includes(host.toLowerCase())) return false;
  return origin === undefined || hosts.some(own => origin === `http://${own}`);
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
