import { concatBytes, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { Topic } from '../cases.js';
import { COIN, MAX_COINBASE_SCRIPT, NULL_INDEX, SEQUENCE_FINAL } from '../constants.js';
import { heightScript, subsidyAt } from '../generator.js';
import { type Lab, TRUNK_HEIGHT } from '../lab.js';
import { open, spend } from '../transactions.js';

const topic = new Topic('coinbase');
export const coinbaseCases = topic.cases;

const HEIGHT = TRUNK_HEIGHT + 1;

/** The height and zeros, of `size` bytes together. */
function scriptOf(size: number): Uint8Array {
  return concatBytes(heightScript(HEIGHT), new Uint8Array(100)).subarray(0, size);
}

const ordinary = (lab: Lab) => spend([lab.coin()], [open(COIN)]);
const input = { scriptSig: new Uint8Array(2), sequence: SEQUENCE_FINAL, witness: [] };

topic.rejects('no transaction at all', 'bad-blk-length', lab => lab.block({ arrange: () => [] }));
topic.rejects('no coinbase', 'bad-cb-missing', lab =>
  lab.block({ transactions: [ordinary(lab)], arrange: ([, ...others]) => others }),
);
topic.rejects('coinbase in second place', 'bad-cb-missing', lab =>
  lab.block({ transactions: [ordinary(lab)], arrange: list => [...list].reverse() }),
);
topic.rejects('two coinbases', 'bad-cb-multiple', lab => {
  const other = lab.block().transactions;
  return lab.block({ arrange: list => [...list, ...other] });
});
topic.rejects('coinbase with a second input', 'bad-cb-missing', lab =>
  lab.block({ coinbase: { moreInputs: [{ ...input, prevout: lab.coin().outpoint }] } }),
);
topic.rejects('coinbase with two null inputs', 'bad-cb-missing', lab =>
  lab.block({ coinbase: { moreInputs: [{ ...input, prevout: { txid: ZERO_HASH, vout: NULL_INDEX } }] } }),
);
topic.rejects('coinbase whose input has another index than the null one', 'bad-cb-missing', lab =>
  lab.block({ coinbase: { input: { prevout: { txid: ZERO_HASH, vout: 0 } } } }),
);
topic.rejects('coinbase whose input names a transaction', 'bad-cb-missing', lab =>
  lab.block({ coinbase: { input: { prevout: { txid: lab.coin().outpoint.txid, vout: NULL_INDEX } } } }),
);

topic.rejects('coinbase script of no byte', 'bad-cb-length', lab =>
  lab.block({ coinbase: { scriptSig: scriptOf(0) } }),
);
topic.rejects('coinbase script of 1 byte', 'bad-cb-length', lab =>
  lab.block({ coinbase: { scriptSig: scriptOf(1) } }),
);
topic.accepts('coinbase script of 2 bytes', lab => lab.block({ coinbase: { scriptSig: scriptOf(2) } }));
topic.accepts('coinbase script of 100 bytes', lab =>
  lab.block({ coinbase: { scriptSig: scriptOf(MAX_COINBASE_SCRIPT) } }),
);
topic.rejects('coinbase script of 101 bytes', 'bad-cb-length', lab =>
  lab.block({ coinbase: { scriptSig: concatBytes(scriptOf(MAX_COINBASE_SCRIPT), Uint8Array.of(0)) } }),
);
topic.accepts('coinbase script that is no script', lab =>
  lab.block({ coinbase: { scriptSig: concatBytes(heightScript(HEIGHT), Uint8Array.of(0x4e, 0xff, 0xff)) } }),
);

topic.rejects('coinbase without outputs', 'bad-txns-vout-empty', lab =>
  lab.block({ coinbase: { outputs: [] } }),
);
topic.accepts('coinbase with many outputs', lab => {
  const value = subsidyAt(HEIGHT) / 50;
  return lab.block({ coinbase: { outputs: Array.from({ length: 50 }, () => open(value)) } });
});
topic.accepts('coinbase whose sequence number is not final', lab =>
  lab.block({ coinbase: { input: { sequence: 1 } } }),
);
topic.accepts('coinbase with a lock time and a final sequence number', lab =>
  lab.block({ coinbase: { lockTime: HEIGHT } }),
);
topic.accepts('coinbase locked until the block before', lab =>
  lab.block({ coinbase: { lockTime: HEIGHT - 1, input: { sequence: 0 } } }),
);
topic.rejects('coinbase locked until its own block', 'bad-txns-nonfinal', lab =>
  lab.block({ coinbase: { lockTime: HEIGHT, input: { sequence: 0 } } }),
);
