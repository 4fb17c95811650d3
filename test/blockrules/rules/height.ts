import { concatBytes } from '../../../src/primitives/bytes.js';
import { Topic } from '../cases.js';
import { heightScript, lastOf } from '../generator.js';
import { TRUNK_HEIGHT } from '../lab.js';

const topic = new Topic('BIP34');
export const heightCases = topic.cases;

const HEIGHT = TRUNK_HEIGHT + 1;

const refused: readonly (readonly [string, Uint8Array])[] = [
  ['no height', Uint8Array.of(0x51, 0x51)],
  ['the height of its parent', heightScript(HEIGHT - 1)],
  ['the height of its child', heightScript(HEIGHT + 1)],
  ['the height with a zero byte too many', Uint8Array.of(2, HEIGHT, 0)],
  ['the height pushed by PUSHDATA1', Uint8Array.of(0x4c, 1, HEIGHT)],
  ['the height after another push', concatBytes(Uint8Array.of(0x51), heightScript(HEIGHT))],
  ['a push of the height that is cut short', Uint8Array.of(3, HEIGHT)],
];
for (const [what, scriptSig] of refused) {
  topic.rejects(`coinbase with ${what}`, 'bad-cb-height', lab => lab.block({ coinbase: { scriptSig } }));
}

topic.accepts('coinbase with more after the height', lab =>
  lab.block({ coinbase: { scriptSig: concatBytes(heightScript(HEIGHT), new Uint8Array(20).fill(0x51)) } }),
);
topic.plays('heights of one byte end at 127', (lab, play) => {
  const blocks = lab.upTo(127);
  const last = lastOf(blocks);
  play.switchTo(blocks);
  play.reject(lab.on(last, { coinbase: { scriptSig: Uint8Array.of(1, 128) } }), 'bad-cb-height');
  play.accept(lab.on(last, { coinbase: { scriptSig: Uint8Array.of(2, 128, 0) } }));
});
topic.plays('a block that breaks the rule is refused for ever', (lab, play) => {
  const block = lab.block({ coinbase: { scriptSig: heightScript(HEIGHT + 1) } });
  play.reject(block, 'bad-cb-height');
  play.reject(block, 'duplicate');
});
