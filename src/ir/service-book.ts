import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { suggester } from '../diagnostics/suggest.ts';
import { noFacts } from '../policy/schema/service.ts';
import type { To } from '../policy/schema/to.ts';
import type { PolicySet } from './merge.ts';
import type { Upstream } from './model.ts';
import { foreignHint, named, writable } from './names.ts';
import { type Origin, placeOf } from './origin.ts';

/** Finds the apps that routes name. */
export class ServiceBook {
  readonly #set: Pick<PolicySet, 'services' | 'names'>;
  readonly #report: (found: Diagnostic) => void;
  readonly #suggest = suggester();

  constructor(set: Pick<PolicySet, 'services' | 'names'>, report: (found: Diagnostic) => void) {
    this.#set = set;
    this.#report = report;
  }

  upstream(to: To, origin: Origin): Upstream {
    if ('addresses' in to) return { addresses: to.addresses, facts: noFacts, origin };
    const { services, names } = this.#set;
    const found = named(services, names, to.service, origin.file);
    if (found !== undefined) {
      const { at: addresses, ...facts } = found.value.value;
      return { service: found.kept, addresses, facts, origin: found.value.origin };
    }
    const meant = this.#suggest(to.service, writable(services, names, origin.file));
    const hint = meant ? `did you mean \`${meant}\`?` : foreignHint(services, to.service);
    this.#report({
      code: 'unknown-service',
      severity: 'error',
      message: `there is no service "${to.service}"`,
      hint: hint ?? `define it under "services", or write an address: ${to.service}:8000`,
      place: placeOf(origin, 'value'),
    });
    // A stand-in, so that what else is wrong is told at once too.
    return { service: to.service, addresses: [], facts: noFacts, origin };
  }
}
