import { chainParams } from '../src/consensus/networks.js';
import { hash160, sha256 } from '../src/crypto/hash.js';
import { publicKeyOf, signEcdsa } from '../src/crypto/keys.js';
import { concatBytes, EMPTY_BYTES, type Hash256 } from '../src/primitives/bytes.js';
import { Transaction } from '../src/primitives/transaction.js';
import { defined } from '../src/runtime/errors.js';
import { encodeAddress } from '../src/script/address.js';
import { SigHash } from '../src/script/hash-type.js';
import { witnessV0SignatureHash } from '../src/script/sighash.js';
import { p2pkh, p2wpkh } from '../src/script/templates.js';
import { PrecomputedTxData } from '../src/script/tx-data.js';

/** An output that the payer's key can spend; `value` in satoshis. */
export interface OwnCoin {
  readonly txid: Hash256;
  readonly vout: number;
  readonly value: number;
}

/** One key, whose P2WPKH coins are spent to itself by signed transactions. The same in every run. */
export class Payer {
  private readonly key = sha256(Buffer.from('blocksmith bench chain'));
  private readonly publicKey = publicKeyOf(this.key, true);
  private readonly keyHash = hash160(this.publicKey);
  readonly script = p2wpkh(this.keyHash);

  /** On regtest. */
  get address(): string {
    const destination = { type: 'witnessKeyHash', hash: this.keyHash } as const;
    return defined(encodeAddress(destination, chainParams('regtest').address), 'address of a key');
  }

  /** Splits a coin into outputs of equal value. @param fee satoshis */
  split(coin: OwnCoin, outputs: number, fee: number): Transaction {
    const value = Math.floor((coin.value - fee) / outputs);
    const input = {
      prevout: { txid: coin.txid, vout: coin.vout },
      scriptSig: EMPTY_BYTES,
      sequence: 0xffffffff,
      witness: [] as Uint8Array[],
    };
    const parts = {
      version: 2,
      inputs: [input],
      outputs: Array.from({ length: outputs }, () => ({ value, script: this.script })),
      lockTime: 0,
    };
    const data = new PrecomputedTxData(Transaction.from(parts));
    const hash = witnessV0SignatureHash(data, 0, p2pkh(this.keyHash), coin.value, SigHash.ALL);
    const signature = concatBytes(signEcdsa(this.key, hash), Uint8Array.of(SigHash.ALL));
    return Transaction.from({ ...parts, inputs: [{ ...input, witness: [signature, this.publicKey] }] });
  }
}

/** All outputs of a transaction of {@link Payer.split}. */
export function coinsOf(tx: Transaction): OwnCoin[] {
  return tx.outputs.map(({ value }, vout) => ({ txid: tx.txid, vout, value }));
}
