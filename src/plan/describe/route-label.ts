import { canonical, type JsonValue } from '../../caddy/json.ts';
import { entriesOf, itemsOf, own } from '../live.ts';
import { shown, shownList } from './values.ts';

/** What a route takes, beside the host, as the policy writes it: `/api`, `=/health`, `/ when method POST`. */
export function routeLabel(matchers: JsonValue): string {
  const when = entriesOf(matchers).flatMap(([name, value]) => conditionText(name, value));
  return [pathLabel(matchers), ...(when.length > 0 ? [`when ${when.toSorted().join(', ')}`] : [])].join(' ');
}

function pathLabel(matchers: JsonValue): string {
  const paths = itemsOf(own(matchers, 'path'));
  const [first, second] = paths;
  if (first !== undefined && paths.length === 2 && second === `${shown(first)}/*`) return shown(first);
  if (paths.length > 0) return paths.map((path) => `=${shown(path)}`).join(', ');
  const pattern = own(own(matchers, 'path_regexp'), 'pattern');
  return typeof pattern === 'string' && isSegmentPattern(pattern) ? segmentPath(pattern) : '/';
}

/** The pattern of a path with a `*` for one segment. */
const SEGMENTS = /^\(\?i\)\^(\/.*?)(\(\/\|\$\)|\/?\$)$/s;

function isSegmentPattern(pattern: string): boolean {
  return SEGMENTS.test(pattern);
}

function segmentPath(pattern: string): string {
  const [, path = '', end] = SEGMENTS.exec(pattern) ?? [];
  const plain = path.replaceAll('[^/]+', '*').replace(/\\(.)/g, '$1');
  return end === '(/|$)' ? plain : `=${plain}${end === '/$' ? '/' : ''}`;
}

function conditionText(name: string, value: JsonValue, isInner = false): string[] {
  switch (name) {
    case 'host':
      return [];
    case 'path':
      return isInner ? [`path ${shownList(value)}`] : [];
    case 'path_regexp': {
      const pattern = shown(own(value, 'pattern'));
      return isSegmentPattern(pattern) && !isInner ? [] : [`regex ${pattern}`];
    }
    case 'method':
      return [`method ${shownList(value)}`];
    case 'header':
    case 'query':
      return entriesOf(value).map(([key, values]) => `${name} ${presence(key, values)}`);
    case 'client_ip':
    case 'remote_ip':
      return [`client ${shownList(own(value, 'ranges'))}`];
    case 'protocol':
    case 'expression':
      return [`${name} ${shown(value)}`];
    case 'not':
      return itemsOf(value).map(
        (set) =>
          `not (${entriesOf(set)
            .flatMap((each) => conditionText(...each, true))
            .join(', ')})`,
      );
    default:
      return [`${name} ${canonical(value)}`];
  }
}

function presence(name: string, values: JsonValue): string {
  if (values === null) return `${name} absent`;
  const list = shownList(values);
  return list === '' || list === '*' ? name : `${name}=${list}`;
}
