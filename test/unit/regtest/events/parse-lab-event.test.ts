import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attackEvent } from '../../../../regtest/events/parse-attack-event.js';
import { labEvent } from '../../../../regtest/events/parse-lab-event.js';
import { ShapeError } from '../../../../regtest/events/shape.js';
import * as any from './arbitrary-event.js';

type Path = readonly (string | number)[];

/** What comes in from a file or another process. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const isObject = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null;

/** Places of all values within a value, its own not among them. */
function pathsIn(value: unknown): Path[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsIn(inner).map(path => [key, ...path]),
  ]);
}

/** The value with what is at the place made into something that it cannot be: no object is text, no number is an object. */
function spoilt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return isObject(value) ? 7 : {};
  if (!isObject(value)) throw new Error(`no ${key} there`);
  const inner = spoilt(value[key], rest);
  return Array.isArray(value)
    ? value.map((one, index) => (String(index) === key ? inner : one))
    : { ...value, [key]: inner };
}

describe('what an attack told', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(any.attackEvent, event => {
        expect(attackEvent(asJson(event), 'event')).toEqual(asJson(event));
      }),
      { numRuns: 300 },
    );
  });

  it('is refused wherever something in it is not what it should be', () => {
    fc.assert(
      fc.property(any.attackEvent, event => {
        const paths = pathsIn(asJson(event));
        for (const path of paths) {
          const read = () => attackEvent(spoilt(asJson(event), path), 'event');
          expect(read, path.join('.')).toThrow(ShapeError);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is not read further than it is known', () => {
    const more = { type: 'heal', colour: 'red', hash: 7, ['__proto__']: { polluted: true } };
    expect(Object.entries(attackEvent(more, 'event'))).toEqual([['type', 'heal']]);
    expect(Object.entries(attackEvent(JSON.parse('{"type":"heal","__proto__":{"x":1}}'), 'event'))).toEqual([
      ['type', 'heal'],
    ]);
  });

  it.each([
    [{ type: 'explosion' }, 'event.type must be one of start, payment'],
    [{ type: 'constructor' }, 'event.type must be one of'],
    [{ type: '__proto__' }, 'event.type must be one of'],
    [{}, 'event.type must be one of'],
    [[], 'event must be an object, not []'],
    [null, 'event must be an object, not null'],
    [{ type: 'release', honest: 1 }, 'event.attacker must be a whole number from 0, not nothing'],
    [{ type: 'release', honest: -1, attacker: 0 }, 'event.honest must be a whole number from 0, not -1'],
    [{ type: 'refused', node: 0.5, depth: 1 }, 'event.node must be a whole number'],
    [{ type: 'refused', node: 0, depth: 2 ** 53 }, 'event.depth must be a whole number'],
    [{ type: 'orphaned', hashes: ['ab'] }, 'event.hashes[0] must be 64 hex digits, not "ab"'],
    [{ type: 'start', plan: { kind: 'selfish', seed: 1 } }, 'event.plan.rules must be an object'],
    [{ type: 'start', plan: { kind: 'bribe' } }, 'event.plan.kind must be one of double-spend'],
    [{ type: 'end', success: 1, outcome: '' }, 'event.success must be true or false, not 1'],
  ])('%j is refused', (event, why) => {
    expect(() => attackEvent(event, 'event')).toThrow(why);
  });
});

describe('an event of a lab', () => {
  it('is refused wherever something in it is not what it should be', () => {
    fc.assert(
      fc.property(any.happening, what => {
        const event = asJson({ seq: 1, atMs: 0, ...what });
        for (const path of pathsIn(event)) {
          expect(() => labEvent(spoilt(event, path), 'event'), path.join('.')).toThrow(ShapeError);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is read, or refused as one, whatever comes in', () => {
    const types = fc.constantFrom('attack', 'blockFound', 'link', 'mining', 'tip', 'toString');
    const anything = fc.record({
      type: types,
      event: fc.jsonValue(),
      node: fc.jsonValue(),
      plan: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), anything), value => {
        try {
          labEvent(value, 'event');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ShapeError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
