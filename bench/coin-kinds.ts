import { hash160, sha256 } from '../src/crypto/hash.js';
import { tweakPrivateKeyXOnly, xOnly } from '../src/crypto/keys.js';
import { bytesToNumber, numberToBytes32 } from '../src/crypto/scalar.js';
import { concatBytes, EMPTY_BYTES } from '../src/primitives/bytes.js';
import { defined } from '../src/runtime/errors.js';
import { ScriptBuilder } from '../src/script/build.js';
import { SigHash } from '../src/script/hash-type.js';
import { Op } from '../src/script/opcodes.js';
import { legacySignatureHash, taprootSignatureHash, witnessV0SignatureHash } from '../src/script/sighash.js';
import { tapTweakHash } from '../src/script/taproot-hash.js';
import { multisig, p2pkh, p2sh, p2tr, p2wpkh, p2wsh } from '../src/script/templates.js';
import type { PrecomputedTxData } from '../src/script/tx-data.js';
import { type QuickKey, QuickSigner, quickKey, withEvenY } from './quick-signer.js';

/** What an input shows to spend a coin. */
export interface Unlocking {
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

/** A form of coin that the keys of an {@link Account} can spend. */
export interface CoinKind {
  readonly name: string;
  /** What its input has to be signed by. */
  readonly signatures: number;
  script(account: Account): Uint8Array;
  /** @param data knows all outputs that the transaction spends */
  unlock(account: Account, data: PrecomputedTxData, input: number): Unlocking;
}

/** Enough that hardly two inputs of a batch have the same key: checks could share work that real ones do not share. */
const ACCOUNTS = 4096;

/** Three keys with all that follows from them. */
export class Account {
  private static readonly all = new Map<number, Account>();

  readonly key: QuickKey;
  readonly keyHash: Uint8Array;
  readonly taprootKey: QuickKey;
  readonly oneOfTwo: Uint8Array;
  readonly twoOfThree: Uint8Array;
  private readonly scripts = new Map<CoinKind, Uint8Array>();

  private constructor(
    index: number,
    readonly keys = [0, 1, 2].map(key => quickKey(3 * index + key)),
  ) {
    const [key, second, third] = keys as [QuickKey, QuickKey, QuickKey];
    this.key = key;
    this.keyHash = hash160(key.publicKey);
    this.taprootKey = tweaked(key);
    this.oneOfTwo = multisig(1, [key.publicKey, second.publicKey]);
    this.twoOfThree = multisig(2, [key.publicKey, second.publicKey, third.publicKey]);
  }

  /** There are so many different ones; then they come again. */
  static at(index: number): Account {
    const place = index % ACCOUNTS;
    const known = Account.all.get(place);
    if (known !== undefined) return known;
    const account = new Account(place);
    Account.all.set(place, account);
    return account;
  }

  /** The output script of its coins of a kind. */
  script(kind: CoinKind): Uint8Array {
    const known = this.scripts.get(kind);
    if (known !== undefined) return known;
    const script = kind.script(this);
    this.scripts.set(kind, script);
    return script;
  }
}

const signer = new QuickSigner();

const P2PKH: CoinKind = {
  name: 'P2PKH',
  signatures: 1,
  script: ({ keyHash }) => p2pkh(keyHash),
  unlock: (account, data, input) => {
    const signature = signLegacy(account.key, data, input, account.script(P2PKH));
    const push = new ScriptBuilder().pushData(signature).pushData(account.key.publicKey);
    return { scriptSig: push.finish(), witness: [] };
  },
};

const P2WPKH: CoinKind = {
  name: 'P2WPKH',
  signatures: 1,
  script: ({ keyHash }) => p2wpkh(keyHash),
  unlock: (account, data, input) => {
    const signature = signWitness(account.key, data, input, account.script(P2PKH));
    return { scriptSig: EMPTY_BYTES, witness: [signature, account.key.publicKey] };
  },
};

const P2TR: CoinKind = {
  name: 'P2TR',
  signatures: 1,
  script: ({ taprootKey }) => p2tr(xOnly(taprootKey.publicKey)),
  unlock: ({ taprootKey }, data, input) => {
    const hash = defined(taprootSignatureHash(data, input, SigHash.DEFAULT, {}), 'hash of a taproot input');
    return { scriptSig: EMPTY_BYTES, witness: [signer.schnorr(taprootKey, hash)] };
  },
};

const BARE_MULTISIG: CoinKind = {
  name: 'bare multisig 1-of-2',
  signatures: 1,
  script: ({ oneOfTwo }) => oneOfTwo,
  unlock: ({ key, oneOfTwo }, data, input) => {
    const push = new ScriptBuilder().op(Op.OP_0).pushData(signLegacy(key, data, input, oneOfTwo));
    return { scriptSig: push.finish(), witness: [] };
  },
};

const P2SH_MULTISIG: CoinKind = {
  name: 'P2SH multisig 2-of-3',
  signatures: 2,
  script: ({ twoOfThree }) => p2sh(hash160(twoOfThree)),
  unlock: ({ keys, twoOfThree }, data, input) => {
    const push = new ScriptBuilder().op(Op.OP_0);
    for (const key of keys.slice(0, 2)) push.pushData(signLegacy(key, data, input, twoOfThree));
    return { scriptSig: push.pushData(twoOfThree).finish(), witness: [] };
  },
};

const P2WSH_MULTISIG: CoinKind = {
  name: 'P2WSH multisig 2-of-3',
  signatures: 2,
  script: ({ twoOfThree }) => p2wsh(sha256(twoOfThree)),
  unlock: ({ keys, twoOfThree }, data, input) => {
    const signatures = keys.slice(0, 2).map(key => signWitness(key, data, input, twoOfThree));
    return { scriptSig: EMPTY_BYTES, witness: [EMPTY_BYTES, ...signatures, twoOfThree] };
  },
};

/**
 * Kinds by turns: a mixture in which those of one key are the more frequent ones. Of an odd number, so that a transaction's
 * inputs and outputs are not always of the same; with few bare multisigs, as a block may have only so many.
 */
export const KIND_TURNS: readonly CoinKind[] = [
  P2WPKH,
  P2TR,
  P2PKH,
  P2SH_MULTISIG,
  P2WPKH,
  P2TR,
  BARE_MULTISIG,
  P2PKH,
  P2WPKH,
  P2TR,
  P2WSH_MULTISIG,
];

/** The key of an output without scripts (BIP341). */
function tweaked({ scalar, publicKey }: QuickKey): QuickKey {
  const tweak = tapTweakHash(xOnly(publicKey), undefined);
  const key = defined(tweakPrivateKeyXOnly(numberToBytes32(scalar), tweak), 'a tweaked key');
  return withEvenY(bytesToNumber(key));
}

function signLegacy(key: QuickKey, data: PrecomputedTxData, input: number, code: Uint8Array): Uint8Array {
  return ofAll(signer.ecdsa(key, legacySignatureHash(data, input, code, SigHash.ALL)));
}

function signWitness(key: QuickKey, data: PrecomputedTxData, input: number, code: Uint8Array): Uint8Array {
  const value = defined(data.spentOutputs?.[input], 'the output that is spent').value;
  return ofAll(signer.ecdsa(key, witnessV0SignatureHash(data, input, code, value, SigHash.ALL)));
}

function ofAll(signature: Uint8Array): Uint8Array {
  return concatBytes(signature, Uint8Array.of(SigHash.ALL));
}
