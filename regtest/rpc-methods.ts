/** Results of the calls that the lab makes, as far as it looks at them. Amounts are in bitcoins, as RPC has them. */

export interface PeerInfo {
  readonly id: number;
  readonly addr: string;
  readonly subver: string;
  readonly version: number;
  readonly inbound: boolean;
  readonly bytesrecv_per_msg: Readonly<Record<string, number>>;
  readonly bytessent_per_msg: Readonly<Record<string, number>>;
}

export interface HeaderInfo {
  readonly hash: string;
  readonly height: number;
  /** -1 when the block is not in the active chain. */
  readonly confirmations: number;
  readonly previousblockhash?: string;
}

export interface BlockInfo extends HeaderInfo {
  readonly tx: readonly string[];
}

export interface BlockchainInfo {
  readonly chain: string;
  readonly blocks: number;
  readonly headers: number;
  readonly bestblockhash: string;
  readonly initialblockdownload: boolean;
}

export interface WalletTransaction {
  readonly txid: string;
  /** Negative when a transaction in the chain conflicts with it: minus the depth of that one. */
  readonly confirmations: number;
  readonly hex: string;
  readonly blockhash?: string;
  readonly blockheight?: number;
}

export interface Unspent {
  readonly txid: string;
  readonly vout: number;
  readonly address: string;
  readonly amount: number;
  readonly confirmations: number;
}

export interface Balances {
  readonly mine: { readonly trusted: number; readonly untrusted_pending: number; readonly immature: number };
}

export interface DecodedTransaction {
  readonly txid: string;
  readonly vin: readonly { readonly txid: string; readonly vout: number }[];
  readonly vout: readonly { readonly n: number; readonly value: number }[];
}

export interface Signed {
  readonly hex: string;
  readonly complete: boolean;
}

export interface ImportRequest {
  readonly desc: string;
  readonly timestamp: number | 'now';
  readonly active?: boolean;
  readonly internal?: boolean;
  readonly range?: readonly [number, number];
  readonly label?: string;
}

export interface ImportResult {
  readonly success: boolean;
  readonly error?: { readonly code: number; readonly message: string };
}

type TransactionInput = { readonly txid: string; readonly vout: number; readonly sequence?: number };
type TransactionOutput = Readonly<Record<string, number | string>>;

/** Parameters and result of each call by name; others can be made all the same, with a result type of the caller's. */
export interface RpcMethods {
  addnode: [params: [node: string, command: 'add' | 'remove' | 'onetry'], result: null];
  createrawtransaction: [
    params: [inputs: readonly TransactionInput[], outputs: readonly TransactionOutput[]],
    result: string,
  ];
  createwallet: [
    params: [
      name: string,
      disablePrivateKeys: boolean,
      blank: boolean,
      passphrase: string,
      avoidReuse: boolean,
      descriptors: boolean,
      loadOnStartup: boolean,
    ],
    result: { readonly name: string },
  ];
  decoderawtransaction: [params: [hex: string], result: DecodedTransaction];
  disconnectnode: [params: [address: string, id: number], result: null];
  generateblock: [
    params: [output: string, transactions: readonly string[]],
    result: { readonly hash: string },
  ];
  generatetoaddress: [params: [blocks: number, address: string], result: readonly string[]];
  getbalances: [params: [], result: Balances];
  getbestblockhash: [params: [], result: string];
  getblock: [params: [hash: string], result: BlockInfo];
  getblockchaininfo: [params: [], result: BlockchainInfo];
  getblockcount: [params: [], result: number];
  getblockhash: [params: [height: number], result: string];
  getblockheader: [params: [hash: string], result: HeaderInfo];
  getchaintips: [params: [], result: readonly { readonly hash: string; readonly status: string }[]];
  getmempoolinfo: [params: [], result: { readonly loaded: boolean; readonly size: number }];
  getnewaddress: [params: [], result: string];
  getpeerinfo: [params: [], result: readonly PeerInfo[]];
  getrawmempool: [params: [], result: readonly string[]];
  gettransaction: [params: [txid: string], result: WalletTransaction];
  importdescriptors: [params: [requests: readonly ImportRequest[]], result: readonly ImportResult[]];
  listunspent: [params: [minConfirmations?: number], result: readonly Unspent[]];
  listwalletdir: [params: [], result: { readonly wallets: readonly { readonly name: string }[] }];
  listwallets: [params: [], result: readonly string[]];
  loadwallet: [params: [name: string], result: { readonly name: string }];
  sendrawtransaction: [params: [hex: string], result: string];
  sendtoaddress: [params: [address: string, amount: number | string], result: string];
  signrawtransactionwithkey: [params: [hex: string, keys: readonly string[]], result: Signed];
  signrawtransactionwithwallet: [params: [hex: string], result: Signed];
  stop: [params: [], result: string];
  unloadwallet: [params: [name: string], result: unknown];
}
