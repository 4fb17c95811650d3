/** Core's log categories (`-debug=<category>`), in the order in which RPC `logging` lists them. */
export const LOG_CATEGORIES = [
  'addrman',
  'bench',
  'blockstorage',
  'cmpctblock',
  'coindb',
  'estimatefee',
  'http',
  'i2p',
  'ipc',
  'leveldb',
  'libevent',
  'mempool',
  'mempoolrej',
  'net',
  'proxy',
  'prune',
  'qt',
  'rand',
  'reindex',
  'rpc',
  'scan',
  'selectcoins',
  'tor',
  'txpackages',
  'txreconciliation',
  'validation',
  'walletdb',
  'zmq',
] as const;

/** A line without a category is always written. */
export type LogCategory = (typeof LOG_CATEGORIES)[number];

/** Where rooms write what happens. Messages are Core's sentences where Core has one. */
export interface Logger {
  /** Unconditional line. */
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Line of a category; written only when the category is on. */
  debug(category: LogCategory, message: string): void;
  /** Finer than debug; written only with `-loglevel=trace`. */
  trace(category: LogCategory, message: string): void;
  /** Tells whether a debug line would be written, for messages that are costly to build. */
  enabled(category: LogCategory): boolean;
}

/** Writes nothing. */
export const silentLogger: Logger = {
  info: () => {},
  warn: () => {},
  error: () => {},
  debug: () => {},
  trace: () => {},
  enabled: () => false,
};
