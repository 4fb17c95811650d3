/** Sections of `-help`. */
export type OptionCategory =
  | 'options'
  | 'connection'
  | 'wallet'
  | 'zmq'
  | 'debug'
  | 'chain'
  | 'relay'
  | 'mining'
  | 'rpc'
  | 'cli';

/** One option: what command line, configuration file and help know of it. */
export interface OptionSpec {
  readonly name: string;
  /** Placeholder of the value in help, such as `<n>`; undefined for a switch. */
  readonly value?: string;
  readonly category: OptionCategory;
  readonly help: string;
  /** Shown by -help-debug only. */
  readonly debugOnly?: boolean;
  /** Applies to the network whose section it stands in; ignored in the default section except on mainnet. */
  readonly networkOnly?: boolean;
  /** `-name` without a value is an error. */
  readonly needsValue?: boolean;
  /** `-noname` is an error. */
  readonly noNegation?: boolean;
  /** The value is masked in the log. */
  readonly sensitive?: boolean;
  /** Known to Core and accepted, but without effect here: named in the log when it is used. */
  readonly noEffect?: boolean;
  /** Accepted without being shown anywhere. */
  readonly hidden?: boolean;
}

type Extra = Partial<Omit<OptionSpec, 'name' | 'category' | 'help' | 'value'>>;

function group(category: OptionCategory, rows: readonly (readonly [string, string, Extra?])[]): OptionSpec[] {
  return rows.map(([usage, help, extra = {}]) => {
    const equals = usage.indexOf('=');
    return equals < 0
      ? { name: usage, category, help, ...extra }
      : { name: usage.slice(0, equals), value: usage.slice(equals + 1), category, help, ...extra };
  });
}

const debugOnly = { debugOnly: true } as const;
const networkOnly = { networkOnly: true } as const;
const noEffect = { noEffect: true } as const;

const GENERAL = group('options', [
  ['?', 'Print this help message and exit'],
  ['h', 'Print this help message and exit', { hidden: true }],
  ['help', 'Print this help message and exit', { hidden: true }],
  ['help-debug', 'Print help message with debugging options and exit', debugOnly],
  ['version', 'Print version and exit'],
  ['alertnotify=<cmd>', 'Execute command when an alert is raised (%s in cmd is replaced by message)'],
  ['assumevalid=<hex>', 'Take scripts of this block and its ancestors as checked (0 to check all)'],
  ['blocksdir=<dir>', 'Directory to hold the blocks subdirectory (default: <datadir>)'],
  ['blocksxor', 'XOR block files with a key of their own (default: 1)', debugOnly],
  ['fastprune', 'Use smaller block files, for testing', debugOnly],
  ['blocknotify=<cmd>', 'Execute command when the best block changes (%s in cmd is replaced by block hash)'],
  [
    'blockreconstructionextratxn=<n>',
    'Extra transactions to keep for compact block reconstruction',
    noEffect,
  ],
  ['blocksonly', 'Reject transactions from network peers (default: 0)'],
  ['coinstatsindex', 'Maintain the index used by gettxoutsetinfo (default: 0)', noEffect],
  [
    'conf=<file>',
    'Path of the configuration file, relative to datadir (only on the command line; default: bitcoin.conf)',
  ],
  ['datadir=<dir>', 'Data directory'],
  ['dbbatchsize=<n>', 'Largest database write batch in bytes (default: 16777216)', debugOnly],
  ['dbcache=<n>', 'Database cache size in MiB (4 to 16384, default: 450)'],
  ['includeconf=<file>', 'Another configuration file, relative to datadir (only in the configuration file)'],
  ['allowignoredconf', 'Treat an unused bitcoin.conf in the data directory as a warning (default: 0)'],
  ['loadblock=<file>', 'Import blocks from an external file at start'],
  ['maxmempool=<n>', 'Keep the mempool below this many megabytes (default: 300)'],
  ['maxorphantx=<n>', 'Keep at most this many unconnectable transactions (default: 100)'],
  ['mempoolexpiry=<n>', 'Drop transactions from the mempool after this many hours (default: 336)'],
  ['minimumchainwork=<hex>', 'Least work of a valid chain, in hex'],
  ['par=<n>', 'Script check threads (0 = auto, <0 = leave that many cores free, default: 0)'],
  ['persistmempool', 'Save the mempool on shutdown and load it at start (default: 1)'],
  ['persistmempoolv1', 'Write mempool.dat in the old format (default: 0)'],
  ['pid=<file>', 'Process id file, relative to the network data directory (default: bitcoind.pid)'],
  ['prune=<n>', 'Delete old block files (0 = keep, 1 = by RPC, >=550 = target size in MiB)', noEffect],
  ['reindex', 'Wipe chain state and block index and rebuild them from the block files'],
  ['reindex-chainstate', 'Wipe chain state and rebuild it from the block files'],
  ['settings=<file>', 'Path of the settings file written at run time (default: settings.json)'],
  ['startupnotify=<cmd>', 'Execute command on startup'],
  ['shutdownnotify=<cmd>', 'Execute command before shutdown begins'],
  ['txindex', 'Maintain a full transaction index (default: 0)', noEffect],
  ['blockfilterindex=<type>', 'Maintain an index of compact block filters', noEffect],
  ['daemon', 'Run in the background', noEffect],
  ['daemonwait', 'Wait for start-up before going to the background', noEffect],
]);

const CONNECTION = group('connection', [
  ['addnode=<ip>', 'Connect to this node and keep the connection open; may be repeated', networkOnly],
  ['asmap=<file>', 'AS map used for bucketing of peers', noEffect],
  ['bantime=<n>', 'Default duration of manual bans in seconds (default: 86400)'],
  [
    'bind=<addr>[:<port>][=onion]',
    'Listen on this address; may be repeated (default: 0.0.0.0 and ::)',
    networkOnly,
  ],
  ['cjdnsreachable', 'This host reaches CJDNS', noEffect],
  [
    'connect=<ip>',
    'Connect only to this node; 0 disables automatic connections; may be repeated',
    networkOnly,
  ],
  ['discover', 'Discover own IP addresses'],
  ['dns', 'Allow DNS look-ups for -addnode, -seednode and -connect (default: 1)'],
  ['dnsseed', 'Query DNS seeds for peers when low on addresses (default: 1 unless -connect is used)'],
  ['externalip=<ip>', 'Own public address to announce'],
  ['fixedseeds', 'Allow fixed seeds when DNS seeds give none'],
  ['forcednsseed', 'Always query DNS seeds (default: 0)'],
  ['listen', 'Accept connections from outside (default: 1 unless -connect or -maxconnections=0 is used)'],
  ['listenonion', 'Create a Tor onion service', noEffect],
  ['maxconnections=<n>', 'Automatic connections to keep at most (default: 125)'],
  ['maxreceivebuffer=<n>', 'Receive buffer per connection in 1000 bytes (default: 5000)'],
  ['maxsendbuffer=<n>', 'Send buffer per connection in 1000 bytes (default: 1000)'],
  [
    'maxuploadtarget=<n>',
    'Keep outbound traffic under this target per 24 h (MiB, or with suffix k K m M g G t T; 0 = no limit)',
  ],
  ['onion=<ip:port>', 'SOCKS5 proxy for onion services (not supported yet: refused)'],
  ['i2psam=<ip:port>', 'I2P SAM proxy (not supported yet: refused)'],
  ['i2pacceptincoming', 'Accept inbound I2P connections', noEffect],
  ['onlynet=<net>', 'Make automatic outbound connections to this network only'],
  ['v2transport', 'Support the encrypted v2 transport', noEffect],
  ['peerbloomfilters', 'Serve Bloom filters to peers', noEffect],
  ['peerblockfilters', 'Serve compact block filters to peers', noEffect],
  ['txreconciliation', 'Enable transaction reconciliation', { ...debugOnly, noEffect: true }],
  [
    'port=<port>',
    'Listen for peers on this port (defaults: 8333, 18333, 48333, 38333, regtest 18444)',
    networkOnly,
  ],
  ['proxy=<ip:port>', 'Connect through a SOCKS5 proxy (not supported yet: refused)', { needsValue: true }],
  ['proxyrandomize', 'Randomise proxy credentials', noEffect],
  ['seednode=<ip>', 'Connect to this node for addresses, then disconnect; may be repeated'],
  ['networkactive', 'Enable all P2P activity (default: 1)'],
  ['timeout=<n>', 'Socket connection time-out in milliseconds (default: 5000)'],
  ['peertimeout=<n>', 'Seconds after which an idle new connection may be dropped (default: 60)', debugOnly],
  ['torcontrol=<ip>:<port>', 'Tor control address', noEffect],
  ['torpassword=<pass>', 'Tor control password', { noEffect: true, sensitive: true }],
  ['upnp', 'Map the listening port by UPnP', noEffect],
  ['natpmp', 'Map the listening port by NAT-PMP', noEffect],
  ['whitebind=<[permissions@]addr>', 'Listen on this address and give peers there the permissions'],
  ['whitelist=<[permissions@]IP or network>', 'Give peers from these addresses the permissions'],
]);

const WALLET = group('wallet', [
  ['addresstype=<type>', 'Addresses to give out: legacy, p2sh-segwit, bech32 or bech32m (default: bech32)'],
  ['avoidpartialspends', 'Group outputs by address when spending (default: 0)'],
  ['changetype=<type>', 'Type of change outputs (default: as the payment)'],
  ['consolidatefeerate=<amt>', 'Feerate up to which more inputs than needed may be used'],
  ['disablewallet', 'Do not load wallets and disable wallet calls'],
  ['discardfee=<amt>', 'Feerate that says when change is not worth having (default: 0.0001)'],
  ['fallbackfee=<amt>', 'Feerate used while there is no estimate; 0 refuses to send (default: 0)'],
  ['keypool=<n>', 'Keys to derive ahead (default: 1000)'],
  ['maxapsfee=<n>', 'Extra fee to pay for avoiding partial spends'],
  ['maxtxfee=<amt>', 'Highest total fee of a wallet transaction (default: 0.1)'],
  ['mintxfee=<amt>', 'Lowest feerate of a wallet transaction (default: 0.00001)'],
  ['paytxfee=<amt>', 'Feerate of wallet transactions (default: 0, estimate)'],
  ['signer=<cmd>', 'External signing tool', noEffect],
  ['spendzeroconfchange', 'Spend unconfirmed change (default: 1)'],
  ['txconfirmtarget=<n>', 'Confirm within this many blocks on average (default: 6)'],
  ['wallet=<path>', 'Wallet to load at start; may be repeated', networkOnly],
  ['walletbroadcast', 'Broadcast wallet transactions (default: 1)'],
  ['walletdir=<dir>', 'Directory of wallets (default: <datadir>/wallets)', networkOnly],
  ['walletnotify=<cmd>', 'Execute command when a wallet transaction changes', noEffect],
  ['walletrbf', 'Signal replaceability (default: 1)'],
  ['dblogsize=<n>', 'Database log size', { hidden: true, noEffect: true }],
  ['flushwallet', 'Flush wallets periodically', { hidden: true, noEffect: true }],
  ['privdb', 'Private database environment', { hidden: true, noEffect: true }],
  ['swapbdbendian', 'Swap database byte order', { hidden: true, noEffect: true }],
  ['unsafesqlitesync', 'Do not wait for wallet data to reach the disk', debugOnly],
  [
    'walletrejectlongchains',
    'Refuse to build transactions over mempool chain limits (default: 1)',
    debugOnly,
  ],
  ['walletcrosschain', 'Allow wallet files of other networks (default: 0)', { ...debugOnly, noEffect: true }],
]);

const ZMQ = group(
  'zmq',
  ['hashblock', 'hashtx', 'rawblock', 'rawtx', 'sequence'].flatMap(topic => [
    [`zmqpub${topic}=<address>`, `Publish ${topic} at this address`, noEffect] as const,
    [`zmqpub${topic}hwm=<n>`, `High water mark of ${topic} messages`, noEffect] as const,
  ]),
);

const DEBUG = group('debug', [
  ['checkblocks=<n>', 'Blocks to check at start (default: 6, 0 = all)', debugOnly],
  ['checklevel=<n>', 'How thorough that check is (0 to 4, default: 3)', debugOnly],
  ['checkblockindex=<n>', 'Check the block tree every n operations (default: 0, regtest: 1)', debugOnly],
  ['checkaddrman=<n>', 'Check the address manager every n operations', { ...debugOnly, noEffect: true }],
  ['checkmempool=<n>', 'Check the mempool every n transactions', debugOnly],
  ['checkpoints', 'Refuse forks from the known chain before the last checkpoint (default: 1)', debugOnly],
  ['deprecatedrpc=<method>', 'Allow a deprecated RPC method', debugOnly],
  ['stopafterblockimport', 'Stop after importing blocks from disk (default: 0)', debugOnly],
  ['stopatheight=<n>', 'Stop after reaching this height (default: 0)', debugOnly],
  [
    'limitancestorcount=<n>',
    'Most in-mempool ancestors of a transaction, with itself (default: 25)',
    debugOnly,
  ],
  ['limitancestorsize=<n>', 'Their size in kilobytes (default: 101)', debugOnly],
  [
    'limitdescendantcount=<n>',
    'Most in-mempool descendants of a transaction, with itself (default: 25)',
    debugOnly,
  ],
  ['limitdescendantsize=<n>', 'Their size in kilobytes (default: 101)', debugOnly],
  ['test=<option>', 'Test-only option', { ...debugOnly, noEffect: true }],
  ['capturemessages', 'Capture all P2P messages to disk', debugOnly],
  ['mocktime=<n>', 'Replace the time by this Unix time (default: 0)', debugOnly],
  ['maxsigcachesize=<n>', 'Size of signature and script caches in MiB (default: 32)', debugOnly],
  ['maxtipage=<n>', 'Age of the tip in seconds that counts as initial download (default: 86400)', debugOnly],
  ['printpriority', 'Log feerates when assembling blocks (default: 0)', { ...debugOnly, noEffect: true }],
  ['uacomment=<cmt>', 'Comment in the user agent; may be repeated'],
  ['debug=<category>', 'Write debug lines of a category (or 1 for all); may be repeated'],
  ['debugexclude=<category>', 'Leave a category out again; may be repeated'],
  ['debuglogfile=<file>', 'Debug log, relative to the network data directory (default: debug.log)'],
  ['logips', 'Write IP addresses to the log (default: 0)'],
  [
    'loglevel=<level>|<category>:<level>',
    'Least level of debug lines: info, debug, trace (default: debug)',
    { ...debugOnly, noNegation: true, needsValue: true },
  ],
  ['logtimestamps', 'Begin log lines with the time (default: 1)'],
  ['logthreadnames', 'Name the thread in log lines (default: 0)'],
  ['logsourcelocations', 'Name the source in log lines (default: 0)', noEffect],
  ['logtimemicros', 'Microseconds in log times (default: 0)', debugOnly],
  ['loglevelalways', 'Always write category and level (default: 0)'],
  ['printtoconsole', 'Write the log to the console (default: 1 when not -daemon)'],
  ['shrinkdebugfile', 'Shorten debug.log at start (default: 1 without -debug)'],
]);

const CHAIN = group('chain', [
  ['chain=<chain>', 'Network: main, test, testnet4, signet or regtest (default: main)'],
  ['regtest', 'Regression test network; as -chain=regtest'],
  ['testnet', 'Test network, version 3; as -chain=test'],
  ['testnet4', 'Test network, version 4; as -chain=testnet4'],
  ['signet', 'Signet; as -chain=signet'],
  [
    'testactivationheight=name@height',
    'Activation height of segwit, bip34, dersig, cltv or csv (regtest)',
    debugOnly,
  ],
  ['vbparams=deployment:start:end[:min_activation_height]', 'Version bits parameters (regtest)', debugOnly],
  ['signetchallenge=<hex>', 'Script that signs the blocks of a signet of your own', { noNegation: true }],
  ['signetseednode=<host>', 'Seed node of that signet', { noNegation: true }],
]);

const RELAY = group('relay', [
  ['acceptnonstdtxn', 'Relay non-standard transactions (test networks only; default: 0)', debugOnly],
  ['incrementalrelayfee=<amt>', 'Feerate step of replacement and eviction (default: 0.00001)', debugOnly],
  ['dustrelayfee=<amt>', 'Feerate that defines dust (default: 0.00003)', debugOnly],
  ['acceptstalefeeestimates', 'Read fee estimates even if stale (regtest only; default: 0)', debugOnly],
  ['bytespersigop=<n>', 'Bytes that a signature operation counts as (default: 20)'],
  ['datacarrier', 'Relay data carrier transactions (default: 1)'],
  ['datacarriersize=<n>', 'Their largest data output in bytes (default: 83)'],
  ['mempoolfullrbf', 'Replace without asking for a signal (default: 1)'],
  ['permitbaremultisig', 'Relay bare multisig outputs (default: 1)'],
  ['minrelaytxfee=<amt>', 'Lowest feerate relayed (default: 0.00001)'],
  ['whitelistforcerelay', 'Permission forcerelay for whitelisted peers (default: 0)'],
  ['whitelistrelay', 'Permission relay for whitelisted peers (default: 1)'],
]);

const MINING = group('mining', [
  ['blockmaxweight=<n>', 'Largest weight of blocks we make (default: 3996000)'],
  ['blockmintxfee=<amt>', 'Lowest feerate taken into blocks we make (default: 0.00001)'],
  ['blockversion=<n>', 'Version of blocks we make, for testing', debugOnly],
]);

const RPC = group('rpc', [
  ['rest', 'Accept public REST requests (default: 0)', noEffect],
  ['rpcallowip=<ip>', 'Allow RPC from this address or network; may be repeated'],
  [
    'rpcauth=<userpw>',
    'User, salt and hashed password: <user>:<salt>$<hash>; may be repeated',
    { sensitive: true },
  ],
  ['rpcbind=<addr>[:port]', 'Listen for RPC on this address; needs -rpcallowip', networkOnly],
  ['rpcdoccheck', 'Check results against their documentation (default: 0)', { ...debugOnly, noEffect: true }],
  ['rpccookiefile=<loc>', 'Cookie file (default: .cookie in the network data directory)'],
  ['rpccookieperms=<readable-by>', 'Who may read the cookie: owner, group or all (default: owner)'],
  ['rpcpassword=<pw>', 'Password for RPC', { sensitive: true }],
  [
    'rpcport=<port>',
    'Listen for RPC on this port (defaults: 8332, 18332, 48332, 38332, regtest 18443)',
    networkOnly,
  ],
  ['rpcservertimeout=<n>', 'Time-out of HTTP requests in seconds (default: 30)', debugOnly],
  ['rpcthreads=<n>', 'Calls served at once (default: 16)'],
  ['rpcuser=<user>', 'User name for RPC', { sensitive: true }],
  ['rpcwhitelist=<whitelist>', 'Methods a user may call: <user>:<method>,<method>,…'],
  ['rpcwhitelistdefault', 'Whether users without a whitelist may call nothing'],
  ['rpcworkqueue=<n>', 'Depth of the queue of waiting calls (default: 64)', debugOnly],
  ['server', 'Accept JSON-RPC calls'],
]);

/** Options of Core's that have nothing to act on here: its desktop program's, and two for tests of its database. */
const FOREIGN = group(
  'options',
  [
    'choosedatadir',
    'dbcrashratio',
    'forcecompactdb',
    'lang=<lang>',
    'min',
    'resetguisettings',
    'splash',
    'uiplatform',
  ].map(usage => [usage, 'Known to Bitcoin Core only', { hidden: true, noEffect: true }] as const),
);

/** Every option of the daemon. */
export const DAEMON_OPTIONS: readonly OptionSpec[] = [
  ...GENERAL,
  ...CONNECTION,
  ...WALLET,
  ...ZMQ,
  ...DEBUG,
  ...CHAIN,
  ...RELAY,
  ...MINING,
  ...RPC,
  ...FOREIGN,
];

/** Options of the RPC client beside those it shares with the daemon. */
const CLIENT_ONLY = group('cli', [
  ['?', 'Print this help message and exit'],
  ['h', 'Print this help message and exit', { hidden: true }],
  ['help', 'Print this help message and exit', { hidden: true }],
  ['version', 'Print version and exit'],
  ['conf=<file>', 'Configuration file, relative to datadir (default: bitcoin.conf)'],
  ['datadir=<dir>', 'Data directory'],
  ['generate', 'Generate blocks: the call generatetoaddress to a new address; arguments: blocks, tries'],
  ['addrinfo', 'Number of known addresses by network'],
  ['getinfo', 'General information of the node and its wallets'],
  ['netinfo=<level>', 'Table of peers, 0 (default) to 4; "help" explains it'],
  ['named', 'Pass arguments by name (default: 0)'],
  ['rpcclienttimeout=<n>', 'Time-out of a call in seconds, 0 for none (default: 900)'],
  ['rpcconnect=<ip>', 'Node to talk to (default: 127.0.0.1)'],
  ['rpccookiefile=<loc>', 'Cookie file'],
  ['rpcpassword=<pw>', 'Password for RPC'],
  ['rpcport=<port>', 'Port of the node', networkOnly],
  ['rpcuser=<user>', 'User name for RPC'],
  ['rpcwait', 'Wait for the node to start'],
  ['rpcwaittimeout=<n>', 'Seconds to wait at most, 0 for ever (default: 0)', { noNegation: true }],
  ['rpcwallet=<walletname>', 'Wallet that calls are sent to'],
  ['stdin', 'Read more arguments from standard input, one a line'],
  ['stdinrpcpass', 'Read the RPC password from standard input'],
  ['stdinwalletpassphrase', 'Read the wallet passphrase from standard input'],
  [
    'color=<when>',
    'Colour of -netinfo and -getinfo: always, auto, never (default: auto)',
    { noNegation: true },
  ],
]);

export const CLIENT_OPTIONS: readonly OptionSpec[] = [...CLIENT_ONLY, ...CHAIN];
