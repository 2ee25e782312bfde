import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { clearUpstreams, factsRespected, forbiddenUpstreams, openSensitive } from './checks/exposure.ts';
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

const CHECKS: readonly Check[] = [
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
  servedSomewhere,
  wildcardCertificates,
  oneTrustPerListener,
  oneSecurityPerListener,
  tunnelsApart,
  clientsAreKnown,
  oneOnDemandPermission,
  compressedStreams,
  headerAdvice,
  loggedTokens,
  decimalSizes,
  forbiddenRaw,
  mixedPools,
];

/** What is well formed and still wrong, or seldom meant. */
export function check(model: Model, context: CheckContext): Diagnostic[] {
  return CHECKS.flatMap((rule) => rule(model, context));
}
