import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { suggester } from '../diagnostics/suggest.ts';
import { noFacts, type Service } from '../policy/schema/service.ts';
import type { To } from '../policy/schema/to.ts';
import type { Upstream } from './model.ts';
import { type Origin, placeOf, type Traced } from './origin.ts';

/** Finds the apps that routes name. */
export class ServiceBook {
  readonly #services: ReadonlyMap<string, Traced<Service>>;
  readonly #report: (found: Diagnostic) => void;
  readonly #suggest = suggester();

  constructor(services: ReadonlyMap<string, Traced<Service>>, report: (found: Diagnostic) => void) {
    this.#services = services;
    this.#report = report;
  }

  upstream(to: To, origin: Origin): Upstream {
    if ('addresses' in to) return { addresses: to.addresses, facts: noFacts, origin };
    const service = this.#services.get(to.service);
    if (service !== undefined) {
      const { at: addresses, ...facts } = service.value;
      return { service: to.service, addresses, facts, origin: service.origin };
    }
    const meant = this.#suggest(to.service, this.#services.keys());
    this.#report({
      code: 'unknown-service',
      severity: 'error',
      message: `there is no service "${to.service}"`,
      hint: meant
        ? `did you mean \`${meant}\`?`
        : `define it under "services", or write an address: ${to.service}:8000`,
      place: placeOf(origin, 'value'),
    });
    // A stand-in, so that what else is wrong is told at once too.
    return { service: to.service, addresses: [], facts: noFacts, origin };
  }
}
