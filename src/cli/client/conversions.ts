/**
 * Arguments that the command line gives as text but that are JSON on the wire, by method: position and name. Names that
 * share a position are members of an options object. Strings are not listed: they go as they are.
 */
const JSON_ARGUMENTS: Readonly<Record<string, string>> = {
  addconnection: '2:v2transport',
  addmultisigaddress: '0:nrequired 1:keys',
  addnode: '2:v2transport',
  addpeeraddress: '1:port 2:tried',
  bumpfee: '1:options 1:conf_target 1:fee_rate 1:replaceable 1:outputs 1:original_change_index',
  combinepsbt: '0:txs',
  combinerawtransaction: '0:txs',
  converttopsbt: '1:permitsigdata 2:iswitness',
  createmultisig: '0:nrequired 1:keys',
  createpsbt: '0:inputs 1:outputs 2:locktime 3:replaceable',
  createrawtransaction: '0:inputs 1:outputs 2:locktime 3:replaceable',
  createwallet:
    '1:disable_private_keys 2:blank 4:avoid_reuse 5:descriptors 6:load_on_startup 7:external_signer',
  createwalletdescriptor: '1:options 1:internal',
  decoderawtransaction: '1:iswitness',
  deriveaddresses: '1:range',
  descriptorprocesspsbt: '1:descriptors 3:bip32derivs 4:finalize',
  disconnectnode: '1:nodeid',
  echojson: '0:arg0 1:arg1 2:arg2 3:arg3 4:arg4 5:arg5 6:arg6 7:arg7 8:arg8 9:arg9',
  estimaterawfee: '0:conf_target 1:threshold',
  estimatesmartfee: '0:conf_target',
  finalizepsbt: '1:extract',
  fundrawtransaction:
    '1:options 1:add_inputs 1:include_unsafe 1:minconf 1:maxconf 1:changePosition 1:includeWatching 1:lockUnspents 1:fee_rate 1:feeRate 1:subtractFeeFromOutputs 1:input_weights 1:conf_target 1:replaceable 1:solving_data 1:max_tx_weight 2:iswitness',
  generateblock: '1:transactions 2:submit',
  generatetoaddress: '0:nblocks 2:maxtries',
  generatetodescriptor: '0:num_blocks 2:maxtries',
  getbalance: '1:minconf 2:include_watchonly 3:avoid_reuse',
  getblock: '1:verbosity 1:verbose',
  getblockfrompeer: '1:peer_id',
  getblockhash: '0:height',
  getblockheader: '1:verbose',
  getblockstats: '0:hash_or_height 1:stats',
  getblocktemplate: '0:template_request',
  getchaintxstats: '0:nblocks',
  gethdkeys: '0:active_only 0:options 0:private',
  getmempoolancestors: '1:verbose',
  getmempooldescendants: '1:verbose',
  getnetworkhashps: '0:nblocks 1:height',
  getnodeaddresses: '0:count',
  getrawmempool: '0:verbose 1:mempool_sequence',
  getrawtransaction: '1:verbosity 1:verbose',
  getreceivedbyaddress: '1:minconf 2:include_immature_coinbase',
  getreceivedbylabel: '1:minconf 2:include_immature_coinbase',
  gettransaction: '1:include_watchonly 2:verbose',
  gettxout: '1:n 2:include_mempool',
  gettxoutproof: '0:txids',
  gettxoutsetinfo: '1:hash_or_height 2:use_index',
  gettxspendingprevout: '0:outputs',
  importaddress: '2:rescan 3:p2sh',
  importdescriptors: '0:requests',
  importmempool: '1:options 1:apply_fee_delta_priority 1:use_current_time 1:apply_unbroadcast_set',
  importmulti: '0:requests 1:options 1:rescan',
  importprivkey: '2:rescan',
  importpubkey: '2:rescan',
  joinpsbts: '0:txs',
  keypoolrefill: '0:newsize',
  listdescriptors: '0:private',
  listreceivedbyaddress: '0:minconf 1:include_empty 2:include_watchonly 4:include_immature_coinbase',
  listreceivedbylabel: '0:minconf 1:include_empty 2:include_watchonly 3:include_immature_coinbase',
  listsinceblock: '1:target_confirmations 2:include_watchonly 3:include_removed 4:include_change',
  listtransactions: '1:count 2:skip 3:include_watchonly',
  listunspent:
    '0:minconf 1:maxconf 2:addresses 3:include_unsafe 4:query_options 4:minimumAmount 4:maximumAmount 4:maximumCount 4:minimumSumAmount 4:include_immature_coinbase',
  loadwallet: '1:load_on_startup',
  lockunspent: '0:unlock 1:transactions 2:persistent',
  logging: '0:include 1:exclude',
  mockscheduler: '0:delta_time',
  prioritisetransaction: '1:dummy 2:fee_delta',
  pruneblockchain: '0:height',
  psbtbumpfee: '1:options 1:conf_target 1:fee_rate 1:replaceable 1:outputs 1:original_change_index',
  rescanblockchain: '0:start_height 1:stop_height',
  restorewallet: '2:load_on_startup',
  scanblocks: '1:scanobjects 2:start_height 3:stop_height 5:options 5:filter_false_positives',
  scantxoutset: '1:scanobjects',
  send: '0:outputs 1:conf_target 3:fee_rate 4:options 4:add_inputs 4:include_unsafe 4:minconf 4:maxconf 4:add_to_wallet 4:change_position 4:fee_rate 4:include_watching 4:inputs 4:locktime 4:lock_unspents 4:psbt 4:subtract_fee_from_outputs 4:conf_target 4:replaceable 4:solving_data 4:max_tx_weight',
  sendall:
    '0:recipients 1:conf_target 3:fee_rate 4:options 4:add_to_wallet 4:fee_rate 4:include_watching 4:inputs 4:locktime 4:lock_unspents 4:psbt 4:send_max 4:minconf 4:maxconf 4:conf_target 4:replaceable 4:solving_data',
  sendmany: '1:amounts 2:minconf 4:subtractfeefrom 5:replaceable 6:conf_target 8:fee_rate 9:verbose',
  sendmsgtopeer: '0:peer_id',
  sendrawtransaction: '1:maxfeerate 2:maxburnamount',
  sendtoaddress:
    '1:amount 4:subtractfeefromamount 5:replaceable 6:conf_target 8:avoid_reuse 9:fee_rate 10:verbose',
  setban: '2:bantime 3:absolute',
  sethdseed: '0:newkeypool',
  setmocktime: '0:timestamp',
  setnetworkactive: '0:state',
  settxfee: '0:amount',
  setwalletflag: '1:value',
  signrawtransactionwithkey: '1:privkeys 2:prevtxs',
  signrawtransactionwithwallet: '1:prevtxs',
  simulaterawtransaction: '0:rawtxs 1:options 1:include_watchonly',
  startmining: '1:hashrate',
  stop: '0:wait',
  submitpackage: '0:package 1:maxfeerate 2:maxburnamount',
  testmempoolaccept: '0:rawtxs 1:maxfeerate',
  unloadwallet: '1:load_on_startup',
  upgradewallet: '0:version',
  utxoupdatepsbt: '1:descriptors',
  verifychain: '0:checklevel 1:nblocks',
  waitforblock: '1:timeout',
  waitforblockheight: '0:height 1:timeout',
  waitfornewblock: '0:timeout',
  walletcreatefundedpsbt:
    '0:inputs 1:outputs 2:locktime 3:options 3:add_inputs 3:include_unsafe 3:minconf 3:maxconf 3:changePosition 3:includeWatching 3:lockUnspents 3:fee_rate 3:feeRate 3:subtractFeeFromOutputs 3:conf_target 3:replaceable 3:solving_data 3:max_tx_weight 4:bip32derivs',
  walletpassphrase: '1:timeout',
  walletprocesspsbt: '1:sign 3:bip32derivs 4:finalize',
};

interface MethodConversions {
  readonly positions: ReadonlySet<number>;
  readonly names: ReadonlySet<string>;
}

function conversionsOf(method: string): MethodConversions {
  const pairs = (JSON_ARGUMENTS[method] ?? '').split(' ').filter(pair => pair !== '');
  return {
    positions: new Set(pairs.map(pair => Number(pair.slice(0, pair.indexOf(':'))))),
    names: new Set(pairs.map(pair => pair.slice(pair.indexOf(':') + 1))),
  };
}

/** Methods with arguments that are not strings, for the test that compares this table with the server's. */
export function convertedMethods(): string[] {
  return Object.keys(JSON_ARGUMENTS);
}

export function isConverted(method: string, position: number): boolean {
  return conversionsOf(method).positions.has(position);
}

/** JSON text of one argument. @throws Error when it should be JSON and is not */
function toJsonText(argument: string, isJson: boolean): string {
  if (!isJson) return JSON.stringify(argument);
  try {
    JSON.parse(argument);
  } catch {
    throw new Error(`Error parsing JSON: ${argument}`);
  }
  return argument;
}

/** `params` of a call, as JSON text, from arguments in order. */
export function positionalParams(method: string, args: readonly string[]): string {
  const { positions } = conversionsOf(method);
  return `[${args.map((argument, index) => toJsonText(argument, positions.has(index))).join(',')}]`;
}

/** `params` of a call, as JSON text, from `name=value` arguments; others are leading positional ones. */
export function namedParams(method: string, args: readonly string[]): string {
  const { positions, names } = conversionsOf(method);
  const members = new Map<string, string>();
  const leading: string[] = [];
  for (const argument of args) {
    const equals = argument.indexOf('=');
    if (equals < 0) {
      leading.push(toJsonText(argument, positions.has(leading.length)));
      continue;
    }
    const name = argument.slice(0, equals);
    members.set(name, toJsonText(argument.slice(equals + 1), names.has(name)));
  }
  const pairs = [...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  if (leading.length > 0) pairs.push(`"args":[${leading.join(',')}]`);
  return `{${pairs.join(',')}}`;
}
