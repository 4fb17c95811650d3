import { parentPort } from 'node:worker_threads';
import { defined } from '../../runtime/errors.js';
import { verifyBatch } from './batch.js';

// Entry of the script-check threads: a packed batch comes in, its verdict goes out.
const port = defined(parentPort, 'port of a worker thread');
port.on('message', (packed: Uint8Array) => port.postMessage(verifyBatch(packed)));
