import { writeSync } from 'node:fs';
import { peakResidentKb } from './resident.ts';

/** Loaded into a measured process: tells its peak resident memory, in KB, on the fourth descriptor as it ends. */
process.on('exit', () => void writeSync(3, String(peakResidentKb())));
