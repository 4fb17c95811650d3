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
  ['?', 'Show this text'],
  ['h', 'Show this text', { hidden: true }],
  ['help', 'Show this text', { hidden: true }],
  ['help-debug', 'Show this text with the options for debugging', debugOnly],
  ['version', 'Show the version'],
  ['alertnotify=<cmd>', 'Command to run for each warning; %s stands for its text'],
  ['assumevalid=<hex>', 'Take scripts of this block and its ancestors as checked (0 to check all)'],
  ['blocksdir=<dir>', 'Directory to hold the blocks subdirectory (default: <datadir>)'],
  ['blocksxor', 'XOR block files with a key of their own (default: 1)', debugOnly],
  ['fastprune', 'Small block files, for tests', debugOnly],
  ['blocknotify=<cmd>', 'Command to run for each new tip; %s stands for its hash'],
  [
    'blockreconstructionextratxn=<n>',
    'Transactions outside the mempool that compact blocks may be filled from',
    noEffect,
  ],
  ['blocksonly', 'Take no transactions from peers (default: 0)'],
  ['coinstatsindex', 'Index figures of the UTXO set by block, for gettxoutsetinfo (default: 0)', noEffect],
  [
    'conf=<file>',
    'Path of the configuration file, relative to datadir (only on the command line; default: bitcoin.conf)',
  ],
  ['datadir=<dir>', 'Data directory'],
  ['dbbatchsize=<n>', 'Largest database write batch in bytes (default: 65536)', debugOnly],
  ['dbcache=<n>', 'Database cache size in MiB (4 to 16384, default: 450)'],
  ['includeconf=<file>', 'Configuration file to read as well, relative to datadir (not on the command line)'],
  ['allowignoredconf', 'Treat an unused bitcoin.conf in the data directory as a warning (default: 0)'],
  ['loadblock=<file>', 'Import blocks from an external file at start'],
  ['maxmempool=<n>', 'Keep the mempool below this many megabytes (default: 300)'],
  ['maxorphantx=<n>', 'Transactions with unknown parents to hold at most (default: 100)'],
  ['mempoolexpiry=<n>', 'Drop transactions from the mempool after this many hours (default: 336)'],
  ['minimumchainwork=<hex>', 'Work in hex below which a chain is not followed'],
  ['par=<n>', 'Threads that check scripts; 0 picks a number, -n spares n cores (default: 0)'],
  ['persistmempool', 'Carry the mempool over restarts in mempool.dat (default: 1)'],
  ['persistmempoolv1', 'Write mempool.dat in the old format (default: 0)'],
  ['pid=<file>', 'Process id file, relative to the network data directory (default: bitcoind.pid)'],
  ['prune=<n>', 'Delete old block files (0 = keep, 1 = by RPC, >=550 = target size in MiB; default: 0)'],
  ['reindex', 'Build block index and chain state anew from the block files; a snapshot in use is forgotten'],
  [
    'reindex-chainstate',
    'Build only the chain state anew from the blocks on disk; a snapshot in use is forgotten',
  ],
  ['settings=<file>', 'Path of the settings file written at run time (default: settings.json)'],
  ['startupnotify=<cmd>', 'Command to run once the node is up'],
  ['shutdownnotify=<cmd>', 'Command to run as shutdown begins'],
  ['txindex', 'Index all transactions by txid (default: 0)', noEffect],
  ['blockfilterindex=<type>', 'Index block filters (BIP 158)', noEffect],
  ['daemon', 'Start as a background process', noEffect],
  ['daemonwait', 'As -daemon, once start-up is done', noEffect],
]);

const CONNECTION = group('connection', [
  ['addnode=<ip>', 'Connect to this node and keep the connection open; may be repeated', networkOnly],
  ['asmap=<file>', 'Map of addresses to autonomous systems, to spread peers over them', noEffect],
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
  ['discover', "Find out this host's own addresses"],
  ['dns', 'Resolve host names given by -addnode, -connect and -seednode (default: 1)'],
  ['dnsseed', 'Ask DNS seeds while few addresses are known (default: 1, with -connect 0)'],
  ['externalip=<ip>', 'Own public address to announce'],
  ['fixedseeds', 'Allow fixed seeds when DNS seeds give none'],
  ['forcednsseed', 'Ask DNS seeds at every start (default: 0)'],
  ['listen', 'Let peers connect to us (default: 1; 0 with -connect or -maxconnections=0)'],
  ['listenonion', 'Create a Tor onion service', noEffect],
  ['maxconnections=<n>', 'Automatic connections to keep at most (default: 125)'],
  ['maxreceivebuffer=<n>', 'Receive buffer per connection in 1000 bytes (default: 5000)'],
  ['maxsendbuffer=<n>', 'Send buffer per connection in 1000 bytes (default: 1000)'],
  [
    'maxuploadtarget=<n>',
    'Bytes to send in 24 h as a target, in MiB or with a unit k K m M g G t T; 0 sets none',
  ],
  ['onion=<ip:port>', 'SOCKS5 proxy for onion services (not supported yet: refused)'],
  ['i2psam=<ip:port>', 'I2P SAM proxy (not supported yet: refused)'],
  ['i2pacceptincoming', 'Let peers connect over I2P', noEffect],
  ['onlynet=<net>', 'Network that automatic connections keep to; may be repeated'],
  ['v2transport', 'Support the encrypted v2 transport', noEffect],
  ['peerbloomfilters', 'Filter for peers by BIP 37', noEffect],
  ['peerblockfilters', "Answer peers' requests for block filters (BIP 157)", noEffect],
  ['txreconciliation', 'Enable transaction reconciliation', { ...debugOnly, noEffect: true }],
  [
    'port=<port>',
    'Listen for peers on this port (defaults: 8333, 18333, 48333, 38333, regtest 18444)',
    networkOnly,
  ],
  ['proxy=<ip:port>', 'Connect through a SOCKS5 proxy (not supported yet: refused)', { needsValue: true }],
  ['proxyrandomize', 'Randomise proxy credentials', noEffect],
  ['seednode=<ip>', 'Connect to this node for addresses, then disconnect; may be repeated'],
  ['networkactive', 'Begin with networking on (default: 1)'],
  ['timeout=<n>', 'Milliseconds to wait for a connection (default: 5000)'],
  ['peertimeout=<n>', 'Seconds after which an idle new connection may be dropped (default: 60)', debugOnly],
  ['torcontrol=<ip>:<port>', 'Tor control address', noEffect],
  ['torpassword=<pass>', 'Tor control password', { noEffect: true, sensitive: true }],
  ['upnp', 'Open our port on the router by UPnP', noEffect],
  ['natpmp', 'Open our port on the router by NAT-PMP', noEffect],
  ['whitebind=<[permissions@]addr>', 'Listen on this address and give peers there the permissions'],
  ['whitelist=<[permissions@]IP or network>', 'Give peers from these addresses the permissions'],
]);

const WALLET = group('wallet', [
  ['addresstype=<type>', 'Kind of new addresses: legacy, p2sh-segwit, bech32 or bech32m (default: bech32)'],
  ['avoidpartialspends', 'Spend all coins of an address together (default: 0)'],
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
  ['walletdir=<dir>', 'Where wallets lie (default: <datadir>/wallets)', networkOnly],
  ['walletnotify=<cmd>', "Command to run for each change of a wallet's transaction", noEffect],
  ['walletrbf', 'Signal replaceability (default: 1)'],
  ['dblogsize=<n>', 'Database log size', { hidden: true, noEffect: true }],
  ['flushwallet', 'Flush wallets periodically', { hidden: true, noEffect: true }],
  ['privdb', 'Private database environment', { hidden: true, noEffect: true }],
  ['swapbdbendian', 'Swap database byte order', { hidden: true, noEffect: true }],
  ['unsafesqlitesync', 'Do not wait for wallet data to reach the disk', debugOnly],
  [
    'walletrejectlongchains',
    "Build no transaction that the mempool's limits on chains would keep out (default: 1)",
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
  ['checkblocks=<n>', 'Blocks that are checked at start; 0 for all (default: 6)', debugOnly],
  ['checklevel=<n>', 'How thorough that check is (0 to 4, default: 3)', debugOnly],
  [
    'dbcrashratio=<n>',
    'End one in n writes of coins in the middle, for tests (default: 0)',
    { debugOnly: true, hidden: true },
  ],
  ['checkblockindex=<n>', 'Check the block tree every n operations (default: 0, regtest: 1)', debugOnly],
  ['checkaddrman=<n>', 'Check the address manager every n operations', { ...debugOnly, noEffect: true }],
  ['checkmempool=<n>', 'Check the mempool every n transactions', debugOnly],
  ['checkpoints', 'Refuse forks from the known chain before the last checkpoint (default: 1)', debugOnly],
  ['deprecatedrpc=<method>', 'Allow a deprecated RPC method', debugOnly],
  ['stopafterblockimport', 'Exit once the blocks on disk are imported (default: 0)', debugOnly],
  ['stopatheight=<n>', 'Exit at this height; 0 for never (default: 0)', debugOnly],
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
  ['capturemessages', 'Keep all P2P messages in files, one for each peer and direction', debugOnly],
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
  ['loglevelalways', 'Put category and level on every line (default: 0)'],
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
    'labmaxreorg=<blocks>',
    'Undo no more blocks than this to follow more work (regtest, for experiments)',
    { hidden: true },
  ],
  [
    'labretarget=<blocks>:<seconds>:<difficulty>',
    'Adjust the difficulty every so many blocks, which starts at this many times the least (regtest, for experiments)',
    { hidden: true },
  ],
  [
    'testactivationheight=name@height',
    'Height at which segwit, bip34, dersig, cltv or csv begins (regtest)',
    debugOnly,
  ],
  ['vbparams=deployment:start:end[:min_activation_height]', 'Version bits parameters (regtest)', debugOnly],
  ['signetchallenge=<hex>', 'Script that signs the blocks of a signet of your own', { noNegation: true }],
  ['signetseednode=<host>', 'Seed node of that signet', { noNegation: true }],
]);

const RELAY = group('relay', [
  ['acceptnonstdtxn', 'Let non-standard transactions in; on test networks only (default: 0)', debugOnly],
  ['incrementalrelayfee=<amt>', 'Feerate step of replacement and eviction (default: 0.00001)', debugOnly],
  ['dustrelayfee=<amt>', 'Feerate that defines dust (default: 0.00003)', debugOnly],
  ['acceptstalefeeestimates', 'Use saved fee estimates of any age; on regtest only (default: 0)', debugOnly],
  ['bytespersigop=<n>', 'Bytes that a signature operation counts as (default: 20)'],
  ['datacarrier', 'Let OP_RETURN outputs with data in (default: 1)'],
  ['datacarriersize=<n>', 'Largest script of such an output in bytes (default: 83)'],
  ['mempoolfullrbf', 'Replace without asking for a signal (default: 1)'],
  ['permitbaremultisig', 'Let multisig outputs outside of P2SH in (default: 1)'],
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
  ['rest', 'Serve REST without a password (default: 0)', noEffect],
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

/** Options of Core's that have nothing to act on here: its desktop program's, and one of its database. */
const FOREIGN = group(
  'options',
  ['choosedatadir', 'forcecompactdb', 'lang=<lang>', 'min', 'resetguisettings', 'splash', 'uiplatform'].map(
    usage => [usage, 'Known to Bitcoin Core only', { hidden: true, noEffect: true }] as const,
  ),
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
  ['?', 'Show this text'],
  ['h', 'Show this text', { hidden: true }],
  ['help', 'Show this text', { hidden: true }],
  ['version', 'Show the version'],
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
  ['rpcport=<port>', 'RPC port that the node listens on', networkOnly],
  ['rpcuser=<user>', 'User name for RPC'],
  ['rpcwait', 'Wait for the node to start'],
  ['rpcwaittimeout=<n>', 'Seconds to wait at most, 0 for ever (default: 0)', { noNegation: true }],
  ['rpcwallet=<walletname>', 'Wallet that calls are sent to'],
  ['stdin', 'Take further arguments from standard input, one a line'],
  ['stdinrpcpass', 'Take the RPC password from a line of standard input'],
  ['stdinwalletpassphrase', "Take the wallet's passphrase from a line of standard input"],
  [
    'color=<when>',
    'Colour of -netinfo and -getinfo: always, auto, never (default: auto)',
    { noNegation: true },
  ],
]);

export const CLIENT_OPTIONS: readonly OptionSpec[] = [...CLIENT_ONLY, ...CHAIN];
