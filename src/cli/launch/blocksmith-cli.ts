#!/usr/bin/env node
import { join } from 'node:path';
import { launch } from './launch.js';

launch(join(import.meta.dirname, 'blocksmith-cli', 'program.cjs'));
