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
    "Gives the balance in BTC that can be spent now, by the wallet's rules and -spendzeroconfchange.",
  params: [
    {
      name: 'dummy',
      type: 'string',
      optional: true,
      description: '"*" or nothing; a leftover of older interfaces',
    },
    {
      name: 'minconf',
      type: 'number',
      default: 0,
      description: 'Count only coins with at least so many confirmations',
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
        'Leave out coins at addresses that were spent from before; only for wallets with the flag avoid_reuse',
    },
  ],
  result: 'n    (numeric) balance in BTC',
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
  description: 'DEPRECATED: use "untrusted_pending" of getbalances, which is the same.',
  params: [],
  result: 'n    (numeric) balance in BTC',
  run: wallet => amount(balances(wallet).untrustedPending),
});

const getbalances = walletMethod({
  name: 'getbalances',
  description: "Gives the wallet's balances in BTC, by how sure they are.",
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
  description: "Lists the wallet's unspent outputs.",
  params: [
    { name: 'minconf', type: 'number', default: 1, description: 'Fewest confirmations' },
    {
      name: 'maxconf',
      type: 'number',
      default: 9999999,
      description: 'Most confirmations',
    },
    {
      name: 'addresses',
      type: 'array',
      optional: true,
      description: 'Only outputs at these addresses (default: all)',
    },
    {
      name: 'include_unsafe',
      type: 'bool',
      default: true,
      description: 'Include unconfirmed outputs that somebody else could still take back',
    },
    {
      name: 'query_options',
      type: 'named-options',
      optional: true,
      description: 'Further filters',
      members: [
        { name: 'minimumAmount', type: 'amount', default: '0.00', description: 'Smallest output, in BTC' },
        {
          name: 'maximumAmount',
          type: 'amount',
          optional: true,
          description: 'Largest output, in BTC (default: no limit)',
        },
        {
          name: 'maximumCount',
          type: 'number',
          optional: true,
          description: 'At most so many outputs (default: no limit)',
        },
        {
          name: 'minimumSumAmount',
          type: 'amount',
          optional: true,
          description: 'Stop when the outputs come to this sum, in BTC (default: no limit)',
        },
        {
          name: 'include_immature_coinbase',
          type: 'bool',
          default: false,
          description: 'Include coinbase outputs that cannot be spent yet',
        },
      ],
    },
  ],
  result:
    '[ { "txid", "vout", "address", "label", "scriptPubKey", "amount", "confirmations", "ancestorcount", "ancestorsize", "ancestorfees", "redeemScript", "witnessScript", "spendable", "solvable", "reused", "desc", "parent_descs": [ … ], "safe" }, … ]',
  examples: ['', '1 100 \'["address"]\''],
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
    "Locks outputs, so that coins are not picked from them, or unlocks them.\nInputs that are named by hand are spent all the same. A lock ends with the node's run unless it is persistent; unlocking ends both kinds.",
  params: [
    {
      name: 'unlock',
      type: 'bool',
      description: 'true unlocks, false locks',
    },
    {
      name: 'transactions',
      type: 'array',
      optional: true,
      description: 'Outputs: objects of "txid" and "vout". Unlocking without any unlocks all',
    },
    {
      name: 'persistent',
      type: 'bool',
      default: false,
      description: "Keep the lock in the wallet's file; means nothing for unlocking",
    },
  ],
  result: 'true|false    (boolean) true; what cannot be done is an error',
  examples: ['false \'[{"txid":"…","vout":1}]\''],
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
  description: 'Lists the locked outputs (see lockunspent).',
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
    description: 'Count only transactions with at least so many confirmations',
  },
  {
    name: 'include_immature_coinbase',
    type: 'bool',
    default: false,
    description: 'Count coinbase outputs that cannot be spent yet',
  },
] as const;

const getreceivedbyaddress = walletMethod({
  name: 'getreceivedbyaddress',
  description: 'Adds up all that was ever paid to an address.',
  params: [{ name: 'address', type: 'string', description: 'Address of the wallet' }, ...RECEIVED_PARAMS],
  result: 'n    (numeric) sum in BTC',
  examples: ['"address"', '"address" 6'],
  run: (wallet, args) => received(wallet, args, [requireAddress(wallet, args.string('address')).script]),
});

const getreceivedbylabel = walletMethod({
  name: 'getreceivedbylabel',
  description: 'Adds up all that was ever paid to the addresses of a label.',
  params: [
    {
      name: 'label',
      type: 'string',
      description: 'Name; "" for the default one',
    },
    ...RECEIVED_PARAMS,
  ],
  result: 'n    (numeric) sum in BTC',
  examples: ['""', '"shop" 3'],
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
