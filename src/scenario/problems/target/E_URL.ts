import { allSchemes } from '../../../connectors/index.ts'
import { nearest } from '../../../language/suggest.ts'
import { addressProblem, completeAddress } from '../../compile/target/address.ts'
import { protocolOf } from '../../compile/target/preset.ts'
import { perScenario, rule } from '../../lint/subject.ts'
import { targetBlocks } from '../../lint/targets.ts'
import type { Mark } from '../../read/source/finding.ts'
import type { Path } from '../../read/source/source.ts'
import type { TargetBlock } from '../../schema/target.ts'

/** The address of a target, with the reason why nothing can be sent to it. */
interface WrittenAddress {
  readonly path: Path
  readonly url: string
  /** The address with a scheme of the target's protocol, which was added or replaced if necessary. */
  readonly address: string
  readonly wrong: { readonly mark: Mark; readonly message: string; readonly hint: string } | undefined
}

function wrongWith(url: string, address: string, target: TargetBlock): WrittenAddress['wrong'] {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase()
  const names = Object.keys(allSchemes()).map((name) => name.slice(0, -1))
  const unknownScheme = scheme !== undefined && !names.includes(scheme)
  const near = unknownScheme ? nearest(scheme, names) : undefined
  const own = unknownScheme ? ', or --plugin FILE for a protocol of your own' : ''
  const hint = near === undefined ? `such as ${names[0]}://127.0.0.1:8080/chat${own}` : `did you mean ${near}://?`
  if (unknownScheme && target.protocol === undefined) {
    const mark = { offset: 0, length: scheme.length }
    return { mark, message: `no protocol has addresses that begin with ${scheme}://`, hint }
  }
  if (scheme === undefined && target.protocol === undefined && target.preset === undefined)
    return { mark: 'value', message: 'an address begins with its scheme', hint: `${hint}; or name its protocol` }
  const protocol = protocolOf(target)
  const message = addressProblem(address, protocol)
  const example = near === undefined ? `such as ${completeAddress('127.0.0.1:8080/chat', protocol)}${own}` : hint
  return message === undefined ? undefined : { mark: 'value', message, hint: example }
}

/**
 * Returns the addresses of a scenario's targets for the lint rules that check addresses: each in complete form, with its path and with what is wrong
 * with it. Addresses that begin with `mock:` or hold templates are left out.
 */
export const writtenAddresses = perScenario((subject): readonly WrittenAddress[] =>
  targetBlocks(subject).flatMap(({ block, base }) => {
    const { url } = block
    if (url === undefined || url.startsWith('mock:') || url.includes('{{')) return []
    const address = completeAddress(url, protocolOf(block))
    return [{ path: [...base, 'url'], url, address, wrong: wrongWith(url, address, block) }]
  }),
)

/** The lint rule (of `burn validate`) that reports an address of a target to which nothing can be sent, such as one without a host. */
export const E_URL = rule('E_URL', (subject, report) => {
  for (const { path, wrong } of writtenAddresses(subject)) if (wrong) report(path, wrong.mark, wrong.message, wrong.hint)
})
