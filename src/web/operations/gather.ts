import cluster from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** Of this process or, if several serve one port, the sum of all. */
export type GatherMetrics = () => Promise<string>;

const PATIENCE_MS = 5_000;

interface Asked {
  readonly metricsWanted: string;
}
interface Answered {
  readonly metricsFor: string;
  readonly text: string;
}

/** A request reaches one of several processes, which asks the supervisor for all. */
export function gatherFrom(registry: Registry): GatherMetrics {
  if (!cluster.isWorker) return () => registry.metrics();
  AggregatorRegistry.setRegistries([registry]);
  // Creating it makes this process answer when the supervisor asks.
  void new AggregatorRegistry();
  return () => askSupervisor().catch(() => registry.metrics());
}

function askSupervisor(): Promise<string> {
  const question: Asked = { metricsWanted: randomUUID() };
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      process.off('message', listen);
    };
    const listen = (message: unknown): void => {
      if (!isAnswer(message) || message.metricsFor !== question.metricsWanted) return;
      settle();
      resolve(message.text);
    };
    const timer = setTimeout(() => {
      settle();
      reject(new Error('the supervisor did not answer'));
    }, PATIENCE_MS);
    process.on('message', listen).send?.(question);
  });
}

export function answerWorkers(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', (worker, message: unknown) => {
    if (!isQuestion(message)) return;
    aggregator.clusterMetrics().then(
      (text) => worker.send({ metricsFor: message.metricsWanted, text } satisfies Answered),
      () => undefined, // The worker speaks for itself once its patience ends.
    );
  });
}

const isQuestion = (message: unknown): message is Asked =>
  typeof message === 'object' && message !== null && 'metricsWanted' in message;
const isAnswer = (message: unknown): message is Answered =>
  typeof message === 'object' && message !== null && 'metricsFor' in message;
