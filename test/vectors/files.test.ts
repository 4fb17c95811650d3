import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasShared, sharedPath } from '../support/shared.js';

/** Files that tests read by a part of their name only. */
const BY_PATTERN: readonly RegExp[] = [
  /^blocks\/with-prevouts\/[\w-]+\.(block|prevouts)$/,
  /^blocks\/mainnet-831328-831335\/0\d+\.bin$/,
  /^blocks\/invalid\//,
  /^bitcoinj\/main\/resources\/org\.bitcoin\.\w+\.checkpoints\.txt$/,
  /^bcoin\/(block|compact)\d+\.raw$/,
];

/** Files that no test reads, and why there is nothing in them for one. */
const WITHOUT_A_TEST: readonly (readonly [RegExp, string])[] = [
  [/(README\.md|LICENSE)$/, 'text'],
  [/^bips\/bip-0341\/|^bips\/bip-0158\//, 'the same bytes as the file of that name in core/'],
  [
    /^core\/asmap\.raw$|^core\/blockfilters\.json$|^bcoin\/filter-valid\.json$|^neutrino\//,
    'of parts that the node does not have: asmap, block filters',
  ],
  [
    /^bips\/bip-0039\/|^bips\/bip-03(22|24|27|28|52|74|75)\//,
    'of parts that the node does not have: seed words, signed messages, encrypted transport, MuSig, silent payments',
  ],
  [/^bips\/bip-0054\/|^bips\/bip-0053\//, 'rules that were proposed, and hold on no network'],
  [/^core\/functional\/util\//, "of Core's bitcoin-tx and bitcoin-util, which have no counterpart"],
  [/^core\/functional\/rpc_psbt\.json$/, 'of PSBTs, which are no part of consensus'],
  [/^core\/functional\/rpc_bip67\.json$/, "of Core's RPC tests, which run it themselves"],
  [/^core\/functional\/mainnet_alt\.json$/, 'times and nonces of a chain that a test of mining builds'],
  [
    /^btcd\/txscript\/data\/many_inputs_tx\.hex$/,
    'not in the form of a Bitcoin transaction: inputs have amounts, and scripts come last',
  ],
  [/^btcd\/btcutil\/txsort\//, 'BIP69 orders inputs and outputs of wallets; ours mixes them'],
  [/^bitcoinj\/.*\/checkpointmanagertest\//, "of bitcoinj's reader of its own files"],
  [/^noble-curves\/endomorphism\.json$/, 'numbers inside of a multiplication, which is done by libraries'],
  [
    /^noble-curves\/rfc6979\.json$/,
    'nonces, which leave no backend; ecdsa.json has the signatures made with such',
  ],
  [/^headers\/main-hash-every-50000\.json$/, 'hashes of headers that are not here, but for genesis'],
];

const tests = fileURLToPath(new URL('..', import.meta.url));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    statSync(join(folder, name)).isFile(),
  );
}

describe.skipIf(!hasShared)('the conformance vectors', () => {
  const files = hasShared ? filesIn(sharedPath('vectors')) : [];
  const sources = filesIn(tests)
    .filter(name => name.endsWith('.ts') && !name.endsWith('files.test.ts'))
    .map(name => readFileSync(join(tests, name), 'utf8'))
    .join('\n');
  const isNamed = (file: string) =>
    sources.includes(`/${file.split('/').at(-1)}`) || sources.includes(`'${file.split('/').at(-1)}'`);

  it('are all read by a test, or it says why not', () => {
    const left = files.filter(
      file =>
        !isNamed(file) &&
        !BY_PATTERN.some(pattern => pattern.test(file)) &&
        !WITHOUT_A_TEST.some(([pattern]) => pattern.test(file)),
    );
    expect(left).toEqual([]);
    const unread = files.filter(
      file => !isNamed(file) && WITHOUT_A_TEST.some(([pattern]) => pattern.test(file)),
    );
    console.log(`vectors: ${files.length} files, ${unread.length} of them without a test`);
    for (const [pattern, reason] of WITHOUT_A_TEST) {
      const some = unread.filter(file => pattern.test(file));
      if (some.length > 0) console.log(`  ${some.length} files, such as ${some[0]}: ${reason}`);
    }
  });
});

describe.skipIf(!hasShared)("others' copies of Core's vectors", () => {
  const read = (path: string) => readFileSync(sharedPath(`vectors/${path}`), 'utf8');

  it.each([
    ['btcd/txscript/data/sighash.json', 'core/sighash.json'],
    ['btcd/txscript/data/tx_valid.json', 'core/tx_valid.json'],
    ['btcd/txscript/data/tx_invalid.json', 'core/tx_invalid.json'],
    ['bips/bip-0341/wallet-test-vectors.json', 'core/bip341_wallet_vectors.json'],
    ['bips/bip-0158/testnet-19.json', 'core/blockfilters.json'],
  ])('%s: the same bytes as %s', (copy, original) => {
    expect(read(copy) === read(original)).toBe(true);
  });

  it('btcd/txscript/data/script_tests.json: no case that is not among ours', () => {
    const rows = (path: string): string[] =>
      JSON.parse(read(path)).map((row: unknown) => JSON.stringify(row));
    const ours = new Set(rows('core/script_tests.json'));
    const cases = rows('btcd/txscript/data/script_tests.json').filter(row => JSON.parse(row).length > 1);
    expect(cases.filter(row => !ours.has(row))).toEqual([]);
    expect(cases).toHaveLength(1222);
  });
});
