import { blockSubsidy } from '../../src/consensus/subsidy.js';
import { hash160, sha256 } from '../../src/crypto/hash.js';
import { xOnly } from '../../src/crypto/keys.js';
import type { Block } from '../../src/primitives/block.js';
import { concatBytes, EMPTY_BYTES, hashToHex, toHex } from '../../src/primitives/bytes.js';
import type { OutPoint } from '../../src/primitives/outpoint.js';
import type { Transaction, TxOutput } from '../../src/primitives/transaction.js';
import { defined } from '../../src/runtime/errors.js';
import { SigHash } from '../../src/script/hash-type.js';
import { signTransaction } from '../../src/script/sign/sign-transaction.js';
import { FlatProvider } from '../../src/script/signing-provider.js';
import { buildTaproot } from '../../src/script/taproot.js';
import {
  multisig,
  p2pk,
  p2pkh,
  p2sh,
  p2tr,
  p2wpkh,
  p2wsh,
  witnessProgram,
} from '../../src/script/templates.js';
import {
  ANYONE_CAN_SPEND,
  type BlockTemplate,
  buildBlock,
  buildSpend,
  coinbaseOutPoint,
  NOBODY_CAN_SPEND,
  REGTEST,
} from './chain-builder.js';
import { testKey, testPublicKeys } from './script-keys.js';

/** What a node is given, and what it must say. `verdict` is submitblock's or submitheader's; null: all is well. */
export interface Step {
  readonly what: 'block' | 'header';
  readonly block: Block;
  readonly verdict: string | null;
}

/** How far a node comes with a block. */
export type Fate =
  /** Connected, now or before a reorganisation. */
  | 'connected'
  /** Stored, and never the best. */
  | 'stored'
  | 'header'
  /** Broke a rule when it was connected. */
  | 'broken'
  /** Broke a rule before it was stored. */
  | 'refused'
  | 'on-broken'
  | 'header-on-broken';

export interface ManyForms {
  readonly steps: readonly Step[];
  /** Genesis apart. */
  readonly fates: ReadonlyMap<string, Fate>;
  readonly tip: string;
  readonly height: number;
  /** Outputs of the tip's branch that a key of {@link signer} spends and nobody has spent yet. */
  readonly payable: readonly { readonly outpoint: OutPoint; readonly output: TxOutput }[];
}

const keys = [1, 2, 3].map(seed => testKey(seed));
const publicKey = testKey(1).publicKey;
const keyHash = hash160(publicKey);
const twoOfThree = multisig(2, testPublicKeys(1, 2, 3));
const nested = p2wpkh(keyHash);
const taproot = defined(buildTaproot(xOnly(publicKey), []), 'taproot output');

/** A key with y of the wanted parity, uncompressed. */
function longKey(odd: boolean): Uint8Array {
  for (let seed = 1; ; seed++) {
    const key = testKey(seed, false).publicKey;
    if (((key[64] as number) & 1) === (odd ? 1 : 0)) return key;
  }
}

function shortKey(odd: boolean): Uint8Array {
  const key = longKey(odd);
  return concatBytes(Uint8Array.of(odd ? 3 : 2), key.subarray(1, 33));
}

/** The key with its last byte changed: nowhere near the curve, but of the same form. */
function offCurve(key: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(key);
  changed[64] = (changed[64] as number) ^ 2;
  return changed;
}

function hybrid(key: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(key);
  changed[0] = 6 | ((changed[64] as number) & 1);
  return changed;
}

/** Scripts that the signer can spend: every form that is written compressed, and those that are not. */
export const SPENDABLE_FORMS: Readonly<Record<string, Uint8Array>> = {
  'P2PK, even': p2pk(shortKey(false)),
  'P2PK, odd': p2pk(shortKey(true)),
  'P2PK uncompressed, even': p2pk(longKey(false)),
  'P2PK uncompressed, odd': p2pk(longKey(true)),
  P2PKH: p2pkh(keyHash),
  'P2SH of multisig': p2sh(hash160(twoOfThree)),
  'P2SH of P2WPKH': p2sh(hash160(nested)),
  P2WPKH: nested,
  P2WSH: p2wsh(sha256(twoOfThree)),
  P2TR: p2tr(taproot.outputKey),
  'bare multisig': twoOfThree,
  'anyone can spend': ANYONE_CAN_SPEND,
  anchor: witnessProgram(1, Uint8Array.of(0x4e, 0x73)),
};

/** Scripts that stay among the coins, or never get there. */
export const OTHER_FORMS: Readonly<Record<string, Uint8Array>> = {
  'a key off the curve': p2pk(offCurve(longKey(false))),
  'a hybrid key': p2pk(hybrid(longKey(true))),
  'unknown witness version': witnessProgram(16, new Uint8Array(40).fill(7)),
  empty: EMPTY_BYTES,
  'not a script': Uint8Array.of(0x4c),
  'the longest script': new Uint8Array(10_000).fill(0x61),
  'too long a script': new Uint8Array(10_001).fill(0x61),
  'data carrier': concatBytes(Uint8Array.of(0x6a, 4), Uint8Array.of(1, 2, 3, 4)),
  'nobody can spend': NOBODY_CAN_SPEND,
};

function makeSigner(): FlatProvider {
  const provider = new FlatProvider();
  for (const key of keys) provider.addPrivateKey(key);
  for (let seed = 1; seed < 10; seed++) provider.addPrivateKey(testKey(seed, false));
  for (let seed = 4; seed < 10; seed++) provider.addPrivateKey(testKey(seed));
  for (const script of [twoOfThree, nested, p2wsh(sha256(twoOfThree))]) provider.addScript(script);
  provider.addTaproot(taproot);
  return provider;
}

export const signer = makeSigner();

/** Outputs by where they are, as far as they were made here. */
class Outputs {
  private readonly known = new Map<string, TxOutput>();

  add(tx: Transaction): void {
    for (const [vout, output] of tx.outputs.entries()) this.set({ txid: tx.txid, vout }, output);
  }

  set({ txid, vout }: OutPoint, output: TxOutput): void {
    this.known.set(`${hashToHex(txid)}:${vout}`, output);
  }

  get({ txid, vout }: OutPoint): TxOutput {
    return defined(this.known.get(`${hashToHex(txid)}:${vout}`), 'output');
  }
}

/** A block that later ones build on. */
interface Place {
  readonly block: Block;
  readonly height: number;
}

/** Satoshis with all numbers of trailing zeros, from none to more than are counted. */
const AMOUNTS = [
  0, 1, 9, 10, 546, 123_456_789, 100_000_000, 1_000_000_000, 123_000_000, 2_100_000_001, 12, 5_000, 330,
];

const FILLER: TxOutput = { value: 0, script: concatBytes(Uint8Array.of(0x6a), new Uint8Array(9_000)) };

function filler(count: number): TxOutput[] {
  return Array.from({ length: count }, () => FILLER);
}

class ManyFormsBuilder {
  readonly steps: Step[] = [];
  readonly fates = new Map<string, Fate>();
  private readonly outputs = new Outputs();

  /** An output that was made elsewhere. */
  know(outpoint: OutPoint, output: TxOutput): void {
    this.outputs.set(outpoint, output);
  }

  make(on: Place, template: Partial<BlockTemplate> = {}): Place {
    const height = on.height + 1;
    const block = buildBlock({ prev: on.block, height, ...template });
    for (const tx of block.transactions) this.outputs.add(tx);
    return { block, height };
  }

  give({ block }: Place, fate: Fate, verdict: string | null = null): void {
    this.steps.push({ what: 'block', block, verdict });
    this.fates.set(hashToHex(block.hash), fate);
  }

  giveHeader({ block }: Place, fate: Fate, verdict: string | null = null): void {
    this.steps.push({ what: 'header', block, verdict });
    if (verdict === null) this.fates.set(hashToHex(block.hash), fate);
  }

  /** Makes a block and gives it to be connected. */
  grow(on: Place, template: Partial<BlockTemplate> = {}): Place {
    const place = this.make(on, template);
    this.give(place, 'connected');
    return place;
  }

  /** A signed transaction. */
  spend(inputs: readonly OutPoint[], outputs: readonly TxOutput[]): Transaction {
    const unsigned = buildSpend(inputs, outputs);
    const parts = { version: 2, inputs: unsigned.inputs, outputs, lockTime: 0 };
    const { tx, errors } = signTransaction(parts, at => this.outputs.get(at), signer, SigHash.ALL);
    for (const [index, error] of errors) throw new Error(`input ${index}: ${error}`);
    this.outputs.add(tx);
    return tx;
  }
}

function outPoints(tx: Transaction, count = tx.outputCount, first = 0): OutPoint[] {
  return Array.from({ length: count }, (_, i) => ({ txid: tx.txid, vout: first + i }));
}

/** One of each form, with amounts of many kinds. */
function allForms(): TxOutput[] {
  const scripts = [...Object.values(SPENDABLE_FORMS), ...Object.values(OTHER_FORMS)];
  return scripts.map((script, i) => ({ value: AMOUNTS[i % AMOUNTS.length] as number, script }));
}

/** Transactions in one block, more than a count of one byte tells. */
const MANY = 300;

/**
 * A regtest chain with all that a data directory may have to hold: outputs of every form, unspent, spent, and spent in
 * the block that made them; counts of more than one byte; several block files under -fastprune; branches that won and
 * lost, so that undo data lie in another order than blocks; a block that came before its parent; blocks that break rules
 * at each stage; blocks on top of those; headers without blocks. The same bytes every time.
 */
export function manyFormsChain(): ManyForms {
  const builder = new ManyFormsBuilder();
  const genesis = { block: REGTEST.genesis, height: 0 };
  const { trunk, coinbases } = growTrunk(builder, genesis);
  const { tip, payment } = growBranches(builder, trunk, coinbases);
  breakRules(builder, tip);
  const last = builder.grow(tip, { tag: 9, extraOutputs: filler(5) });
  const outputs = payment.outputs;
  return {
    steps: builder.steps,
    fates: builder.fates,
    tip: hashToHex(last.block.hash),
    height: last.height,
    payable: outPoints(payment).map((outpoint, i) => ({ outpoint, output: defined(outputs[i], 'output') })),
  };
}

/** Up to height 110: many coinbases, all forms made and spent, many transactions in one block. */
function growTrunk(builder: ManyFormsBuilder, genesis: Place): { trunk: Place; coinbases: OutPoint[] } {
  const coinbases: OutPoint[] = [];
  let at = genesis;
  for (let height = 1; height <= 101; height++) {
    // Some coinbases have all the forms as well: a coin knows whether it is of one.
    at = builder.grow(at, height % 40 === 3 ? { extraOutputs: allForms() } : {});
    coinbases.push(coinbaseOutPoint(at.block));
  }
  const take = () => defined(coinbases.shift(), 'coinbase');
  const forms = builder.spend(
    [take(), take()],
    [...allForms(), { value: 1_234_567, script: ANYONE_CAN_SPEND }],
  );
  at = builder.grow(at, { transactions: [forms] });
  const spendable = outPoints(forms, Object.keys(SPENDABLE_FORMS).length);
  const gathered = builder.spend(spendable, [{ value: 0, script: ANYONE_CAN_SPEND }]);
  at = builder.grow(at, { transactions: [gathered] });
  const each = { value: 10_000, script: ANYONE_CAN_SPEND };
  const fan = builder.spend(
    [take()],
    Array.from({ length: MANY }, () => each),
  );
  at = builder.grow(at, { transactions: [fan] });
  const many = outPoints(fan).map(outpoint => builder.spend([outpoint], [{ ...each, value: 9_000 }]));
  // One more that spends what was made in this block.
  const within = builder.spend(outPoints(defined(many[0], 'first'), 1), [{ value: 0, script: nested }]);
  at = builder.grow(at, { transactions: [...many, within] });
  for (let i = 0; i < 4; i++) at = builder.grow(at, { extraOutputs: filler(5) });
  // The next ones are for the branches.
  const huge = builder.spend(coinbases.splice(4, 3), [{ value: 15_000_000_000, script: nested }]);
  at = builder.grow(at, { extraOutputs: filler(5), transactions: [huge] });
  return { trunk: at, coinbases };
}

/** Two branches that overtake each other, over the borders of block files; then a child that comes before its parent. */
function growBranches(
  builder: ManyFormsBuilder,
  trunk: Place,
  coinbases: OutPoint[],
): { tip: Place; payment: Transaction } {
  const pay = (from: OutPoint, script: Uint8Array) =>
    builder.spend([from], [{ value: 4_999_990_000, script }]);
  const [first, second, third, fourth] = coinbases as [OutPoint, OutPoint, OutPoint, OutPoint];
  let a = trunk;
  a = builder.grow(a, { tag: 1, transactions: [pay(first, nested)], extraOutputs: filler(2) });
  a = builder.grow(a, { tag: 1, transactions: [pay(second, p2pk(longKey(true)))] });
  a = builder.grow(a, { tag: 1, extraOutputs: filler(3) });
  let b = trunk;
  for (const [i, from] of [first, third, fourth].entries()) {
    b = builder.make(b, { tag: 2, transactions: [pay(from, p2pkh(keyHash))], extraOutputs: filler(i + 2) });
    builder.give(b, 'connected', 'inconclusive');
  }
  b = builder.grow(b, { tag: 2, extraOutputs: filler(4) });
  a = builder.make(a, { tag: 1, transactions: [pay(third, twoOfThree)] });
  builder.give(a, 'connected', 'inconclusive');
  a = builder.grow(a, { tag: 1 });
  const payment = builder.spend(
    [fourth],
    [
      { value: 1_000_000_000, script: nested },
      { value: 1_000_000_000, script: p2tr(taproot.outputKey) },
      { value: 1_000_000_000, script: p2pkh(keyHash) },
    ],
  );
  const parent = builder.make(a, { tag: 1, transactions: [payment] });
  const child = builder.make(parent, { tag: 1 });
  builder.giveHeader(parent, 'header');
  builder.give(child, 'connected', 'inconclusive');
  builder.give(parent, 'connected');
  return { tip: child, payment };
}

/** Blocks that break a rule when connected (with and without something on top), when received, and headers alone. */
function breakRules(builder: ManyFormsBuilder, tip: Place): void {
  const tooMuch = blockSubsidy(tip.height + 1, REGTEST.consensus) + 1;
  const greedy = builder.make(tip, { tag: 3, reward: tooMuch, extraOutputs: filler(3) });
  const onGreedy = builder.make(greedy, { tag: 3, extraOutputs: filler(2) });
  const headerOnGreedy = builder.make(onGreedy, { tag: 3 });
  builder.giveHeader(greedy, 'header');
  builder.give(onGreedy, 'on-broken', 'inconclusive');
  builder.giveHeader(headerOnGreedy, 'header-on-broken');
  builder.give(greedy, 'broken', 'bad-cb-amount');
  builder.giveHeader(builder.make(greedy, { tag: 4 }), 'header', 'bad-prevblk');

  const wrongHeight = builder.make(tip, { tag: 5, coinbase: builder.make(greedy).block.transactions[0] });
  builder.giveHeader(wrongHeight, 'header');
  builder.give(wrongHeight, 'refused', 'bad-cb-height');

  let alone = tip;
  for (let i = 0; i < 3; i++) {
    alone = builder.make(alone, { tag: 6 });
    builder.giveHeader(alone, 'header');
  }
}

/** Arguments of the call that hands a step to a node. */
export function callOf({ what, block }: Step): [method: string, hex: string] {
  return what === 'block' ? ['submitblock', toHex(block.raw)] : ['submitheader', toHex(block.header.raw)];
}

/** Standard transactions, the second on top of the first, that spend what {@link ManyForms.payable} has. */
export function payments({ payable }: ManyForms): Transaction[] {
  const builder = new ManyFormsBuilder();
  const [first, second, third] = payable;
  const start = [first, second, third].map(coin => defined(coin, 'output to pay with'));
  for (const { outpoint, output } of start) builder.know(outpoint, output);
  const [a, b, c] = start.map(({ outpoint }) => outpoint) as [OutPoint, OutPoint, OutPoint];
  const parent = builder.spend([a], [{ value: 999_990_000, script: p2tr(taproot.outputKey) }]);
  const child = builder.spend([...outPoints(parent), b], [{ value: 1_999_900_000, script: nested }]);
  return [parent, child, builder.spend([c], [{ value: 999_998_000, script: p2pkh(keyHash) }])];
}
