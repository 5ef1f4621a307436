import '../behaviours/follow-progress.js';
import '../behaviours/letters-left.js';
import { drawCharts } from '../charts/draw.js';

await drawCharts(document);
