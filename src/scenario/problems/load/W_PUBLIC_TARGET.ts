import { hostOf } from '../../../text/host.ts'
import { LARGE_LOAD, largeLoad, mayBePublic } from '../../../text/public-host.ts'
import { peak } from '../../lint/phases.ts'
import { rule } from '../../lint/subject.ts'
import type { Phase } from '../../schema/schema.ts'
import { writtenAddresses } from '../target/E_URL.ts'

/** Describes how large a phase is, judging by its own keys; undefined when it is not large. */
function sizeOf({ users, rate, pace }: Phase['fields']): string | undefined {
  return largeLoad(peak(users), Math.max(peak(rate), peak(users) * peak(pace)))
}

/**
 * The lint rule (of `burn validate`) that warns of a large load on an address that may be public, judging by its host name. Such a load needs
 * `--yes`, `--allow` or `BURN_ALLOW` if `burn run` finds that the address is public.
 */
export const W_PUBLIC_TARGET = rule('W_PUBLIC_TARGET', (subject, report) => {
  const sizes = (subject.scenario.load ?? []).map(({ fields }) => sizeOf(fields))
  const size = sizes.find((one) => one !== undefined)
  if (size === undefined) return
  for (const { path, address, wrong } of writtenAddresses(subject)) {
    const url = wrong ? undefined : URL.parse(address)
    if (!url || !mayBePublic(hostOf(url))) continue
    const message = `a load of ${size} on an address that may be public: \`burn run\` wants that to be allowed above ${LARGE_LOAD} users or iterations per second`
    report(path, 'value', message, `with --yes, --allow ${hostOf(url)} or BURN_ALLOW=${hostOf(url)}`)
  }
})
