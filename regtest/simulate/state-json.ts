import type { SimulationState } from './simulation.js';

/** A column as base64 of its little-endian bytes: floating-point numbers keep every bit, infinities and NaN included. */
type Column = string;

type Columns<T> = {
  readonly [K in keyof T]: T[K] extends Float64Array | Int32Array | Uint8Array ? Column : T[K];
};

/** The state of a simulation as JSON has it. */
export interface StateJson extends Omit<Columns<SimulationState>, 'queue' | 'ledger' | 'tips' | 'spreads'> {
  readonly queue: Columns<SimulationState['queue']>;
  readonly ledger: Columns<SimulationState['ledger']>;
  readonly tips: Columns<SimulationState['tips']>;
  readonly spreads: readonly Columns<SimulationState['spreads'][number]>[];
}

export function writeState({
  queue,
  ledger,
  tips,
  spreads,
  uplinkFree,
  ...rest
}: SimulationState): StateJson {
  return {
    ...rest,
    uplinkFree: column(uplinkFree),
    queue: {
      times: column(queue.times),
      orders: column(queue.orders),
      kinds: column(queue.kinds),
      places: column(queue.places),
      blocks: column(queue.blocks),
      nextOrder: queue.nextOrder,
    },
    ledger: {
      prev: column(ledger.prev),
      finder: column(ledger.finder),
      foundAt: column(ledger.foundAt),
      accepted: column(ledger.accepted),
      reached: column(ledger.reached),
      delay: column(ledger.delay),
      delayShare: column(ledger.delayShare),
      marks: column(ledger.marks),
    },
    tips: { ...tips, tip: column(tips.tip) },
    spreads: spreads.map(spread => ({
      ...spread,
      progress: column(spread.progress),
      news: column(spread.news),
      relayed: column(spread.relayed),
    })),
  };
}

export function readState({ queue, ledger, tips, spreads, uplinkFree, ...rest }: StateJson): SimulationState {
  return {
    ...rest,
    uplinkFree: floats(uplinkFree),
    queue: {
      times: floats(queue.times),
      orders: floats(queue.orders),
      kinds: bytes(queue.kinds),
      places: integers(queue.places),
      blocks: integers(queue.blocks),
      nextOrder: queue.nextOrder,
    },
    ledger: {
      prev: integers(ledger.prev),
      finder: integers(ledger.finder),
      foundAt: floats(ledger.foundAt),
      accepted: integers(ledger.accepted),
      reached: floats(ledger.reached),
      delay: floats(ledger.delay),
      delayShare: floats(ledger.delayShare),
      marks: bytes(ledger.marks),
    },
    tips: { ...tips, tip: integers(tips.tip) },
    spreads: spreads.map(spread => ({
      ...spread,
      progress: bytes(spread.progress),
      news: floats(spread.news),
      relayed: bytes(spread.relayed),
    })),
  };
}

function column(values: Float64Array | Int32Array | Uint8Array): Column {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** A copy, since a typed array must begin at a multiple of its element size. */
function bytes(text: Column): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

function floats(text: Column): Float64Array {
  return new Float64Array(bytes(text).buffer);
}

function integers(text: Column): Int32Array {
  return new Int32Array(bytes(text).buffer);
}
