import { parentPort } from 'node:worker_threads';
import { defined } from '../../runtime/errors.js';
import { stepWorkerBack } from '../../runtime/helper-threads.js';
import { verifyBatch } from './batch.js';

// Entry of the script-check threads: a packed batch comes in, its verdict goes out.
stepWorkerBack();
const port = defined(parentPort, 'port of a worker thread');

/** Batches, one after the other: what reads bytes, and copies them, is slower where another thread may write meanwhile. */
let own = new Uint8Array(0);

port.on('message', (shared: Uint8Array) => {
  if (own.length < shared.length) own = new Uint8Array(shared.buffer.byteLength);
  own.set(shared);
  port.postMessage(verifyBatch(own.subarray(0, shared.length)));
});
