import { ripemd160 } from '../../../crypto/hash.js';
import { hashToHex, toHex } from '../../../primitives/bytes.js';
import { outPointFromKey, outPointKey } from '../../../primitives/outpoint.js';
import { inferDescriptor } from '../../../script/descriptor/infer.js';
import type { SigningProvider } from '../../../script/signing-provider.js';
import { solve } from '../../../script/templates.js';
import { balances } from '../../../wallet/balance.js';
import {
  type AvailableCoin,
  availableCoins,
  type CoinFilter,
} from '../../../wallet/spend/available-coins.js';
import type { Wallet } from '../../../wallet/wallet.js';
import { type Args, asInteger, asObject, asString, checkObject, parseAmount, parseHash } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import { amount, type JsonValue } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import { requireAddress } from './addresses.js';
import { avoidReuse, checkLabel, lastProcessedBlock, parentDescriptors, walletMethod } from './common.js';

const INT_MAX = 2 ** 31 - 1;

const getbalance = walletMethod({
  name: 'getbalance',
  description:
    'Returns the total available balance.\nThe available balance is what the wallet considers currently spendable, and is\nthus affected by options which limit spendability such as -spendzeroconfchange.',
  params: [
    {
      name: 'dummy',
      type: 'string',
      optional: true,
      description: 'Remains for backward compatibility. Must be excluded or set to "*".',
    },
    {
      name: 'minconf',
      type: 'number',
      default: 0,
      description: 'Only include transactions confirmed at least this many times.',
    },
    {
      name: 'include_watchonly',
      type: 'bool',
      optional: true,
      description: 'No effect: descriptor wallets count all they have.',
    },
    {
      name: 'avoid_reuse',
      type: 'bool',
      optional: true,
      description:
        '(only available if avoid_reuse wallet flag is set) Do not include balance in dirty outputs; addresses are considered dirty if they have previously been used in a transaction.',
    },
  ],
  result: 'n    (numeric) The total amount in BTC received for this wallet.',
  examples: ['', '"*" 6'],
  run: (wallet, args) => {
    const dummy = args.optionalString('dummy');
    if (dummy !== undefined && dummy !== '*') {
      throw new RpcError(RpcCode.METHOD_DEPRECATED, 'dummy first argument must be excluded or set to "*".');
    }
    const minDepth = args.optionalInt('minconf') ?? 0;
    return amount(balances(wallet, minDepth, !avoidReuse(wallet, args)).trusted);
  },
});

const getunconfirmedbalance = walletMethod({
  name: 'getunconfirmedbalance',
  description: 'DEPRECATED\nIdentical to getbalances().mine.untrusted_pending',
  params: [],
  result: 'n    (numeric) The balance',
  run: wallet => amount(balances(wallet).untrustedPending),
});

const getbalances = walletMethod({
  name: 'getbalances',
  description: 'Returns an object with all balances in BTC.',
  params: [],
  result:
    '{ "mine": { "trusted", "untrusted_pending", "immature", "used" }, "lastprocessedblock": { "hash", "height" } }',
  examples: [''],
  run: wallet => {
    const mine = balances(wallet);
    const full = wallet.has('avoid_reuse') ? balances(wallet, 0, true) : undefined;
    const used = full && full.trusted + full.untrustedPending - mine.trusted - mine.untrustedPending;
    return {
      mine: {
        trusted: amount(mine.trusted),
        untrusted_pending: amount(mine.untrustedPending),
        immature: amount(mine.immature),
        used: used === undefined ? undefined : amount(used),
      },
      lastprocessedblock: lastProcessedBlock(wallet),
    };
  },
});

const listunspent = walletMethod({
  name: 'listunspent',
  description:
    'Returns array of unspent transaction outputs\nwith between minconf and maxconf (inclusive) confirmations.\nOptionally filter to only include txouts paid to specified addresses.',
  params: [
    { name: 'minconf', type: 'number', default: 1, description: 'The minimum confirmations to filter' },
    {
      name: 'maxconf',
      type: 'number',
      default: 9999999,
      description: 'The maximum confirmations to filter',
    },
    { name: 'addresses', type: 'array', optional: true, description: 'The bitcoin addresses to filter' },
    {
      name: 'include_unsafe',
      type: 'bool',
      default: true,
      description: 'Include outputs that are not safe to spend',
    },
    {
      name: 'query_options',
      type: 'named-options',
      optional: true,
      description: 'Further filters',
      members: [
        { name: 'minimumAmount', type: 'amount', default: '0.00', description: 'Minimum value of each UTXO' },
        { name: 'maximumAmount', type: 'amount', optional: true, description: 'Maximum value of each UTXO' },
        { name: 'maximumCount', type: 'number', optional: true, description: 'Maximum number of UTXOs' },
        {
          name: 'minimumSumAmount',
          type: 'amount',
          optional: true,
          description: 'Minimum sum value of all UTXOs',
        },
        {
          name: 'include_immature_coinbase',
          type: 'bool',
          default: false,
          description: 'Include immature coinbase UTXOs',
        },
      ],
    },
  ],
  result:
    '[ { "txid", "vout", "address", "label", "scriptPubKey", "amount", "confirmations", "ancestorcount", "ancestorsize", "ancestorfees", "redeemScript", "witnessScript", "spendable", "solvable", "reused", "desc", "parent_descs": [ … ], "safe" }, … ]',
  examples: ['', '6 9999999 "[\\"address\\"]"'],
  run: (wallet, args) => {
    const control = {
      minDepth: args.optionalInt('minconf') ?? 1,
      maxDepth: args.optionalInt('maxconf') ?? 9999999,
      includeUnsafe: args.bool('include_unsafe', true),
      avoidAddressReuse: false,
    };
    const addresses = addressFilter(wallet, args);
    return availableCoins(wallet, control, 0, coinFilter(args))
      .filter(({ output }) => addresses.size === 0 || addresses.has(wallet.addressOf(output.script) ?? ''))
      .map(coin => coinView(wallet, coin));
  },
});

function addressFilter(wallet: Wallet, args: Args): ReadonlySet<string> {
  const addresses = new Set<string>();
  for (const value of args.optionalArray('addresses') ?? []) {
    const text = asString(value);
    let address: string;
    try {
      address = requireAddress(wallet, text).address;
    } catch (thrown) {
      if (!(thrown instanceof RpcError)) throw thrown;
      throw new RpcError(thrown.code, `${thrown.message}: ${text}`);
    }
    if (addresses.has(address)) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, `Invalid parameter, duplicated address: ${text}`);
    }
    addresses.add(address);
  }
  return addresses;
}

function coinFilter(args: Args): CoinFilter {
  const options = args.options('query_options');
  checkObject(options, {
    minimumAmount: 'any',
    maximumAmount: 'any',
    minimumSumAmount: 'any',
    maximumCount: 'number',
    include_immature_coinbase: 'bool',
  });
  const satoshis = (value: unknown) => (value === undefined ? {} : parseAmount(value));
  const filter: { -readonly [K in keyof CoinFilter]: CoinFilter[K] } = {
    includeImmatureCoinbase: options.include_immature_coinbase === true,
  };
  for (const [option, field] of [
    ['minimumAmount', 'minAmount'],
    ['maximumAmount', 'maxAmount'],
    ['minimumSumAmount', 'minSum'],
  ] as const) {
    const value = satoshis(options[option]);
    if (typeof value === 'number') filter[field] = value;
  }
  if (options.maximumCount !== undefined) {
    filter.maxCount = asInteger(options.maximumCount, -(2 ** 63), 2 ** 63);
  }
  return filter;
}

function coinView(wallet: Wallet, coin: AvailableCoin): JsonValue {
  const { outpoint, output, depth } = coin;
  const { script } = output;
  const address = wallet.addressOf(script);
  const provider = wallet.keychain.solvingProvider(script);
  const solvable = coin.inputSize !== undefined;
  const ancestry = depth === 0 ? wallet.modules.chain.mempoolAncestry(outpoint.txid) : undefined;
  return {
    txid: hashToHex(outpoint.txid),
    vout: outpoint.vout,
    address,
    label: address === undefined ? undefined : wallet.addressBook.find(address)?.label,
    ...redeemView(script, provider),
    scriptPubKey: toHex(script),
    amount: amount(output.value),
    confirmations: depth,
    ancestorcount: ancestry?.ancestors,
    ancestorsize: ancestry?.ancestorSize,
    ancestorfees: ancestry?.ancestorFees,
    spendable: true,
    solvable,
    desc: solvable ? inferDescriptor(script, provider, wallet.modules.params.address).toString() : undefined,
    parent_descs: parentDescriptors(wallet, script),
    reused: wallet.has('avoid_reuse') ? wallet.isReused(script) : undefined,
    safe: coin.safe,
  };
}

/** Scripts that stand behind the output script. */
function redeemView(script: Uint8Array, provider: SigningProvider): { readonly [key: string]: JsonValue } {
  const template = solve(script);
  if (template.type === 'scripthash') {
    const redeemScript = provider.script(template.scriptHash);
    if (redeemScript === undefined) return {};
    return { redeemScript: toHex(redeemScript), ...redeemView(redeemScript, provider) };
  }
  if (template.type !== 'witness_v0_scripthash') return {};
  const witnessScript = provider.script(ripemd160(template.scriptHash));
  return witnessScript === undefined ? {} : { witnessScript: toHex(witnessScript) };
}

const lockunspent = walletMethod({
  name: 'lockunspent',
  description:
    'Updates list of temporarily unspendable outputs.\nTemporarily lock (unlock=false) or unlock (unlock=true) specified transaction outputs.\nIf no transaction outputs are specified when unlocking then all current locked transaction outputs are unlocked.\nA locked transaction output will not be chosen by automatic coin selection, when spending bitcoins.\nManually selected coins are automatically unlocked.\nLocks are stored in memory only, unless persistent=true, in which case they will be written to the\nwallet database and loaded on node start. Unwritten (persistent=false) locks are always cleared\n(by virtue of process exit) when a node stops or fails. Unlocking will clear both persistent and not.\nAlso see the listunspent call',
  params: [
    {
      name: 'unlock',
      type: 'bool',
      description: 'Whether to unlock (true) or lock (false) the specified transactions',
    },
    {
      name: 'transactions',
      type: 'array',
      optional: true,
      description: 'The transaction outputs and within each, the txid (string) vout (numeric).',
    },
    {
      name: 'persistent',
      type: 'bool',
      default: false,
      description:
        'Whether to write/erase this lock in the wallet database, or keep the change in memory only. Ignored for unlocking.',
    },
  ],
  result: 'true|false    (boolean) Whether the command was successful or not',
  examples: ['false "[{\\"txid\\":\\"id\\",\\"vout\\":1}]"'],
  run: async (wallet, args) => {
    const unlock = args.bool('unlock', false);
    const persistent = args.bool('persistent', false);
    const given = args.optionalArray('transactions');
    const coins =
      given === undefined
        ? unlock
          ? [...wallet.lockedCoins.keys()]
          : []
        : given.map(value => lockableCoin(wallet, value, unlock, persistent));
    for (const coin of coins) {
      if (unlock) wallet.unlockCoin(coin);
      else wallet.lockCoin(coin, persistent || wallet.lockedCoins.get(coin) === true);
    }
    await wallet.store.flush();
    return true;
  },
});

function lockableCoin(wallet: Wallet, value: unknown, unlock: boolean, persistent: boolean) {
  const fail = (what: string) => new RpcError(RpcCode.INVALID_PARAMETER, `Invalid parameter, ${what}`);
  const object = asObject(value);
  checkObject(object, { txid: 'string', vout: 'number' }, { allowNull: false, strict: false });
  const txid = parseHash(object.txid, 'txid');
  const vout = asInteger(object.vout, -INT_MAX - 1, INT_MAX);
  if (vout < 0) throw fail('vout cannot be negative');
  const wtx = wallet.ledger.get(txid);
  if (wtx === undefined) throw fail('unknown transaction');
  if (vout >= wtx.tx.outputCount) throw fail('vout index out of bounds');
  const coin = outPointKey(txid, vout);
  if (wallet.ledger.isSpent(coin)) throw fail('expected unspent output');
  const isLocked = wallet.lockedCoins.has(coin);
  if (unlock && !isLocked) throw fail('expected locked output');
  if (!unlock && isLocked && !persistent) throw fail('output already locked');
  return coin;
}

const listlockunspent = walletMethod({
  name: 'listlockunspent',
  description:
    'Returns list of temporarily unspendable outputs.\nSee the lockunspent call to lock and unlock transactions for spending.',
  params: [],
  result: '[ { "txid", "vout" }, … ]',
  examples: [''],
  run: wallet =>
    [...wallet.lockedCoins.keys()].map(coin => {
      const { txid, vout } = outPointFromKey(coin);
      return { txid: hashToHex(txid), vout };
    }),
});

const RECEIVED_PARAMS = [
  {
    name: 'minconf',
    type: 'number',
    default: 1,
    description: 'Only include transactions confirmed at least this many times.',
  },
  {
    name: 'include_immature_coinbase',
    type: 'bool',
    default: false,
    description: 'Include immature coinbase transactions.',
  },
] as const;

const getreceivedbyaddress = walletMethod({
  name: 'getreceivedbyaddress',
  description:
    'Returns the total amount received by the given address in transactions with at least minconf confirmations.',
  params: [
    { name: 'address', type: 'string', description: 'The bitcoin address for transactions.' },
    ...RECEIVED_PARAMS,
  ],
  result: 'n    (numeric) The total amount in BTC received at this address.',
  examples: ['"address"', '"address" 6'],
  run: (wallet, args) => received(wallet, args, [requireAddress(wallet, args.string('address')).script]),
});

const getreceivedbylabel = walletMethod({
  name: 'getreceivedbylabel',
  description:
    'Returns the total amount received by addresses with <label> in transactions with at least [minconf] confirmations.',
  params: [
    {
      name: 'label',
      type: 'string',
      description: 'The selected label, may be the default label using "".',
    },
    ...RECEIVED_PARAMS,
  ],
  result: 'n    (numeric) The total amount in BTC received for this label.',
  examples: ['""', '"tabby" 6'],
  run: (wallet, args) => {
    const label = checkLabel(args.string('label'));
    const addresses = wallet.addressBook.list().filter(([, entry]) => entry.label === label);
    if (addresses.length === 0) throw new RpcError(RpcCode.WALLET_ERROR, 'Label not found in wallet');
    return received(
      wallet,
      args,
      addresses.map(([address]) => requireAddress(wallet, address).script),
    );
  },
});

/** Sum of what was paid to some scripts of the wallet. */
function received(wallet: Wallet, args: Args, scripts: readonly Uint8Array[]): JsonValue {
  const own = new Set(scripts.filter(script => wallet.keychain.isMine(script)).map(toHex));
  if (own.size === 0) throw new RpcError(RpcCode.WALLET_ERROR, 'Address not found in wallet');
  const minDepth = args.optionalInt('minconf') ?? 1;
  const withImmature = args.bool('include_immature_coinbase', false);
  const { ledger } = wallet;
  let sum = 0;
  for (const wtx of ledger.inOrder()) {
    const depth = ledger.depth(wtx);
    if (depth < minDepth || (wtx.tx.isCoinbase && depth < 1)) continue;
    if (!withImmature && ledger.isImmature(wtx)) continue;
    for (const output of wtx.tx.outputs) if (own.has(toHex(output.script))) sum += output.value;
  }
  return amount(sum);
}

/** What the wallet has. */
export const coinMethods: readonly RpcMethod[] = [
  getbalance,
  getunconfirmedbalance,
  getbalances,
  listunspent,
  lockunspent,
  listlockunspent,
  getreceivedbyaddress,
  getreceivedbylabel,
];
