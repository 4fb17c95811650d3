import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/crypto/hash.js';
import { hashToHex, toHex } from '../../src/primitives/bytes.js';
import { Transaction } from '../../src/primitives/transaction.js';
import { DescriptorCache } from '../../src/script/descriptor/cache.js';
import type { Descriptor, Expansion } from '../../src/script/descriptor/descriptor.js';
import { inferDescriptor } from '../../src/script/descriptor/infer.js';
import { checksumOf, type ParsedDescriptor, parseDescriptor } from '../../src/script/descriptor/parse.js';
import { SigHash } from '../../src/script/hash-type.js';
import { parseKeyPath } from '../../src/script/key-path.js';
import { maxInputWeight } from '../../src/script/sign/input-weight.js';
import { signTransaction } from '../../src/script/sign/sign-transaction.js';
import { FlatProvider } from '../../src/script/signing-provider.js';
import { MAIN_ADDRESSES } from '../support/script-address-params.js';
import { input, output } from '../support/transactions.js';

interface DescriptorVector {
  readonly private: string;
  readonly public: string;
  readonly normalized: string;
  readonly flags: readonly string[];
  /** Hex of the scripts, by index. */
  readonly scripts: readonly (readonly string[])[];
  readonly outputType: string | null;
  /** SHA-256 of the compatible form, which names the descriptor in databases, in display order. */
  readonly id?: string;
  readonly paths?: readonly (readonly number[])[];
}

interface Vectors {
  readonly descriptors: readonly DescriptorVector[];
  readonly unparsable: readonly {
    readonly private: string;
    readonly public: string;
    readonly error: string;
  }[];
  readonly inferred: readonly {
    readonly script: string;
    readonly descriptor: string;
    readonly scripts: readonly string[];
    readonly keys: readonly (readonly [key: string, origin: string])[];
  }[];
}

/** Expected values of Bitcoin Core's descriptor tests (MIT licence), without those of miniscript. */
const vectors = JSON.parse(readFileSync(new URL('./descriptors.json', import.meta.url), 'utf8')) as Vectors;

function parse(text: string): ParsedDescriptor {
  const parsed = parseDescriptor(text, MAIN_ADDRESSES);
  if ('error' in parsed) throw new Error(`${text}: ${parsed.error}`);
  return parsed;
}

function withoutChecksum(text: string | undefined): string | undefined {
  return text?.replace(/#.{8}$/, '');
}

function withH(text: string): string {
  return withoutChecksum(text.replaceAll("'", 'h')) ?? '';
}

function scriptsOf(expansion: Expansion | undefined): string[] | undefined {
  return expansion?.scripts.map(toHex);
}

/** The vector as it is, and with `h` for every apostrophe. */
const cases = vectors.descriptors.flatMap(vector =>
  vector.private.includes("'") && vector.public.includes("'")
    ? [vector, { ...vector, private: withH(vector.private), public: withH(vector.public) }]
    : [vector],
);

describe.each(cases)('descriptor $public', vector => {
  const { flags, scripts } = vector;
  const has = (flag: string) => flags.includes(flag);
  const priv = parse(vector.private);
  const pub = parse(vector.public);
  const both: readonly Descriptor[] = [priv.descriptor, pub.descriptor];
  const keys = priv.privateKeys;
  const indexes = has('RANGE') ? scripts.map((_, i) => i) : [0, 1, 2];
  const expectedAt = (index: number) => scripts[has('RANGE') ? index : 0];

  it('tells what it is', () => {
    expect(priv.hasPrivateKeys).toBe(true);
    expect(pub.hasPrivateKeys).toBe(false);
    for (const descriptor of both) {
      expect(descriptor.outputType ?? null).toBe(vector.outputType);
      expect(descriptor.isRange).toBe(has('RANGE'));
      expect(descriptor.isSolvable).toBe(!has('UNSOLVABLE'));
      if (descriptor.isSingleType) expect(descriptor.scriptSize).toBe((scripts[0]?.[0] ?? '').length / 2);
    }
  });

  it('is written as it was read', () => {
    for (const descriptor of both) {
      expect(withoutChecksum(descriptor.toString())).toBe(withoutChecksum(vector.public));
      expect(withoutChecksum(descriptor.toNormalizedString(keys))).toBe(withoutChecksum(vector.normalized));
      if (vector.id !== undefined)
        expect(hashToHex(sha256(Buffer.from(descriptor.toString(true))))).toBe(vector.id);
      if (has('MISSING_PRIVKEYS')) continue;
      expect(withoutChecksum(descriptor.toPrivateString(keys))).toBe(withoutChecksum(vector.private));
      expect(descriptor.toPrivateString(pub.privateKeys)).toBeUndefined();
    }
  });

  it('gives the expected scripts, also from the cache', () => {
    const source = has('HARDENED') ? keys : new FlatProvider();
    const seenPaths = new Set<string>();
    for (const index of indexes) {
      for (const descriptor of both) {
        const cache = new DescriptorCache();
        const expansion = descriptor.expand(index, source, cache);
        expect(scriptsOf(expansion)).toEqual(expectedAt(index));
        expect(scriptsOf(pub.descriptor.expandFromCache(index, cache))).toEqual(expectedAt(index));
        for (const { origin } of expansion?.provider.origins.values() ?? [])
          seenPaths.add(String(origin.path));
      }
    }
    expect([...seenPaths].sort()).toEqual((vector.paths ?? [[]]).map(String).sort());
    if (has('HARDENED')) expect(pub.descriptor.expand(0)).toBeUndefined();
  });

  it('is found again from its scripts', () => {
    for (const index of indexes) {
      const expansion = pub.descriptor.expand(index, keys);
      if (expansion === undefined) throw new Error('cannot be expanded');
      for (const script of expansion.scripts) {
        const inferred = inferDescriptor(script, expansion.provider, MAIN_ADDRESSES);
        expect(inferred.isSolvable).toBe(!has('UNSOLVABLE'));
        expect(scriptsOf(inferred.expand(0))).toEqual([toHex(script)]);
        expect(scriptsOf(parse(inferred.toString()).descriptor.expand(0))).toEqual([toHex(script)]);
      }
    }
  });

  // Core's own list says which of them can be.
  if (has('SIGNABLE')) {
    it('can be signed for, within the weight foretold', () => {
      const expansion = priv.descriptor.expand(0, keys);
      if (expansion === undefined) throw new Error('cannot be expanded');
      const provider = new FlatProvider().merge(keys).merge(expansion.provider);
      for (const script of expansion.scripts) {
        const parts = { version: 2, inputs: [input()], outputs: [output(1)], lockTime: 0 };
        const signed = signTransaction(parts, () => ({ value: 2, script }), provider, SigHash.DEFAULT);
        expect([...signed.errors.values()]).toEqual(has('SIGNABLE_FAILS') ? [expect.any(String)] : []);
        const weight = maxInputWeight(inferDescriptor(script, provider, MAIN_ADDRESSES));
        const unsignedWeight = Transaction.from({ ...parts, inputs: [] }).weight;
        const isKeyPath = signed.tx.inputs[0]?.witness.length === 1;
        if (vector.outputType === 'bech32m' && !isKeyPath) continue;
        // The marker and flag of a segwit transaction weigh 2 and belong to no input.
        expect(signed.tx.weight - unsignedWeight - 2).toBeLessThanOrEqual(weight ?? 0);
      }
    });
  }
});

describe('descriptors that Core refuses', () => {
  it.each(vectors.unparsable)('$public: $error', vector => {
    expect(parseDescriptor(vector.public, MAIN_ADDRESSES)).toEqual({ error: vector.error });
    expect(parseDescriptor(vector.private, MAIN_ADDRESSES)).toHaveProperty('error');
  });
});

describe('descriptors inferred from scripts', () => {
  it.each(vectors.inferred)('$descriptor', ({ script, descriptor, scripts, keys }) => {
    const provider = new FlatProvider();
    for (const hex of scripts) provider.addScript(Buffer.from(hex, 'hex'));
    for (const [hex, originText] of keys) {
      const publicKey = Buffer.from(hex, 'hex');
      provider.addPublicKey(publicKey);
      if (originText === '') continue;
      const fingerprint = Buffer.from(originText.slice(0, 8), 'hex');
      provider.addOrigin(publicKey, { fingerprint, path: parseKeyPath(originText.slice(9)) ?? [] });
    }
    const inferred = inferDescriptor(Buffer.from(script, 'hex'), provider, MAIN_ADDRESSES);
    expect(inferred.toString()).toBe(`${descriptor}#${checksumOf(descriptor)}`);
  });
});
