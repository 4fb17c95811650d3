/** Transactions as they are shown decoded. Amounts are in bitcoins. */

/** Kinds of output scripts. */
export type ScriptType =
  | 'pubkey'
  | 'pubkeyhash'
  | 'scripthash'
  | 'multisig'
  | 'witness_v0_keyhash'
  | 'witness_v0_scripthash'
  | 'witness_v1_taproot'
  | 'witness_unknown'
  | 'anchor'
  | 'nulldata'
  | 'nonstandard';

/** An output script. */
export interface ScriptPubKey {
  readonly asm: string;
  /** What is known of it as a descriptor, with its checksum. */
  readonly desc: string;
  readonly hex: string;
  /** Scripts that pay a bare key, and those of no known kind, have none. */
  readonly address?: string;
  readonly type: ScriptType;
}

/** The input of a block's first transaction. */
export interface CoinbaseInput {
  /** Its script. */
  readonly coinbase: string;
  readonly txinwitness?: readonly string[];
  readonly sequence: number;
  readonly txid?: undefined;
  readonly vout?: undefined;
  readonly scriptSig?: undefined;
  readonly prevout?: undefined;
}

/** An input that spends an output. */
export interface SpendingInput {
  readonly txid: string;
  readonly vout: number;
  readonly scriptSig: { readonly asm: string; readonly hex: string };
  readonly txinwitness?: readonly string[];
  readonly sequence: number;
  readonly coinbase?: undefined;
}

/** The output that an input spends. */
export interface Prevout {
  /** It is a coinbase's. */
  readonly generated: boolean;
  readonly height: number;
  readonly value: number;
  readonly scriptPubKey: ScriptPubKey;
}

/** The same, with what it spends where that is known: not when undo data were pruned. */
export interface InputWithPrevout extends SpendingInput {
  readonly prevout?: Prevout;
}

export interface DecodedOutput {
  readonly value: number;
  readonly n: number;
  readonly scriptPubKey: ScriptPubKey;
}

/** Sizes are in bytes, `vsize` in virtual bytes, `weight` in weight units. */
export interface DecodedTransaction<Input = SpendingInput> {
  readonly txid: string;
  /** With the witness: `wtxid` elsewhere. */
  readonly hash: string;
  readonly version: number;
  readonly size: number;
  readonly vsize: number;
  readonly weight: number;
  readonly locktime: number;
  readonly vin: readonly (CoinbaseInput | Input)[];
  readonly vout: readonly DecodedOutput[];
}

/** A decoded transaction together with its bytes. */
export interface RawTransaction<Input = SpendingInput> extends DecodedTransaction<Input> {
  readonly hex: string;
}

/** A transaction of a block that is shown with its transactions. */
export interface BlockTransaction<Input = SpendingInput> extends RawTransaction<Input> {
  /** Not of coinbases, nor where undo data were pruned. */
  readonly fee?: number;
}
