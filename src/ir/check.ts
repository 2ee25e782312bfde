import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { clearUpstreams, factsRespected, openSensitive } from './checks/exposure.ts';
import { forbiddenUpstreams } from './checks/forbidden.ts';
import { decimalSizes, forbiddenRaw, loggedTokens, mixedPools } from './checks/facts.ts';
import type { Check, CheckContext } from './checks/finding.ts';
import { factsReachTheirService, rootRoutes, unreachableRoutes, untoldOrder } from './checks/routing.ts';
import {
  clientsAreKnown,
  oneSecurityPerListener,
  oneTrustPerListener,
  servedSomewhere,
  tunnelsApart,
} from './checks/listeners.ts';
import {
  authInTheClear,
  certificatesAreAsked,
  compressedStreams,
  headerAdvice,
  oneOnDemandPermission,
  wildcardCertificates,
} from './checks/transport.ts';
import type { Model } from './model.ts';
import { PerSite } from './per-site.ts';

/** Rules that look at one site at a time. */
const OF_A_SITE: readonly Check[] = [
  rootRoutes,
  unreachableRoutes,
  untoldOrder,
  factsReachTheirService,
  openSensitive,
  forbiddenUpstreams,
  factsRespected,
  clearUpstreams,
  authInTheClear,
  certificatesAreAsked,
  wildcardCertificates,
  compressedStreams,
  headerAdvice,
  loggedTokens,
  decimalSizes,
  forbiddenRaw,
  mixedPools,
];

/** Rules that compare sites. */
const OF_THE_SET: readonly Check[] = [
  servedSomewhere,
  oneTrustPerListener,
  oneSecurityPerListener,
  tunnelsApart,
  clientsAreKnown,
  oneOnDemandPermission,
];

/** What is well formed and still wrong, or seldom meant. */
export function check(model: Model, context: CheckContext): Diagnostic[] {
  return [...ofSites(model, context), ...OF_THE_SET.flatMap((rule) => rule(model, context))];
}

/** Of a site that is what it was, and was found in order, nothing is asked again. */
function ofSites(model: Model, context: CheckContext): Diagnostic[] {
  const { adminAddresses, statusAddresses, httpPort, httpsPort, internalCa } = context;
  const asked: Required<CheckContext> = { adminAddresses, statusAddresses, httpPort, httpsPort, internalCa };
  const key = JSON.stringify([asked, model.neverExpose.map(({ value }) => value), model.rawForbidden]);
  const found = model.sites.flatMap((site) => {
    const isInOrder = inOrder.of(site, key, () => {
      const one = { ...model, sites: [site] };
      return OF_A_SITE.every((rule) => rule(one, context).length === 0);
    });
    return isInOrder ? [] : [site];
  });
  const rest = { ...model, sites: found };
  return OF_A_SITE.flatMap((rule) => rule(rest, context));
}

const inOrder = new PerSite<boolean>();
