import { describe, expect, it } from 'vitest';
import { censorDecides, censorRules } from '../../../regtest/rules/censor-rules.js';
import { merchantDecides, patienceFor } from '../../../regtest/rules/eclipse-rules.js';
import { afterHonestBlock, afterOwnBlock } from '../../../regtest/rules/selfish-rules.js';

describe('SM1', () => {
  it('gives up a shorter branch, makes a tie of an equal one, and wins with one block more', () => {
    expect(afterHonestBlock({ attacker: 0, honest: 1 })).toBe('adopt');
    expect(afterHonestBlock({ attacker: 1, honest: 2 })).toBe('adopt');
    expect(afterHonestBlock({ attacker: 1, honest: 1 })).toBe('match');
    expect(afterHonestBlock({ attacker: 2, honest: 1 })).toBe('override');
    expect(afterHonestBlock({ attacker: 5, honest: 2 })).toBe('match');
  });

  it('keeps what it finds, unless that breaks a tie', () => {
    expect(afterOwnBlock({ attacker: 1, honest: 0 })).toBe('keep');
    expect(afterOwnBlock({ attacker: 7, honest: 0 })).toBe('keep');
    expect(afterOwnBlock({ attacker: 2, honest: 1 })).toBe('override');
    expect(afterOwnBlock({ attacker: 4, honest: 1 })).toBe('keep');
  });
});

describe('censor', () => {
  it('goes on until he is ahead or too far behind', () => {
    const rules = censorRules(0.3, 3);
    expect(censorDecides(rules, 1, 0)).toBe('fork');
    expect(censorDecides(rules, 1, 1)).toBe('fork');
    expect(censorDecides(rules, 1, 2)).toBe('release');
    expect(censorDecides(rules, 3, 0)).toBe('give up');
    expect(censorDecides(censorRules(0.3, 1), 1, 0)).toBe('give up');
  });

  it('is more patient with a majority', () => {
    expect(censorRules(0.3).giveUp).toBe(6);
    expect(censorRules(0.6).giveUp).toBe(100);
  });
});

describe('merchant', () => {
  it('ships with enough confirmations in time', () => {
    const rules = { hashrate: 0.3, confirmations: 2, patience: 10, watch: 0 };
    expect(merchantDecides(rules, 1, 5)).toBe('wait');
    expect(merchantDecides(rules, 2, 10)).toBe('ship');
    expect(merchantDecides(rules, 2, 10.1)).toBe('call off');
    expect([0, 1, 6].map(patienceFor)).toEqual([3, 3, 18]);
  });
});
