import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { isAbsolute, join } from 'node:path';
import { chainParams } from '../../consensus/networks.js';
import { splitHostPort } from '../../net/address/endpoint.js';
import type { Settings } from '../../node/options/settings.js';

/** The server could not be reached or is not ready: worth trying again. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
}

/** What stands for a port that is not given; no server can have it. */
const NO_PORT = 0;

/** Seconds a call may take, unless -rpcclienttimeout says otherwise. */
const DEFAULT_TIMEOUT_SECONDS = 900;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** `user:password`, undefined when neither password nor cookie was found. */
  readonly credentials: string | undefined;
  readonly timeoutSeconds: number;
  readonly configFile: string;
}

/**
 * Where and as whom to call, by options, configuration file and cookie.
 *
 * @param warn takes what is odd about the options
 * @throws Error with Core's text on a port that is none
 */
export function resolveEndpoint(
  settings: Settings,
  dataDir: string,
  configFile: string,
  warn: (text: string) => void,
): Endpoint {
  const params = chainParams(settings.chain());
  const { host, port } = hostAndPort(settings, params.defaultRpcPort, warn);
  const password = settings.text('rpcpassword') ?? '';
  const cookie = settings.path('rpccookiefile') || '.cookie';
  const cookieFile = isAbsolute(cookie) ? cookie : join(dataDir, params.dataDir, cookie);
  return {
    host,
    port,
    credentials: password === '' ? readCookie(cookieFile) : `${settings.text('rpcuser') ?? ''}:${password}`,
    timeoutSeconds: settings.int('rpcclienttimeout', DEFAULT_TIMEOUT_SECONDS),
    configFile,
  };
}

/** -rpcport goes before a port in -rpcconnect, that before the network's default. */
function hostAndPort(
  settings: Settings,
  defaultPort: number,
  warn: (text: string) => void,
): { host: string; port: number } {
  const connect = settings.text('rpcconnect') ?? '127.0.0.1';
  const { host, port: connectPort, valid } = splitHostPort(connect, NO_PORT);
  if (!valid) throw new Error(`Invalid port provided in -rpcconnect: ${connect}`);
  const option = settings.text('rpcport');
  if (option === undefined) return { host, port: connectPort === NO_PORT ? defaultPort : connectPort };
  const port = validPort(option);
  if (port === undefined) throw new Error(`Invalid port provided in -rpcport: ${option}`);
  if (connectPort !== NO_PORT) {
    warn(`Warning: Port specified in both -rpcconnect and -rpcport. Using -rpcport ${port}`);
  }
  return { host, port };
}

function validPort(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port > 0 && port <= 65535 ? port : undefined;
}

function readCookie(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n', 1)[0];
  } catch {
    return undefined;
  }
}

/**
 * Sends one HTTP request and gives back the JSON text of the answer.
 *
 * @param walletName sends the call to this wallet's endpoint
 * @throws ConnectionFailed when there is no server; Error with Core's texts for HTTP failures
 */
export async function post(
  endpoint: Endpoint,
  body: string,
  walletName: string | undefined,
): Promise<string> {
  const { status, text } = await send(endpoint, body, walletName);
  if (status === 401) {
    throw new Error(
      endpoint.credentials === undefined
        ? `Could not locate RPC credentials. No authentication cookie could be found, and RPC password is not set.  See -rpcpassword and -stdinrpcpass.  Configuration file: (${endpoint.configFile})`
        : 'Authorization failed: Incorrect rpcuser or rpcpassword',
    );
  }
  if (status === 503) throw new Error(`Server response: ${text}`);
  if (status >= 400 && status !== 400 && status !== 404 && status !== 500) {
    throw new Error(`server returned HTTP error ${status}`);
  }
  if (text === '') throw new Error('no response from server');
  try {
    JSON.parse(text);
  } catch {
    throw new Error("couldn't parse reply from server");
  }
  return text.trim();
}

function send(
  endpoint: Endpoint,
  body: string,
  walletName: string | undefined,
): Promise<{ status: number; text: string }> {
  const path = walletName === undefined ? '/' : `/wallet/${encodeURIComponent(walletName)}`;
  const authorization = `Basic ${Buffer.from(endpoint.credentials ?? '', 'utf8').toString('base64')}`;
  return new Promise((resolve, reject) => {
    const fail = (detail: string) =>
      reject(
        new ConnectionFailed(
          `Could not connect to the server ${endpoint.host}:${endpoint.port}${detail}\n\n` +
            'Make sure the blocksmithd server is running and that you are connecting to the correct RPC port.\n' +
            'Use "blocksmith-cli -help" for more info.',
        ),
      );
    const call = request(
      {
        host: endpoint.host,
        port: endpoint.port,
        path,
        method: 'POST',
        headers: {
          Connection: 'close',
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          Authorization: authorization,
        },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', error => fail(` (${error.message})`));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    if (endpoint.timeoutSeconds > 0) {
      call.setTimeout(endpoint.timeoutSeconds * 1000, () => call.destroy(new Error('timeout reached')));
    }
    call.on('error', error => fail(` (${error.message})`));
    call.end(body);
  });
}
