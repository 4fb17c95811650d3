import { describe, expect, it } from 'vitest';
import { type DoubleSpendOutcome, raceRules } from '../../../regtest/index.js';
import { summarizeAttack, tellAttack } from '../../../src/cli/lab/tell-attack.js';
import { bitcoins, columns, count, percent } from '../../../src/cli/lab/terminal.js';

describe('figures as people read them', () => {
  it('shares', () => {
    expect([0, 1, 0.18005, 0.99999, 0.000012].map(percent)).toEqual([
      '0 %',
      '100 %',
      '18.00 %',
      '> 99.99 %',
      '0.0012 %',
    ]);
  });

  it('amounts and counts', () => {
    expect([12, 0.1 + 0.2, 10.4999718].map(bitcoins)).toEqual(['12 BTC', '0.3 BTC', '10.4999718 BTC']);
    expect([count(1, 'block'), count(2, 'block')]).toEqual(['1 block', '2 blocks']);
  });

  it('columns', () => {
    const rows = [
      ['node', 'height'],
      ['merchant', '7'],
    ];
    expect(columns(rows, [1])).toEqual(['node      height', 'merchant       7']);
  });
});

describe('an attack in words', () => {
  const tip = '00'.repeat(32);
  const result: DoubleSpendOutcome = {
    mode: 'live',
    kind: 'double-spend',
    success: true,
    outcome: 'double spend',
    ...raceRules(0.6, 6),
    seed: 1,
    theory: 1,
    forkHeight: 101,
    honestBlocks: 7,
    attackerBlocks: 9,
    reorgDepth: 7,
    refused: 0,
    split: false,
    amount: 6,
    payment: { txid: 'aa', confirmations: -9, inChain: false, inMempool: false },
    conflict: { txid: 'bb', confirmations: 9, inChain: true, inMempool: false },
    merchant: { before: 12, shipped: 18, after: 12 },
    attacker: { before: 12, after: 11.9999 },
    nodes: [
      {
        ...{ node: 0, name: 'node0', role: 'merchant', height: 110, tip, disconnected: 7, connected: 9 },
        balance: { before: 12, after: 12 },
      },
      {
        ...{ node: 1, name: 'node1', role: 'attacker', height: 110, tip, disconnected: 0, connected: 0 },
        balance: { before: 12, after: 11.9999 },
      },
    ],
    blocks: [],
  };

  it('that succeeded', () => {
    expect(summarizeAttack(result).join('\n')).toMatchInlineSnapshot(`
      "
      node   role      height  blocks undone  blocks put in  tip        balance before        after
      node0  merchant     110              7              9  …00000000          12 BTC       12 BTC
      node1  attacker     110              0              0  …00000000          12 BTC  11.9999 BTC

      balance   before  goods handed over        after
      merchant  12 BTC             18 BTC       12 BTC
      attacker  12 BTC                     11.9999 BTC

      payment   aa is gone: another spent its coin 9 blocks deep
      conflict  bb is in the chain, 9 confirmations

      The double spend succeeded: every honest node reorganised at least 7 blocks, and the payment of 6 BTC is undone."
    `);
  });

  it('that failed', () => {
    const failed: DoubleSpendOutcome = {
      ...result,
      success: false,
      outcome: 'gave up',
      payment: { txid: 'aa', confirmations: 7, inChain: true, inMempool: false },
      conflict: undefined,
    };
    const text = summarizeAttack(failed).join('\n');
    expect(text).toContain('aa is in the chain, 7 confirmations');
    expect(text).toContain('The double spend failed');
    expect(text).not.toContain('conflict');
  });

  it('block by block', () => {
    const block = {
      hash: tip,
      height: 104,
      time: 1.5,
      honest: 2,
      attacker: 3,
      confirmations: 2,
      chance: 0.5,
    };
    const [line] = tellAttack({ type: 'block', finder: 'node3', node: 3, isPrivate: true, ...block });
    expect(line?.replace(/ +/g, ' ')).toBe(
      ' 1.50 node3 finds a block and hides it 2 : 3 lead +1 payment 2 confirmations chance 50.00 %',
    );
  });
});
