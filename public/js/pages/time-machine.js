import '../behaviours/arrow-keys.js';
import { drawCharts } from '../charts/draw.js';

await drawCharts(document);
