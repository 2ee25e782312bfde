import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import { programMetrics, type Sample, type StatusMetric } from './program-metrics.ts';
import type { DaemonStatus } from './state.ts';

export interface Metrics {
  readonly contentType: string;
  /** As they are now, in Prometheus' text format. */
  text(): Promise<string>;
}

/** Node looks this often, in milliseconds, how late its event loop is; as often as it would by itself costs a sidecar too much. */
const lagPrecision = 500;

/** What the status says, and what Node tells of the process. `program` is the version. */
export function createMetrics(get: () => DaemonStatus, program: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagPrecision });
  for (const metric of programMetrics(program)) registry.registerMetric(computed(metric, get));
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

/**
 * The status has counted already: where the library's own metrics would count once more, this only says what the registry
 * asks for when it is read.
 */
function computed({ name, help, type, samples }: StatusMetric, get: () => DaemonStatus): Metric {
  const read = async (): Promise<object> => ({
    name,
    help,
    type,
    aggregator: 'sum',
    values: samples(get()).map(valueOf),
  });
  return { name, help, type, aggregator: 'sum', get: read, reset() {} } as unknown as Metric;

  function valueOf({ labels = {}, value, suffix = '' }: Sample): object {
    return { labels, value, metricName: `${name}${suffix}` };
  }
}
