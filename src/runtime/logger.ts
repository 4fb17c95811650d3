/** Core's log categories (`-debug=<category>`); a line without a category is always written. */
export type LogCategory =
  | 'net'
  | 'tor'
  | 'mempool'
  | 'http'
  | 'bench'
  | 'zmq'
  | 'walletdb'
  | 'rpc'
  | 'estimatefee'
  | 'addrman'
  | 'selectcoins'
  | 'reindex'
  | 'cmpctblock'
  | 'rand'
  | 'prune'
  | 'proxy'
  | 'mempoolrej'
  | 'libevent'
  | 'coindb'
  | 'qt'
  | 'leveldb'
  | 'validation'
  | 'i2p'
  | 'ipc'
  | 'lock'
  | 'blockstorage'
  | 'txreconciliation'
  | 'scan'
  | 'txpackages';

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
