import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { StartError } from '../runtime/errors.js';

const COOKIE_USER = '__cookie__';
const COOKIE_SECRET_BYTES = 32;

const START_FAILED = 'Unable to start HTTP server. See debug log for details.';

export interface RpcAuthOptions {
  /** `-rpcuser` and `-rpcpassword`; without a password a cookie file is written. */
  readonly user: string;
  readonly password: string;
  /** `-rpcauth` values: `user:salt$hmac`. */
  readonly rpcAuth: readonly string[];
  /** Path of the cookie file; undefined where there is none, so that only users with passwords get in. */
  readonly cookieFile: string | undefined;
  /** File mode of the cookie. */
  readonly cookieMode: number;
}

interface HashedUser {
  readonly user: string;
  readonly salt: string;
  readonly hmac: string;
}

/** Knows who may talk to the RPC server. */
export class RpcAuth {
  /** Undefined while nobody may come in with them. */
  private credentials: string | undefined;
  private readonly users: readonly HashedUser[];

  constructor(private readonly options: RpcAuthOptions) {
    this.users = options.rpcAuth.filter(value => value !== '').map(parseRpcAuth);
  }

  /**
   * Writes the cookie file, first under a temporary name so that nobody reads half of it.
   *
   * @throws StartError when it cannot be written
   */
  start(): void {
    const { user, password, cookieFile, cookieMode } = this.options;
    if (password !== '') {
      this.credentials = `${user}:${password}`;
      return;
    }
    if (cookieFile === undefined) return;
    this.credentials = `${COOKIE_USER}:${randomBytes(COOKIE_SECRET_BYTES).toString('hex')}`;
    const temporary = `${cookieFile}.tmp`;
    try {
      writeFileSync(temporary, this.credentials, { mode: cookieMode });
      chmodSync(temporary, cookieMode);
      renameSync(temporary, cookieFile);
    } catch {
      throw new StartError(START_FAILED);
    }
  }

  stop(): void {
    const { password, cookieFile } = this.options;
    if (password === '' && cookieFile !== undefined) rmSync(cookieFile, { force: true });
  }

  /** User name of a valid `Authorization` header, undefined when it is not valid. */
  authorize(header: string): string | undefined {
    if (!header.startsWith('Basic ')) return undefined;
    const given = Buffer.from(header.slice(6).trim(), 'base64').toString('utf8');
    const colon = given.indexOf(':');
    if (colon < 0) return undefined;
    const user = given.slice(0, colon);
    if (this.credentials !== undefined && equalInConstantTime(given, this.credentials)) return user;
    const password = given.slice(colon + 1);
    const known = this.users.some(
      entry =>
        equalInConstantTime(entry.user, user) &&
        equalInConstantTime(createHmac('sha256', entry.salt).update(password).digest('hex'), entry.hmac),
    );
    return known ? user : undefined;
  }
}

function parseRpcAuth(value: string): HashedUser {
  const match = /^([^:]*):([^$:]*)\$([^$:]*)$/.exec(value);
  const [, user, salt, hmac] = match ?? [];
  if (user === undefined || salt === undefined || hmac === undefined) {
    throw new StartError(START_FAILED);
  }
  return { user, salt, hmac };
}

function equalInConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a, 'utf8');
  const right = Buffer.from(b, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}
