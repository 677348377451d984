/** Where on a server the steps go, for protocols that name it outside of the request: without it every attempt would connect, and fail. */

import { runsOverAnother } from '../../connectors/index.ts'
import type { AddressPlace } from '../../connectors/wire/connector.ts'
import type { PlannedTarget } from '../compile/plan.ts'
import type { Finding } from '../read/source/finding.ts'
import { mapAt, type WrittenStep } from '../schema/written-steps.ts'
import type { TargetUse } from './target-uses.ts'

/** Path of an address, unless it is that of what the protocol runs over. */
function pathOf({ connector, url }: PlannedTarget): string {
  if (runsOverAnother(connector, url.source)) return ''
  return url.source.replace(/^mock:|^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '')
}

function lacks({ message, request }: WrittenStep['step'], place: AddressPlace, options: unknown): boolean {
  const own = message === undefined ? (request === undefined ? undefined : place.own(mapAt(request, []))) : {}
  if (own === undefined) return false
  return place.keys.some((key) => own[key] === undefined && mapAt(options, [])[key] === undefined)
}

/** Returns an error for a target whose steps have no destination, such as no gRPC method or MQTT topic; empty otherwise. */
export function destinationFindings({ target, block, base, steps }: TargetUse): Finding[] {
  const { place } = target.connector
  if (place === undefined || target.url.variables.length > 0 || place.ofPath(pathOf(target)) !== undefined) return []
  if (!steps.some(({ step }) => lacks(step, place, target.options))) return []
  const { message, hint } = place
  return [{ code: 'E_NO_DESTINATION', path: block.url === undefined ? base : [...base, 'url'], mark: 'value', message, hint }]
}
