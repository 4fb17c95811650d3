import { concatBytes, type Hash256, hashKey } from '../../primitives/bytes.js';
import { compactSizeLength } from '../../primitives/codec.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../limits.js';
import { findByXOnly, type SigningProvider } from '../signing-provider.js';
import { mergeSpendData, type TaprootScript } from '../taproot.js';
import { tapLeafHash } from '../taproot-hash.js';
import type { SignatureCreator } from './signature-creator.js';
import type { SignatureData } from './signature-data.js';
import { satisfyTapscript } from './tapscript-satisfier.js';

/**
 * Witness for a taproot output: a key path signature if any key allows one, else the smallest satisfaction of a leaf.
 * What is learned and signed on the way is put into `data`. Undefined when nothing can be satisfied.
 */
export function satisfyTaproot(
  provider: SigningProvider,
  creator: SignatureCreator,
  outputKey: Uint8Array,
  data: SignatureData,
): Uint8Array[] | undefined {
  const known = provider.taproot(outputKey);
  if (known !== undefined) {
    data.taproot = mergeSpendData(data.taproot, known);
    data.taprootTree = known.tree ?? data.taprootTree;
  }
  const keySignature = signKeyPath(provider, creator, outputKey, data);
  if (keySignature !== undefined) return [keySignature];
  let smallest: Uint8Array[] | undefined;
  for (const script of data.taproot.scripts) {
    const stack = satisfyLeaf(provider, creator, script, data);
    if (stack && (smallest === undefined || stackSize(stack) < stackSize(smallest))) smallest = stack;
  }
  return smallest;
}

function signKeyPath(
  provider: SigningProvider,
  creator: SignatureCreator,
  outputKey: Uint8Array,
  data: SignatureData,
): Uint8Array | undefined {
  const { internalKey, merkleRoot } = data.taproot;
  if (internalKey !== undefined) noteKeyUse(provider, internalKey, undefined, data);
  data.taprootKeySignature ??=
    internalKey && creator.createSchnorr(provider, internalKey, { type: 'internalKey', merkleRoot });
  data.taprootKeySignature ??= creator.createSchnorr(provider, outputKey, { type: 'outputKey' });
  return data.taprootKeySignature;
}

/** Remembers the origin of a key, for PSBTs, and that it signs the leaf. */
function noteKeyUse(
  provider: SigningProvider,
  xOnlyKey: Uint8Array,
  leafHash: Hash256 | undefined,
  data: SignatureData,
): void {
  const origin = findByXOnly(xOnlyKey, id => provider.keyOrigin(id));
  if (origin === undefined) return;
  const id = hashKey(xOnlyKey);
  let use = data.taprootKeyUses.get(id);
  if (use === undefined) {
    use = { xOnlyKey, leafHashes: new Map(), origin };
    data.taprootKeyUses.set(id, use);
  }
  if (leafHash !== undefined) use.leafHashes.set(hashKey(leafHash), leafHash);
}

/** Satisfaction of a leaf with the script and its shortest control block on top. */
function satisfyLeaf(
  provider: SigningProvider,
  creator: SignatureCreator,
  { leafVersion, script, controlBlocks }: TaprootScript,
  data: SignatureData,
): Uint8Array[] | undefined {
  const [controlBlock] = controlBlocks;
  if (leafVersion !== TAPROOT_LEAF_TAPSCRIPT || controlBlock === undefined) return undefined;
  const leafHash = tapLeafHash(leafVersion, script);
  const stack = satisfyTapscript(script, xOnlyKey => signLeaf(provider, creator, xOnlyKey, leafHash, data));
  return stack && [...stack, script, controlBlock];
}

function signLeaf(
  provider: SigningProvider,
  creator: SignatureCreator,
  xOnlyKey: Uint8Array,
  leafHash: Hash256,
  data: SignatureData,
): Uint8Array | undefined {
  noteKeyUse(provider, xOnlyKey, leafHash, data);
  const id = hashKey(concatBytes(xOnlyKey, leafHash));
  const known = data.taprootScriptSignatures.get(id);
  if (known !== undefined) return known.signature;
  const signature = creator.createSchnorr(provider, xOnlyKey, { type: 'leaf', leafHash });
  if (signature !== undefined) data.taprootScriptSignatures.set(id, { xOnlyKey, leafHash, signature });
  return signature;
}

/** Bytes of a witness stack as serialised. */
function stackSize(stack: readonly Uint8Array[]): number {
  return stack.reduce(
    (size, item) => size + compactSizeLength(item.length) + item.length,
    compactSizeLength(stack.length),
  );
}
