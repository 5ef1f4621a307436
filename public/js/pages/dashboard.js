import { drawCharts } from '../charts/draw.js';

drawCharts(document);
