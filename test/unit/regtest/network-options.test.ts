import { describe, expect, it } from 'vitest';
import { mnemonicOf } from '../../../regtest/accounts/mnemonic.js';
import { MAX_NODES, networkSetup } from '../../../regtest/network-options.js';
import { argumentsForRules, networkRules } from '../../../regtest/network-rules.js';
import { DEFAULT_SEED } from '../../../regtest/random.js';

describe('options of a network', () => {
  it('have defaults', () => {
    const { keys, onWarning, ...setup } = networkSetup({}, undefined);
    expect(setup).toEqual({
      nodes: 3,
      topology: 'mesh',
      mode: 'process',
      seed: DEFAULT_SEED,
      accounts: 10,
      rules: { maxReorg: undefined, proofOfWork: undefined },
      serveRpc: false,
      args: [],
      datadir: undefined,
      fund: true,
    });
    expect(keys.mnemonic).toBe(mnemonicOf(DEFAULT_SEED));
    expect(onWarning).toBeTypeOf('function');
  });

  it('become options of the daemon where they are rules, apart from those given', () => {
    const { args, rules } = networkSetup(
      { defences: { maxReorg: 6 }, proofOfWork: { retargetBlocks: 12 }, args: ['-txindex'] },
      undefined,
    );
    expect(argumentsForRules(rules)).toEqual(['-labmaxreorg=6', '-labretarget=12:600:64']);
    expect(args).toEqual(['-txindex']);
  });

  it('are those of the dump where they are left open', () => {
    const rules = networkRules(6, { retargetBlocks: 12 });
    const dump = { seed: 7, mnemonic: mnemonicOf(7), topology: 'ring', nodes: [0, 1], rules } as const;
    const setup = networkSetup({ topology: 'star' }, dump);
    expect(setup).toMatchObject({ nodes: 2, topology: 'star', seed: 7, rules });
    expect(networkSetup({ defences: { maxReorg: 8 } }, dump).rules).toEqual({ ...rules, maxReorg: 8 });
    expect(setup.keys.mnemonic).toBe(mnemonicOf(7));
  });

  it.each([
    [{ nodes: 0 }, 'a network has 1 to 32 nodes'],
    [{ nodes: 1.5 }, 'a network has 1 to 32 nodes'],
    [{ nodes: MAX_NODES.inProcess + 1, mode: 'inProcess' }, 'a network has 1 to 200 nodes'],
    [{ nodes: 3, accounts: 2 }, /accounts is a whole number from that of the nodes, 3/],
    [{ mnemonic: 'one two three' }, /a mnemonic has/],
    [{ mode: 'inProcess', datadir: 'kept' }, /keep their data in memory/],
    [{ proofOfWork: { retargetBlocks: 12 }, datadir: 'kept' }, /has no datadir/],
    [{ proofOfWork: { retargetBlocks: 3 } }, 'retargetBlocks is a whole number from 4 to 1000000, not 3'],
    [{ proofOfWork: { retargetBlocks: 9, spacingSeconds: 0.5 } }, 'spacingSeconds is a whole number from 1'],
    [{ proofOfWork: { retargetBlocks: 9, difficulty: 0 } }, 'difficulty is a whole number from 1'],
    [{ defences: { maxReorg: -1 } }, 'maxReorg is a whole number from 0 to 1000000, not -1'],
  ] as const)('%j is refused', (options, why) => {
    expect(() => networkSetup(options, undefined)).toThrow(why);
    expect(() => networkSetup(options, undefined)).toThrow(RangeError);
  });
});
