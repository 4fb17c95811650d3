import { concatBytes } from '../../../src/primitives/bytes.js';
import { Transaction, type TxOutput } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { Topic } from '../cases.js';
import { COIN } from '../constants.js';
import { type BuiltBlock, withTransactions } from '../generator.js';
import type { Lab } from '../lab.js';
import { witnessKeyLock, witnessScriptLock } from '../locks.js';
import { open, outputOf, spend } from '../transactions.js';

const topic = new Topic('witness commitment');
export const witnessCommitmentCases = topic.cases;

/** Two transactions of which the second has a witness. */
function witnessed(lab: Lab): Transaction[] {
  const { script, unlock } = witnessKeyLock();
  return lab.locked(script, unlock);
}

function spoiled({ value, script }: TxOutput): TxOutput {
  const copy = Buffer.from(script);
  copy[37] = (copy[37] as number) ^ 1;
  return { value, script: copy };
}

topic.accepts('a commitment to a witness', lab => lab.block({ transactions: witnessed(lab) }));
topic.accepts('a commitment without a witness', lab =>
  lab.block({ coinbase: { commitments: right => [right] } }),
);
topic.accepts('no commitment, no witness', lab => lab.holding(spend([lab.coin()], [open(COIN)])));
topic.rejects('a witness without a commitment', 'unexpected-witness', lab =>
  lab.block({ transactions: witnessed(lab), coinbase: { commitments: () => [] } }),
);
topic.rejects('a witness of the coinbase alone, without a commitment', 'unexpected-witness', lab =>
  lab.block({ coinbase: { witness: [new Uint8Array(32)] } }),
);
topic.rejects('a wrong commitment', 'bad-witness-merkle-match', lab =>
  lab.block({ transactions: witnessed(lab), coinbase: { commitments: right => [spoiled(right)] } }),
);
topic.rejects('a wrong commitment where there is no witness', 'bad-witness-merkle-match', lab =>
  lab.block({ coinbase: { commitments: right => [spoiled(right)] } }),
);
topic.rejects('a commitment, and a coinbase without a witness', 'bad-witness-nonce-size', lab =>
  lab.block({ coinbase: { commitments: right => [right], witness: [] } }),
);
for (const size of [0, 31, 33, 64]) {
  topic.rejects(`a reserved value of ${size} bytes`, 'bad-witness-nonce-size', lab =>
    lab.block({ transactions: witnessed(lab), coinbase: { witness: [new Uint8Array(size)] } }),
  );
}
topic.rejects('two reserved values', 'bad-witness-nonce-size', lab =>
  lab.block({
    transactions: witnessed(lab),
    coinbase: { witness: [new Uint8Array(32), new Uint8Array(32)] },
  }),
);
topic.accepts('a reserved value that is not zero', lab =>
  lab.block({ transactions: witnessed(lab), coinbase: { witness: [new Uint8Array(32).fill(0xa5)] } }),
);
topic.accepts('several commitments, of which the last is right', lab =>
  lab.block({
    transactions: witnessed(lab),
    coinbase: { commitments: right => [spoiled(right), spoiled(right), right] },
  }),
);
topic.rejects('several commitments, of which the last is wrong', 'bad-witness-merkle-match', lab =>
  lab.block({ transactions: witnessed(lab), coinbase: { commitments: right => [right, spoiled(right)] } }),
);
topic.accepts('a commitment with more behind it', lab =>
  lab.block({
    transactions: witnessed(lab),
    coinbase: {
      commitments: ({ script }) => [{ value: 0, script: concatBytes(script, Uint8Array.of(1, 2, 3)) }],
    },
  }),
);
topic.accepts('a commitment that carries coins', lab =>
  lab.block({
    transactions: witnessed(lab),
    coinbase: { reward: COIN, commitments: ({ script }) => [{ value: COIN, script }] },
  }),
);
topic.accepts('what is a byte too short is no commitment', lab =>
  lab.block({
    transactions: witnessed(lab),
    coinbase: {
      commitments: right => [right, { value: 0, script: spoiled(right).script.subarray(0, 37) }],
    },
  }),
);
topic.accepts('what has another mark is no commitment', lab =>
  lab.block({
    transactions: witnessed(lab),
    coinbase: {
      commitments: right => {
        const other = Buffer.from(right.script);
        other[5] = 0xee;
        return [right, { value: 0, script: other }];
      },
    },
  }),
);
topic.rejects('a commitment in another transaction than the coinbase', 'unexpected-witness', lab => {
  const spends = witnessed(lab);
  const { transactions } = lab.block({ transactions: spends });
  const commitment = outputOf(defined(transactions[0], 'coinbase'), 1);
  const carrier = spend([lab.coin(5)], [open(COIN), commitment]);
  return lab.block({ transactions: [...spends, carrier], coinbase: { commitments: () => [] } });
});

/** The good block with other witnesses, which its header does not cover. */
function disguise(
  honest: BuiltBlock,
  change: (tx: Transaction, index: number) => readonly Uint8Array[],
): BuiltBlock {
  const transactions = honest.transactions.map((tx, index) =>
    Transaction.from({
      version: tx.version,
      lockTime: tx.lockTime,
      outputs: tx.outputs,
      inputs: tx.inputs.map(input => ({ ...input, witness: change(tx, index) })),
    }),
  );
  return withTransactions(honest.parent ?? honest, honest.header, transactions);
}

const disguises: readonly (readonly [
  string,
  'unexpected-witness' | 'bad-witness-merkle-match' | 'bad-witness-nonce-size',
  (tx: Transaction, index: number) => readonly Uint8Array[],
])[] = [
  ['without any witness', 'bad-witness-nonce-size', () => []],
  [
    'without the witness of a transaction',
    'bad-witness-merkle-match',
    (tx, index) => (index === 0 ? (tx.inputs[0]?.witness ?? []) : []),
  ],
  [
    'with a witness for an input that has none',
    'bad-witness-merkle-match',
    (tx, index) => (index === 1 ? [Uint8Array.of(1)] : (tx.inputs[0]?.witness ?? [])),
  ],
  [
    'with an element more in a witness',
    'bad-witness-merkle-match',
    (tx, index) => [...(index === 2 ? [Uint8Array.of(1)] : []), ...(tx.inputs[0]?.witness ?? [])],
  ],
  [
    'with another reserved value',
    'bad-witness-merkle-match',
    (tx, index) => (index === 0 ? [new Uint8Array(32).fill(3)] : (tx.inputs[0]?.witness ?? [])),
  ],
  [
    'with a reserved value of 3.9 million bytes',
    'bad-witness-nonce-size',
    (tx, index) => (index === 0 ? [new Uint8Array(3_900_000)] : (tx.inputs[0]?.witness ?? [])),
  ],
];
for (const [what, code, change] of disguises) {
  topic.plays(`a good block disguised ${what} is not held against the good one`, (lab, play) => {
    const honest = lab.block({ transactions: witnessed(lab) });
    play.reject(disguise(honest, change), code);
    play.accept(honest);
  });
}
topic.plays('a good block without commitment disguised by a witness', (lab, play) => {
  const honest = lab.holding(spend([lab.coin()], [open(COIN)]));
  play.reject(
    disguise(honest, (_, index) => (index === 1 ? [Uint8Array.of(1)] : [])),
    'unexpected-witness',
  );
  play.accept(honest);
});
topic.accepts('a witness of one transaction among many without', lab => {
  const { script, unlock } = witnessScriptLock(Uint8Array.of(0x51));
  const plain = [10, 11, 12].map(i => spend([lab.coin(i)], [open(COIN)]));
  return lab.block({ transactions: [...plain, ...lab.locked(script, unlock)] });
});
