import { drawCharts } from '../charts/draw.js';

await drawCharts(document);
