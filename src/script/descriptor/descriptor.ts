import type { ExtendedPublicKey } from '../bip32.js';
import type { OutputType } from '../output-type.js';
import type { FlatProvider, SigningProvider } from '../signing-provider.js';
import type { DescriptorCache } from './cache.js';

/** Where private keys are looked up. */
export type KeySource = Pick<SigningProvider, 'privateKey'>;

/** What a descriptor gives at one index. */
export interface Expansion {
  /** Output scripts: one, or for `combo()` two (uncompressed key) or four. */
  readonly scripts: readonly Uint8Array[];
  /** Public keys, their origins, redeem and witness scripts, taproot trees: what solving the scripts needs. */
  readonly provider: FlatProvider;
}

/**
 * A set of output scripts described in words (BIPs 380 to 389), ranged if a key ends in `/*`. Immutable; holds no private
 * keys: they come back from parsing beside it and are handed in where needed.
 */
export interface Descriptor {
  /** True when the index matters. */
  readonly isRange: boolean;
  /** False for `addr()` and `raw()`, which do not tell how to spend. */
  readonly isSolvable: boolean;
  /** False for `combo()`: one index gives scripts of several kinds. */
  readonly isSingleType: boolean;
  /** Kind of address of the scripts; undefined when they have none or several. */
  readonly outputType: OutputType | undefined;
  /** Bytes of the output script; undefined for `combo()`. */
  readonly scriptSize: number | undefined;

  /**
   * Weight of the largest scriptSig content and witness items that spend an output (without the lengths of scriptSig and
   * witness stack); undefined when not solvable alone. Taproot is taken to be spent by key.
   *
   * @param useMaxSignature reckon with 72-byte ECDSA signatures rather than the 71 that low-r signing gives
   */
  maxSatisfactionWeight(useMaxSignature: boolean): number | undefined;
  /** Number of witness stack elements of such a spend. */
  readonly maxSatisfactionElements: number | undefined;

  /** Public form with checksum. `compat` writes hardened steps with an apostrophe, whatever the text had. */
  toString(compat?: boolean): string;
  /** Form with private keys and checksum; undefined unless `keys` has every one of them. */
  toPrivateString(keys: KeySource): string | undefined;
  /**
   * Public form in which every extended key stands at its last hardened step, with its origin; undefined when that needs
   * private keys which neither `keys` nor `cache` provide.
   */
  toNormalizedString(keys: KeySource, cache?: DescriptorCache): string | undefined;

  /**
   * Scripts at `index` (any number for one that is not ranged). Parents of ranged keys are derived once and kept, so each
   * further index costs one derivation a key.
   *
   * @param keys private keys for hardened steps
   * @param cache takes what {@link expandFromCache} will need
   * @returns undefined when a hardened step lacks its private key
   */
  expand(index: number, keys?: KeySource, cache?: DescriptorCache): Expansion | undefined;
  /** The same from what an earlier {@link expand} cached, without private keys; undefined when that is not enough. */
  expandFromCache(index: number, cache: DescriptorCache): Expansion | undefined;
  /** Puts the private keys at `index` that follow from `keys` into `out`. */
  expandPrivate(index: number, keys: KeySource, out: FlatProvider): void;

  /** The keys as written, without derivation. */
  rootKeys(): RootKeys;
}

export interface RootKeys {
  readonly publicKeys: readonly Uint8Array[];
  readonly extendedKeys: readonly ExtendedPublicKey[];
}
