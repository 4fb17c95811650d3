#!/usr/bin/env node
import { join } from 'node:path';
import { holdYoungGeneration } from '../../runtime/v8-flags.js';
import { launch } from './launch.js';

launch(join(import.meta.dirname, 'blocksmithd', 'program.cjs'), holdYoungGeneration);
