/** One line of Prometheus' text format. */
interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  /** The type of each metric, by its name. */
  readonly types: ReadonlyMap<string, string>;
  readonly series: readonly Series[];
  /** The value of the one series with these labels, and no others; throws where there is none. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number;
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/** Reads Prometheus' text format as strictly as its documentation is written; throws at the first line that is not it. */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const series: Series[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') helped.add(name);
    else if (kind === 'TYPE') {
      if (!metricName.test(name) || types.has(name)) throw new Error(`a type of no one metric: ${line}`);
      if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(rest)) throw new Error(`no type: ${line}`);
      types.set(name, rest);
    } else {
      const found = parseSample(line);
      const family = found.name.replace(/_(bucket|sum|count)$/, '');
      if (!types.has(found.name) && types.get(family) !== 'histogram') throw new Error(`of no type: ${line}`);
      const key = keyOf(found.name, found.labels);
      if (seen.has(key)) throw new Error(`twice: ${line}`);
      seen.add(key);
      series.push(found);
    }
  }
  for (const name of types.keys()) if (!helped.has(name)) throw new Error(`without help: ${name}`);
  return {
    types,
    series,
    value(name, labels = {}) {
      const wanted = keyOf(name, labels);
      const one = series.find((each) => keyOf(each.name, each.labels) === wanted);
      if (one === undefined) throw new Error(`there is no ${wanted}`);
      return one.value;
    },
  };
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([
    name,
    ...Object.keys(labels)
      .toSorted()
      .map((key) => [key, labels[key]]),
  ]);
}

function parseSample(line: string): Series {
  const [, name, inside = '', text = ''] = sample.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  for (let rest = inside; rest !== ''; ) {
    const [whole, key, value] = label.exec(rest) ?? [];
    if (whole === undefined || key === undefined || value === undefined) throw new Error(`not a label: ${line}`);
    labels[key] = value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(whole.length);
  }
  const value = ['+Inf', '-Inf', 'Nan'].includes(text) ? Number(text.replace('Inf', 'Infinity')) : Number(text);
  if (Number.isNaN(value) && text !== 'Nan') throw new Error(`not a number: ${line}`);
  return { name, labels, value };
}
