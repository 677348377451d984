import { runsOverAnother } from '../../../connectors/index.ts'
import type { AddressPlace } from '../../../connectors/wire/connector.ts'
import type { PlannedTarget } from '../../compile/plan.ts'
import { rule } from '../../lint/subject.ts'
import { targetUses } from '../../lint/targets.ts'
import { mapAt, type WrittenStep } from '../../schema/written-steps.ts'

/** Returns the path of a target's address; '' when the path belongs to the protocol underneath. */
function pathOf({ connector, url }: PlannedTarget): string {
  if (runsOverAnother(connector, url.source)) return ''
  return url.source.replace(/^mock:|^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '')
}

function lacks({ message, request }: WrittenStep['step'], place: AddressPlace, options: unknown): boolean {
  const own = message === undefined ? (request === undefined ? undefined : place.own(mapAt(request, []))) : {}
  if (own === undefined) return false
  return place.keys.some((key) => own[key] === undefined && mapAt(options, [])[key] === undefined)
}

/**
 * The lint rule (of `burn validate`) that reports a target in which the gRPC method or the MQTT topic is missing, if a step that sends to the target
 * does not name it either.
 */
export const E_NO_DESTINATION = rule('E_NO_DESTINATION', (subject, report) => {
  for (const { target, block, base, steps } of targetUses(subject)) {
    const { place } = target.connector
    if (place === undefined || target.url.variables.length > 0 || place.ofPath(pathOf(target)) !== undefined) continue
    if (!steps.some(({ step }) => lacks(step, place, target.options))) continue
    report(block.url === undefined ? base : [...base, 'url'], 'value', place.message, place.hint)
  }
})
