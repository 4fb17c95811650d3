/** Version of Blocksmith; held equal to package.json by a test. */
export const VERSION = '0.1.0';

/** What getnetworkinfo's `version` shows: the Bitcoin Core release whose RPC and rules are spoken, 28.1.0. */
export const CLIENT_VERSION = 280100;
